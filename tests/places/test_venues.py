"""Ids per venue on the recorded PrepMod pages: each page is a separate visit, saved and matched like any other.

`places/prepmod_venues.csv` states which rows belong to one venue, labeled by a person who read the name and address of
each; rows that could not be decided have no venue there. Rows are identified by a digest of their data, as in
`captured`.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aggregator.adapter import HtmlRow, Page
from aggregator.clean.listing import Context, merge, normalize
from aggregator.har.recording import load_recording
from aggregator.model import Listing
from aggregator.places import groups, update_place_ids
from aggregator.store.store import EVER
from providers.prepmod import PrepMod
from tests.places.captured import digest
from tests.support.docs import table_row
from tests.support.pages import answer, source
from tests.support.paths import TESTS
from tests.support.records import HOUR, NOW, region, report, save
from tests.support.stores import empty_store

VENUES = TESTS / "places" / "prepmod_venues.csv"
HOSTS = {
    "www.maimmunizations.org": "MA",
    "clinics.maimmunizations.org": "MA",
    "www.vaccinateri.org": "RI",
    "prepmod.doh.wa.gov": "WA",
    "www.wyoapptportal.org": "WY",
}
STATES = {"MA": "Massachusetts", "RI": "Rhode Island", "WA": "Washington", "WY": "Wyoming"}
COUNTED = {"MA": (18, 18), "RI": (32, 28), "WA": (58, 52), "WY": (6, 6)}  # rows that differ, venues
REGION = region(sources='[[sources]]\nname = "x"\nprovider = "prepmod"\nurl = "https://x.example.org/"\n')


@pytest.fixture(scope="module")
def venues() -> dict[str, str]:
    """Digest of a row -> state and number of its venue."""
    with VENUES.open(encoding="utf-8", newline="") as file:
        return {row["key"]: f"{row['state']} {row['venue']}" for row in csv.DictReader(file) if row["venue"]}


@lru_cache
def pages(folder: Path) -> dict[str, list[list[Listing]]]:
    """The rows of each recorded page of clinics, by state."""
    found: defaultdict[str, list[list[Listing]]] = defaultdict(list)
    for file in sorted(folder.glob("*.har")):
        for entry in load_recording([file]).entries:
            if b"pagy-nav" in entry.body and (state := HOSTS.get(urlsplit(entry.request.url).hostname or "")):
                found[state].append(list(rows(entry.body, entry.request.url, state)))
    return found


def rows(body: bytes, url: str, state: str) -> Iterator[Listing]:
    adapter, page = PrepMod(), Page(answer=answer(body, url)).with_context(True)  # sign-up links were found
    for node in adapter.rows_of(page):
        yield adapter.listing(HtmlRow(node, page, source(url, state)))


def ids_of(visits: list[list[Listing]], state: str, venues: dict[str, str]) -> dict[str, set[str]]:
    """Published id -> the venues of its locations, after all visits."""
    context = Context(
        source="x",
        base_url="https://x.example.org/",
        time_zone="America/New_York",
        state=state,
        location_type=PrepMod.location_type,
    )
    venue_of: dict[str, str] = {}
    with empty_store() as db:
        for number, visit in enumerate(visits):
            at = NOW + number * HOUR
            readings = [(listing, normalize(listing, context, at)[0]) for listing in visit]
            venue_of |= {found.location.key: venues.get(digest(listing), "") for listing, found in readings}
            save(db, report(*merge(found for _, found in readings), at=at, source="x"))
            update_place_ids(db, REGION, at + timedelta(minutes=1))
        placed = groups(db, db.locations(["x"], EVER))
        return {id: {venue_of[row.location.key] for row in group} - {""} for id, group in placed}


@pytest.mark.parametrize("state", COUNTED)
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
def test_each_venue_of_recorded_pages_has_one_id_and_each_id_one_venue(
    state: str, backwards: bool, captures: Path, venues: dict[str, str]
) -> None:
    visits = pages(captures / "prepmod")[state][:: -1 if backwards else 1]
    found = [some for some in ids_of(visits, state, venues).values() if some]
    labeled = {digest(listing) for visit in visits for listing in visit} & venues.keys()

    assert (len(labeled), len({venues[key] for key in labeled})) == COUNTED[state]
    assert all(len(some) == 1 for some in found), [some for some in found if len(some) > 1]
    assert len(found) == COUNTED[state][1]


@pytest.mark.parametrize("state", COUNTED)
def test_the_docs_have_the_figures_of_the_recorded_pages(state: str) -> None:
    rows, venues = map(str, COUNTED[state])
    assert table_row("places.md", STATES[state]) == [rows, venues, venues, "0"]
