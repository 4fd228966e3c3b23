"""How old a response from a cache is."""

from datetime import datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from aggregator.web.age import as_of
from aggregator.web.validators import MemoryAnswers
from tests.support.memory_hosts import NOW, HandClock, Host, get, reply

HOUR = timedelta(hours=1)
THEN = format_datetime(NOW - 3 * HOUR)


@pytest.mark.parametrize(
    ("headers", "age"),
    [
        ({}, None),
        ({"age": "0"}, None),
        ({"age": "10800"}, 3 * HOUR),
        ({"age": " 90.5 "}, timedelta(seconds=90.5)),
        ({"age": "60, 10800"}, 3 * HOUR),
        ({"age": "soon"}, None),
        ({"age": "-5"}, None),
        ({"age": "9" * 5000}, timedelta(days=365)),
        ({"age": "99999999999"}, timedelta(days=365)),
        ({"date": THEN}, None),
        ({"date": THEN, "server": "nginx"}, None),
        ({"date": THEN, "age": "60"}, 3 * HOUR),
        ({"date": THEN, "via": "1.1 varnish"}, 3 * HOUR),
        ({"date": THEN, "x-served-by": "cache-bos4620-BOS"}, 3 * HOUR),
        ({"date": THEN, "x-cache": "HIT"}, 3 * HOUR),
        ({"date": THEN, "x-cache": "TCP_MEM_HIT from a.example"}, 3 * HOUR),
        ({"date": THEN, "x-cache": "MISS, HIT"}, 3 * HOUR),
        ({"date": THEN, "x-cache-status": "STALE"}, 3 * HOUR),
        ({"date": THEN, "x-cache-hits": "0, 2"}, 3 * HOUR),
        ({"date": THEN, "cf-cache-status": "HIT"}, 3 * HOUR),
        ({"date": THEN, "cache-status": "ExampleCache; hit"}, 3 * HOUR),
        ({"date": THEN, "x-varnish": "17 4"}, 3 * HOUR),
        ({"date": THEN, "x-cache": "Miss from cloudfront", "via": "1.1 a (CloudFront)"}, None),
        ({"date": THEN, "cf-cache-status": "DYNAMIC", "via": "1.1 a"}, None),
        ({"date": THEN, "x-cache": "MISS", "age": "0"}, None),
        ({"date": THEN, "x-cache": "MISS", "age": "60"}, timedelta(seconds=60)),
        ({"date": THEN, "cache-control": "max-age=60"}, None),
        ({"date": format_datetime(NOW - timedelta(seconds=50)), "via": "1.1 a"}, None),
        ({"date": format_datetime(NOW + HOUR), "via": "1.1 a"}, None),
        ({"date": "yesterday", "via": "1.1 a"}, None),
        ({"date": "Mon, 01 Jan 0001 00:00:00 +1400", "x-cache": "HIT"}, timedelta(days=365)),
    ],
)
def test_an_age_header_tells_the_age_but_a_servers_own_clock_does_not(
    headers: dict[str, str], age: timedelta | None
) -> None:
    assert as_of(headers, NOW) == (None if age is None else NOW - age)


def seen(*answers: httpx.Response) -> datetime | None:
    """The age of the last of several responses to the same request, ten minutes apart."""
    host, clock, store = Host(answers), HandClock(), MemoryAnswers()
    for _ in answers:
        clock.elapsed = round(clock.elapsed) + 600.0
        found = get(host, clock=clock, store=store)
    return None if found.as_of is None else found.as_of - (found.fetched_at - NOW)


def test_a_response_has_the_age_stated_by_its_cache() -> None:
    assert seen(httpx.Response(200, headers={"age": "10800"})) == NOW - 3 * HOUR
    assert seen(httpx.Response(200, headers={"date": THEN})) is None


def test_a_response_confirmed_by_304_is_as_old_as_the_304() -> None:
    old = httpx.Response(200, headers={"etag": '"1"', "age": "10800", "x-cache": "HIT", "date": THEN})
    assert seen(old, httpx.Response(304)) is None
    assert seen(old, httpx.Response(304, headers={"age": "3600"})) == NOW - HOUR
    fresh = httpx.Response(200, headers={"etag": '"1"'})
    assert seen(fresh, httpx.Response(304, headers={"age": "7200"})) == NOW - 2 * HOUR


def test_after_a_redirect_the_age_is_that_of_the_final_response() -> None:
    host = Host([reply(302, location="/next", age="7200"), reply(age="3600")])
    found = get(host)
    assert found.as_of == found.fetched_at - HOUR
