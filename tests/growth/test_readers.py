"""No reader of pages, files, or headers takes more than linear time, whatever it is given.

Pages beyond their limits are refused (`test_adapter_limits.py`); these are within them.
"""

import gzip
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from protego import Protego

from aggregator.adapter import Page, fhir, fragment, graphql, ics, labelled
from aggregator.config.region import parse_region
from aggregator.errors import AggregatorError, RecordError
from aggregator.har.recording import load_recording
from aggregator.har.writer import Exchange
from aggregator.kit.pick_response import pick
from aggregator.kit.scrubbing import scrub
from aggregator.model import Answer, Position
from aggregator.model.wire_request import WireRequest
from aggregator.places.grouping import Decisions, Member, group
from aggregator.web.robots import AGENT
from aggregator.web.unpack import unpacked, unpackers
from tests.growth import worst_pages
from tests.growth.measure import Prepare, Work, first_fault, growth_fault
from tests.growth.worst_pages import repeated
from tests.support.calendars import HERE
from tests.support.records import NOW, location
from tests.support.samples import sample

SIZE = 200_000  # characters of a page
QUICK = 0.06  # seconds; even the fastest quadratic work on so many characters, a search in C, takes longer
SLOWER = {
    "calendar": 6,
    "a page to be scrubbed": 10,
    "a page for a new adapter": 10,
}  # kinds of which a page is so many times smaller
MEASURED = 2  # of the slowest pages of a reader
URL = "https://a.example.org/x"

Reader = Callable[[str], object]


def page(text: str, kind: str = "") -> Page:
    headers = {"content-type": kind} if kind else {}
    return Page(Answer(url=URL, status=200, headers=headers, body=text.encode(errors="replace"), fetched_at=NOW))


def read_html(text: str) -> None:
    one = page(text, "text/html")
    assert one.is_html or one.link_base == ""
    body = one.html.body
    for row in one.html.css("div.border-b, p:first-child, tr td + td, b b b"):
        row.text(separator=" ", strip=True)
    if body is not None:
        labelled(body)
    _ = one.shown, one.link_base, one.markup.left_open


def read_calendar(text: str) -> None:
    for event in ics.events(text, URL):
        with suppress(RecordError):
            event.text("SUMMARY")
        with suppress(RecordError):
            event.times(NOW, HERE)
        with suppress(RecordError):
            event.complete(NOW, HERE)


def exchange(text: str) -> Exchange:
    answer = Answer(url=URL, status=200, headers={}, body=text.encode(errors="replace"), fetched_at=NOW)
    return Exchange(
        WireRequest(url=f"{URL}?q={text[:1000]}", max_bytes=0, method="GET", content=b"", content_type=""), answer
    )


_ANY = (*worst_pages.HTML, *worst_pages.JSON, *worst_pages.CSV)
KINDS: dict[str, tuple[Reader, tuple[worst_pages.Page, ...]]] = {
    "html": (read_html, worst_pages.HTML),
    "fragment": (lambda text: fragment(text).text(), worst_pages.HTML),
    "json": (lambda text: page(text, "application/json").json, worst_pages.JSON),
    "a script variable": (
        lambda text: page(text).script_json("places"),
        (
            ("<script>var places = [", '{"name": "];"},', "{}]</script>"),
            ("<script>", "var places = ", "[]</script>"),
            ("<script>", "let places= [", "</script>"),
            ("<script>var", " ", "places = []</script>"),
        ),
    ),
    "csv": (lambda text: page(text, "text/csv").csv, worst_pages.CSV),
    "calendar": (read_calendar, worst_pages.CALENDAR),
    "a page to be scrubbed": (lambda text: scrub([exchange(text)]), _ANY),
    "a page for a new adapter": (lambda text: pick([exchange(text)]), _ANY),
    "graphql": (
        lambda text: graphql.data(page(text)),
        (('{"errors": [', '{"message": "a"},', '{}], "data": null}'), ('{"data": {', '"{n}": [],', '"a": 1}}')),
    ),
}


def works(kind: str) -> Iterator[Work]:
    reader, pages = KINDS[kind]
    for before, piece, after in pages:

        def prepare(size: int, before: str = before, piece: str = piece, after: str = after) -> Callable[[], object]:
            text = repeated(piece, size, before, after)
            return lambda: refused(partial(reader, text))

        yield Work(f"reading {kind} of {piece!r}, repeated,", prepare, QUICK)


def refused(work: Callable[[], object]) -> None:
    """Does the work, which may refuse what it is given."""
    with suppress(AggregatorError):
        work()


@sample
@pytest.mark.parametrize("kind", KINDS)
def test_time_to_read_a_page_is_linear_in_its_size(kind: str) -> None:
    size = SIZE // SLOWER.get(kind, 1)
    assert first_fault(works(kind), size, size, MEASURED) == ""


