"""What every simulated booking system is made of: a question, a reply, and the pages that all of them have."""

from collections.abc import Callable, Mapping

from aggregator.model import Struct

HTML = "text/html; charset=utf-8"
BOOKING = ("/", "/book", "/appointment/en/client/registration")  # where the links of the systems lead
NOTHING_BOOKED = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Simulated booking system</title></head>
<body><p>This is a simulated booking system. Nothing is booked here.</p></body>
</html>
"""


class Asked(Struct, frozen=True, kw_only=True):
    """One GET request. `base` is the system's own address, without a slash at its end."""

    base: str
    path: str
    query: Mapping[str, str] = {}


class Reply(Struct, frozen=True, kw_only=True):
    """One answer. With `max_age` (seconds) it says how long it holds and can be asked for conditionally."""

    body: str
    content_type: str = HTML
    status: int = 200
    headers: Mapping[str, str] = {}
    max_age: int = 0


Site = Callable[[Asked], Reply | None]  # None: not one of the system's own addresses


def answer(site: Site, asked: Asked) -> Reply:
    """The reply of a booking system: its robots.txt, its own pages, its links, or 404."""
    if asked.path == "/robots.txt":
        return Reply(body="User-agent: *\nAllow: /\n", content_type="text/plain; charset=utf-8")
    if reply := site(asked):
        return reply
    if asked.path in BOOKING:
        return Reply(body=NOTHING_BOOKED)
    return Reply(body="There is no such page.\n", content_type="text/plain; charset=utf-8", status=404)
