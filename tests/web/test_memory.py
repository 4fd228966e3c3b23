"""The memory limits of one process, as stated in docs/operate.md."""

import asyncio
import json
import tracemalloc
from collections.abc import Iterator

import httpx
import pytest

from aggregator.adapter import DataRow, JsonAdapter, Listing
from aggregator.config.region import Source
from aggregator.errors import PageError
from aggregator.model import Request
from aggregator.web.body import LARGE
from aggregator.web.client import ANSWERS_PER_VISIT, Client
from aggregator.web.hosts import LARGE_AT_ONCE, Hosts
from aggregator.web.validators import MemoryAnswers
from tests.support.memory_hosts import AGENT, HandClock, Host, run, source
from tests.support.pages import SEARCH, TableClient, visit
from tests.support.paths import ROOT

MIB = 1024 * 1024
SIZE = LARGE + MIB
DOCUMENT = ROOT / "docs/operate.md"


def hosts(size: int) -> Hosts:
    """Hosts that answer everything with that many bytes."""
    answers = Host(httpx.Response(200, content=b"x" * size)).transport()
    return Hosts(AGENT, HandClock(), MemoryAnswers(), False, answers)


def test_only_a_few_visits_hold_large_responses_at_once_and_all_get_their_turn() -> None:
    shared = hosts(SIZE)
    holding: list[int] = [0]
    most: list[int] = []

    async def one() -> int:
        async with Client(source(), shared) as client:
            answers = [await client.get(Request(url=SEARCH)) for _ in range(3)]
            holding[0] += 1
            most.append(holding[0])
            await asyncio.sleep(0)
            holding[0] -= 1
            return sum(len(answer.body) for answer in answers)

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(one() for _ in range(6)))

    assert run(all_at_once()) == [3 * SIZE] * 6
    assert max(most) <= LARGE_AT_ONCE
    assert not shared.large.locked()


def test_small_responses_do_not_wait() -> None:
    shared = hosts(LARGE)

    async def beside_large_ones() -> int:
        for _ in range(LARGE_AT_ONCE):
            await shared.large.acquire()
        async with Client(source(), shared) as client:
            return len((await client.get(Request(url=SEARCH))).body)

    assert run(beside_large_ones()) == LARGE


def test_the_responses_of_one_visit_are_limited_together() -> None:
    async def long_visit() -> None:
        async with Client(source(max_bytes=MIB), hosts(MIB)) as client:
            for _ in range(ANSWERS_PER_VISIT):
                await client.get(Request(url=SEARCH))
            await client.get(Request(url=SEARCH))

    with pytest.raises(PageError, match=rf"add up to {3 * MIB} bytes, but the limit is {2 * MIB}.*max_bytes"):
        run(long_visit())


class Rows(JsonAdapter):
    name = "rows"
    title = "Rows"

    def listing(self, row: DataRow) -> Listing | None:
        return Listing(name=row["n"], city="Salem") if "n" in row else None


def peak_of(body: bytes) -> float:
    """The peak memory of a visit with one response, as a multiple of the response's size."""
    where = Source(name="rows", provider="rows", url=SEARCH, time_zone="America/New_York", states=("MA",))
    client = TableClient({SEARCH: body})
    tracemalloc.start()
    try:
        assert visit(Rows(), where, client).rows
        return tracemalloc.get_traced_memory()[1] / len(body)
    finally:
        tracemalloc.stop()


def bodies() -> Iterator[tuple[str, bytes, int]]:
    names = [{"n": f"Hall {number}", "note": "Bring a card. " * 20} for number in range(4000)]
    yield "a list of places", json.dumps(names).encode(), 20
    yield "empty records", b"[" + b",".join([b"{}"] * 99_000) + b"]", 40


@pytest.mark.parametrize(("what", "body", "times"), [pytest.param(*one, id=one[0]) for one in bodies()])
def test_parsing_a_response_takes_a_bounded_multiple_of_its_size(what: str, body: bytes, times: int) -> None:
    assert peak_of(body) < times


def test_the_docs_state_these_limits() -> None:
    text = " ".join(DOCUMENT.read_text().split())
    assert f"above {LARGE // MIB} MiB" in text
    assert f"at most {LARGE_AT_ONCE} visits" in text
    assert f"{ANSWERS_PER_VISIT} times `max_bytes`" in text
    standard = Source.__struct_defaults__[Source.__struct_fields__.index("max_bytes") - len(Source.__struct_fields__)]
    assert f"{LARGE_AT_ONCE * ANSWERS_PER_VISIT * standard // MIB} MiB" in text
