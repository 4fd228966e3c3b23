"""Requesting an unchanged page again."""

from contextlib import suppress
from datetime import timedelta

import httpx
import pytest

from aggregator.errors import PageError
from aggregator.model import Request
from aggregator.web.client import max_age
from aggregator.web.validators import MAX_STORED, MemoryAnswers
from tests.support.memory_hosts import HOME, SEARCH, HandClock, Host, Replies, answer, get, reply


def validated(request: httpx.Request) -> httpx.Response:
    """A page with validators, confirmed by 304 to clients that have it."""
    headers = {"etag": '"v1"', "last-modified": "Thu, 13 May 2021 13:00:00 GMT", "cache-control": "max-age=60"}
    if request.headers.get("if-none-match") == '"v1"':
        return httpx.Response(304, headers={"cache-control": "max-age=90"})
    return httpx.Response(200, text="a page", headers=headers | {"age": "10"})


def test_an_unchanged_page_is_confirmed_by_304_even_after_a_restart() -> None:
    host, clock, store = Host(validated), HandClock(), MemoryAnswers()
    first = get(host, clock=clock, store=store)
    clock.elapsed += 600
    again = get(host, clock=clock, store=store)
    assert host.requested[1].headers["if-modified-since"] == "Thu, 13 May 2021 13:00:00 GMT"
    assert (again.status, again.body, again.url) == (200, b"a page", first.url)
    assert again.fetched_at >= first.fetched_at + timedelta(seconds=600)
    assert (max_age(first), max_age(again)) == (50, 90)


@pytest.mark.parametrize(
    "handler",
    [
        reply(),
        reply(etag='"v1"', cache_control="private, no-store"),
        reply(404, etag='"v1"'),
        reply(text="x" * (MAX_STORED + 1), etag='"v1"'),
    ],
)
def test_a_response_without_validators_or_with_no_store_is_requested_in_full(handler: Replies) -> None:
    host, store = Host(handler), MemoryAnswers()
    for _ in range(2):
        with suppress(PageError):
            get(host, store=store)
    assert ["if-none-match" in request.headers for request in host.requested] == [False, False]


def test_another_query_or_a_form_is_another_cache_entry() -> None:
    host, store = Host(validated), MemoryAnswers()
    get(host, SEARCH, store=store)
    get(host, Request(url=f"{HOME}/search?page=2"), store=store)
    get(host, Request(url=f"{HOME}/search", form=(("a", "1"),)), store=store)
    assert ["if-none-match" in request.headers for request in host.requested] == [False, False, False]


@pytest.mark.parametrize(
    ("control", "age", "seconds"),
    [
        ("max-age=60", "", 60),
        ("public, Max-Age=60", "", 60),
        ("max-age=60", "15", 45),
        ("max-age=60", "99", 0),
        ("max-age=60", "old", 60),
        ("s-maxage=60", "", 0),
        ("max-age=60, no-store", "", 0),
        ("no-cache, max-age=60", "", 0),
        ("max-age=soon", "", 0),
        ("", "", 0),
    ],
)
def test_max_age_is_the_remaining_time_stated_by_the_publisher(control: str, age: str, seconds: float) -> None:
    assert max_age(answer(cache_control=control, age=age)) == seconds