@sample
@pytest.mark.parametrize("what", worst_pages.FEEDS)
def test_time_to_join_a_feed_is_linear_in_its_files(what: str) -> None:
    pieces = dict(worst_pages.FEEDS[what])
    assert growth_fault(lambda size: partial(refused, feed_of(pieces, size)), SIZE // 4, SIZE) == ""


def feed_of(pieces: Mapping[str, str], size: int) -> Callable[[], object]:
    texts = {kind: repeated(pieces[kind], size) for kind in sorted(pieces, key=fhir.KINDS.index)}

    def work() -> None:
        feed = fhir.Feed(URL, ["MA"])
        for kind, text in texts.items():
            if feed.wants(kind):
                feed.add(fhir.Output(kind, f"{URL}/{kind}"), text)
        _ = feed.losses(), [len(row.slots) for row in feed.rows() if isinstance(row, fhir.Joined)]

    return work


def robots_rules(piece: str, url: str) -> Prepare:
    def prepare(size: int) -> Callable[[], object]:
        text = repeated(piece, size, "User-agent: *\n")
        address = repeated(url, 2000, "https://a.example.org/")
        return lambda: Protego.parse(text).can_fetch(address, AGENT)

    return prepare


def one_rule(piece: str, url: str) -> Prepare:
    """A rule and an address that grow together."""

    def prepare(size: int) -> Callable[[], object]:
        rules = Protego.parse("User-agent: *\nDisallow: /" + repeated(piece, size))
        address = repeated(url, size, "https://a.example.org/")
        return lambda: rules.can_fetch(address, AGENT)

    return prepare


def compressed(piece: bytes, coding: str) -> Prepare:
    def prepare(size: int) -> Callable[[], object]:
        data = piece * (size // len(piece))
        return lambda: refused(lambda: deque(unpacked(unpackers(coding, URL, 10**9), data), maxlen=0))

    return prepare


def region_file(piece: str) -> Prepare:
    def prepare(size: int) -> Callable[[], object]:
        text = repeated(piece, size, _REGION)
        return lambda: refused(lambda: parse_region(text, "region.toml"))

    return prepare


def places(**fields: Any) -> Prepare:
    """Locations of two sources. `{n}` in a field is the number of its location."""

    def prepare(size: int) -> Callable[[], object]:
        members = []
        for number in range(size // 100):
            own = {name: _numbered(value, number) for name, value in fields.items()}
            members.append(Member(f"{number:08}", f"source {number % 2}", location(f"{number}", **own)))
        return lambda: group(members, Decisions({}, {}))

    return prepare


def _numbered(value: Any, number: int) -> Any:
    if isinstance(value, tuple):
        return tuple(_numbered(part, number) for part in value)
    return value.replace("{n}", str(number)) if isinstance(value, str) else value


_REGION = """name = "a"
title = "A"
states = ["MA"]
time_zone = "America/New_York"
contact = "mailto:a@example.org"
url = "https://a.example.org/"
"""
_SOURCE = '[[sources]]\nname = "s{n}"\nprovider = "ics"\nurl = "https://s{n}.example.org/"\nstate = "MA"\n'
_HALL = {"name": "Hall {n}", "address_lines": ("{n} Elm St",), "city": "Ashby", "state": "MA", "postal_code": "01431"}
OTHERS: dict[str, Prepare] = {
    "robots.txt of many rules": robots_rules("Disallow: /{n}\n", "{n}"),
    "robots.txt of rules with wildcards": robots_rules("Disallow: /*a*b*c*d*{n}$\n", "abc"),
    "robots.txt of agents": robots_rules("User-agent: a{n}\n", "a"),
    "robots.txt of one line": robots_rules("Disallow: /%", "%"),
    "a rule of wildcards": one_rule("*", "a"),
    "a rule of wildcards and letters": one_rule("*a", "a"),
    "a rule of one wildcard": one_rule("a", "a"),
    "gzip of many parts": compressed(gzip.compress(b"a"), "gzip"),
    "gzip of one part": compressed(gzip.compress(b"a" * 10**6), "gzip"),
    "no gzip": compressed(b"a", "gzip"),
    "a region file of sources": region_file(_SOURCE),
    "a region file of one source": region_file(_SOURCE.replace("{n}", "")),
    "a region file of brackets": region_file("[[a.b.c]]\n"),
    "places": places(**_HALL),
    "places of one name at one address": places(**_HALL | {"name": "Alder Hall", "address_lines": ("14 Main St",)}),
    "places at one address": places(**_HALL | {"address_lines": ("14 Main St",)}),
    "places of one name": places(**_HALL | {"name": "Alder Hall"}),
    "places with one number": places(**_HALL | {"external_ids": (("cvs", "7"),)}),
    "places at one spot": places(**_HALL | {"position": Position(latitude=42.6, longitude=-71.8)}),
    "places without an address": places(name="Alder Hall"),
}


@sample
@pytest.mark.parametrize("what", OTHERS)
def test_time_to_read_other_input_is_linear_in_its_size(what: str) -> None:
    assert growth_fault(OTHERS[what], SIZE // 4, SIZE) == ""


def test_time_to_load_a_recording_is_linear_in_its_size(tmp_path: Path) -> None:
    asked = {"method": "POST", "url": f"{URL}?a=%20", "postData": {"text": "a=b&" * 5, "mimeType": "text/plain"}}
    answered = {"status": 200, "content": {"text": "YQ==", "encoding": "base64"}, "headers": [{"name": "a"}] * 5}
    entry = {"startedDateTime": "2026-03-01T09:00:00Z", "request": asked, "response": answered}

    def prepare(size: int) -> Callable[[], object]:
        path = tmp_path / f"{size}.har"
        path.write_text(json.dumps({"log": {"entries": [entry] * (size // 500)}}))
        return lambda: load_recording([path])

    assert growth_fault(prepare, SIZE // 4, SIZE) == ""


def test_a_quadratic_reader_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def last_cell(text: str) -> str:
        """Quadratic: each line looks for its end in all that follows."""
        lines = [text[at + 1 :].partition("\n")[0] for at, letter in enumerate(text) if letter == "\n"]
        return lines[-1].rpartition(",")[2]

    monkeypatch.setitem(KINDS, "slow", (last_cell, (("", "\n", ""),)))
    fault = first_fault(works("slow"), SIZE // 2, SIZE // 2, 1)
    assert fault.startswith("reading slow of '\\n', repeated, ")
