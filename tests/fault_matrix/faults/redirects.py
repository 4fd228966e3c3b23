"""Redirects to somewhere else: a sign-in page, a queue, another site, in circles, nowhere."""

from collections.abc import Callable

import httpx

from aggregator.model import Outcome
from tests.fault_matrix.fault import BLOCKED, BUSY, CHANGED, DOWN, Fault, Reply
from tests.fault_matrix.faults.turned_away import SIGN_IN

WHY = "Where we are sent is not the page, so nothing on it counts: every answer stays, with its date."
KEY = "sig=c2VjcmV0LWtleS0xMjM0"


def _to(target: str, status: int = 302) -> Callable[[Reply], httpx.Response]:
    """Redirects; `{site}` in the target is the page's scheme and host."""

    def respond(reply: Reply) -> httpx.Response:
        url = reply.request.url
        site = f"{url.scheme}://{url.netloc.decode()}"
        return reply.page("", status=status, location=target.replace("{site}", site))

    return respond


def _sign_in(reply: Reply) -> httpx.Response:
    """The sign-in page at the requested URL: the end of a redirect within the same site."""
    return reply.page(SIGN_IN, content_location="/login")


def _redirect(name: str, outcomes: frozenset[Outcome], target: str, status: int = 302) -> Fault:
    return Fault(name=f"redirect: {name}", why=WHY, outcomes=outcomes, respond=_to(target, status), any_page=True)


FAULTS = (
    Fault(name="redirect: to sign in, followed", why=WHY, outcomes=CHANGED | BLOCKED, respond=_sign_in),
    _redirect("to sign in elsewhere", BLOCKED, "https://login.elsewhere.example/?next=clinics"),
    _redirect("with a key", BLOCKED, f"https://files.elsewhere.example/page?{KEY}"),
    _redirect("to Queue-it", BUSY, "https://county.queue-it.net/?c=county&e=clinics"),
    _redirect("to a waiting room", BUSY, "{site}/waiting-room?from=clinics"),
    _redirect("unencrypted", BLOCKED, "http://elsewhere.example/"),
    _redirect("to this machine", BLOCKED, "https://127.0.0.1/admin"),
    _redirect("to a private network", BLOCKED, "https://10.0.0.1/"),
    _redirect("to link-local", BLOCKED, "https://169.254.169.254/latest/meta-data/"),
    _redirect("to this machine by NAT64", BLOCKED, "https://[64:ff9b::7f00:1]/"),
    _redirect("to this machine by 6to4", BLOCKED, "https://[2002:7f00:1::]/"),
    _redirect("to a site-local address", BLOCKED, "https://[fec0::1]/"),
    _redirect("to another port", BLOCKED, "{site}:22/"),
    _redirect("in UTF-8", BLOCKED, "https://elsewhere.example/vacunación"),
    _redirect("to a file", BLOCKED, "file:///etc/passwd"),
    _redirect("to a script", BLOCKED, "javascript:alert(1)"),
    _redirect("to no address", DOWN | BLOCKED, "https://[broken"),
    _redirect("without a target", CHANGED, ""),
    _redirect("permanent, elsewhere", BLOCKED, "https://elsewhere.example/", 301),
    _redirect("keeps the method", BLOCKED, "https://elsewhere.example/", 308),
    Fault(name="redirect: in circles", why=WHY, outcomes=BLOCKED,
          respond=lambda reply: reply.page("", status=302, location=str(reply.request.url)),
          applies=lambda reply: reply.request.method == "GET"),
)  # fmt: skip
