"""The parts that all simulated booking systems share: request, reply, and common pages."""

from collections.abc import Callable, Mapping
from html import escape

from aggregator.model import Struct

HTML = "text/html; charset=utf-8"
BOOKING = ("/", "/book", "/appointment/en/client/registration")  # where the links of the systems lead
NOTHING_BOOKED = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>A made-up booking site</title>
<style>body {{ font: 1.1rem/1.5 sans-serif; max-width: 32rem; margin: 10vh auto; padding: 0 1rem }}</style>
</head>
<body>
<h1>You found an appointment!</h1>
<p>This is a made-up booking site of the demo. A real one would now ask who you are and which time suits you.
Nothing is booked here, and nothing you do here is sent anywhere.</p>
{chosen}<p>Go back in your browser to return to the list.</p>
</body>
</html>
"""


class SimulatedRequest(Struct, frozen=True, kw_only=True):
    """One GET request. `base`: the system's URL without a trailing slash."""

    base: str
    path: str
    query: Mapping[str, str] = {}


class Reply(Struct, frozen=True, kw_only=True):
    """One answer. With `max_age` (seconds) it is cacheable and supports conditional requests."""

    body: str
    content_type: str = HTML
    status: int = 200
    headers: Mapping[str, str] = {}
    max_age: int = 0


Site = Callable[[SimulatedRequest], Reply | None]  # None: no page of this system


def answer(site: Site, asked: SimulatedRequest) -> Reply:
    """The reply of a booking system: its robots.txt, its own pages, its links, or 404."""
    if asked.path == "/robots.txt":
        return Reply(body="User-agent: *\nAllow: /\n", content_type="text/plain; charset=utf-8")
    if reply := site(asked):
        return reply
    if asked.path in BOOKING:
        return Reply(body=_nothing_booked(asked.query))
    return Reply(body="There is no such page.\n", content_type="text/plain; charset=utf-8", status=404)


def _nothing_booked(query: Mapping[str, str]) -> str:
    """The page behind a Book button; it repeats the parameters of the link."""
    chosen = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in query.items())
    return NOTHING_BOOKED.format(chosen=f"<p>Your choice: {escape(chosen)}</p>\n" if chosen else "")
