"""What caches do to the age of an answer, and validators that lie."""

from datetime import timedelta

import httpx

from tests.fault_matrix.fault import GOOD, Fault, Reply, http_date

WHY = "The answer counts, but it is as old as its cache says: what we learned since is not replaced by it."
SAME = "The same page, whatever its validators say: it counts, as of now."


def _aged(name: str, seconds: float, **headers: str) -> Fault:
    return Fault(name=name, why=WHY, outcomes=GOOD, believed=True, age=seconds,
                 respond=lambda reply: reply.respond(headers=headers))  # fmt: skip


def _unchanged(reply: Reply, **headers: str) -> httpx.Response:
    """A 304 to a conditional request, and the page to any other."""
    if reply.request.headers.get("if-none-match"):
        return reply.respond(b"", status=304, headers=headers)
    return reply.respond(headers=headers)


FAULTS = (
    _aged("Age: 30", 30.0, age="30"),
    _aged("Age: 600", 600.0, age="600"),
    _aged("Age: 10800", 10800.0, age="10800"),
    _aged("Age of a year", 365 * 86400.0, age="99999999999"),
    _aged("Age twice", 600.0, age="30, 600"),
    _aged("Age without sense", 0.0, age="young"),
    Fault(
        name="a hit without Age",
        why=WHY,
        outcomes=GOOD,
        believed=True,
        age=900.0,
        respond=lambda reply: reply.respond(x_cache="HIT", date=http_date(reply.now - timedelta(minutes=15))),
    ),
    Fault(
        name="304 with Age",
        why=WHY,
        outcomes=GOOD,
        believed=True,
        age=600.0,
        respond=lambda reply: _unchanged(reply, age="600"),
    ),
    Fault(name="max-age of a month", why=SAME, outcomes=GOOD, believed=True,
          respond=lambda reply: reply.respond(cache_control="max-age=2591034")),
    Fault(name="no-store", why=SAME, outcomes=GOOD, believed=True,
          respond=lambda reply: reply.respond(cache_control="no-store")),
    Fault(name="ETag changed, same body", why=SAME, outcomes=GOOD, believed=True,
          respond=lambda reply: reply.respond(etag='"another"')),
    Fault(name="ETag weak, same body", why=SAME, outcomes=GOOD, believed=True,
          respond=lambda reply: reply.respond(etag=f"W/{reply.etag}")),
    Fault(name="304 with another ETag", why=SAME, outcomes=GOOD, believed=True,
          respond=lambda reply: _unchanged(reply, etag='"another"')),
    Fault(name="a date a year ahead", why=SAME, outcomes=GOOD, believed=True,
          respond=lambda reply: reply.respond(date=http_date(reply.now + timedelta(days=365)),
                                              last_modified=http_date(reply.now + timedelta(days=365)))),
)  # fmt: skip
