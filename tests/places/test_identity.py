"""Ids over many visits: no id names two venues, each venue has one, and every published id leads somewhere."""

from collections import defaultdict
from collections.abc import Iterable
from random import Random
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.clean.listing import Context, merge, normalize
from aggregator.config.region import Region
from aggregator.model import Listing, Location, LocationType, Reading
from aggregator.places import groups, update_place_ids
from aggregator.snapshot import take
from aggregator.store.store import EVER, Store
from tests.support.records import HOUR, NOW, availability, region, report, save, slot
from tests.support.stores import empty_store

VENUES = 4  # venues of the made-up world, 2 km apart, each in its own town
TOWNS = (("Providence", "02903"), ("Pawtucket", "02860"), ("Warwick", "02886"), ("Newport", "02840"))
STREETS = ("{} Larch Street", "{} Larch St.", "{} larch st, Suite 2", "Quince Mall - {} Larch St")
SOURCES = "".join(
    f'[[sources]]\nname = "{name}"\nprovider = "prepmod"\nurl = "https://{name}.example.org/"\n' for name in "xy"
)
REGION = region(sources=SOURCES)


class Row(NamedTuple):
    """One visit's data about one venue. `number`: the source's own id, or the number of an event."""

    venue: int
    number: int
    spelling: int
    metres: int | None  # offset of its position; None: no position

    def location(self, source: str, *, numbered: bool) -> Location:
        town, code = TOWNS[self.venue]
        street = STREETS[self.spelling].format(10 + self.venue)
        north = None if self.metres is None else (41.8 + (2000 * self.venue + self.metres) / 111_195, -71.4)
        listing = Listing(
            name=f"Elm Hall {'ABCD'[self.venue]}",
            id=str(self.number) if numbered else "",
            address=f"{street}, {town} RI, {code}",
            position=north,
            external_ids=((f"prepmod-{source}-clinic", str(self.number)),),
            count=1,
        )
        context = Context(
            source=source,
            base_url="https://x.example.org/",
            time_zone="America/New_York",
            state="RI",
            location_type=LocationType.CLINIC,
        )
        return normalize(listing, context, NOW)[0].location


Visit = tuple[str, bool, list[Row]]  # source, whether it was complete, rows
rows = st.builds(
    Row,
    venue=st.integers(0, VENUES - 1),
    number=st.integers(0, 2),
    spelling=st.integers(0, len(STREETS) - 1),
    metres=st.sampled_from([None, 0, 120, -200]),
)


def visits(sources: str, *, whole: bool) -> st.SearchStrategy[list[Visit]]:
    """Visits that list each venue once; partial ones lack some rows."""
    of_one = st.lists(rows, max_size=VENUES, unique_by=(lambda row: row.venue, lambda row: row.number))
    return st.lists(
        st.tuples(st.sampled_from(sources), st.just(True) if whole else st.booleans(), of_one), min_size=2, max_size=9
    )


often = settings(
    max_examples=120, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


def saved(db: Store, number: int, visit: Visit, *, numbered: bool) -> dict[str, int]:
    """Saves the visit; returns the venue of each location by key."""
    source, whole, listed = visit
    at = NOW + number * HOUR
    found = [(row.location(source, numbered=numbered), row.venue) for row in listed]
    readings = merge(Reading(location=place, availability=availability(slot(), at=at)) for place, _ in found)
    save(db, report(*readings, at=at, source=source, whole=whole))
    return {place.key: venue for place, venue in found}


def rows_of(db: Store, *, listed_at: int | None = None) -> Iterable[tuple[str, str, Location]]:
    """Published id, original id, and location of all that were ever listed, or as of a visit."""
    for id, group in groups(db, db.locations("xy", EVER)):
        for row in group:
            if listed_at is None or row.checked_at == NOW + listed_at * HOUR:
                yield id, row.place_id, row.location


@often
@given(visits("x", whole=True))
def test_if_a_source_reuses_its_ids_each_venue_still_has_one_place(history: list[Visit]) -> None:
    venues: defaultdict[str, set[int]] = defaultdict(set)  # for each original id
    drawn: defaultdict[tuple[str, int], set[str]] = defaultdict(set)  # for a key at a venue
    with empty_store() as db:
        for number, visit in enumerate(history):
            venue_of = saved(db, number, visit, numbered=True)
            for _, id, place in rows_of(db, listed_at=number):
                venues[id].add(venue_of[place.key])
                drawn[place.key, venue_of[place.key]].add(id)
    assert all(len(some) == 1 for some in venues.values())
    assert all(len(some) == 1 for some in drawn.values())


@often
@given(visits("x", whole=False))
def test_a_venue_without_an_id_keeps_one_place_in_all_spellings_and_when_it_returns(history: list[Visit]) -> None:
    first: dict[int, str] = {}  # venue -> the id under which it was first published
    with empty_store() as db:
        for number, visit in enumerate(history):
            venue_of = saved(db, number, visit, numbered=False)
            update_place_ids(db, REGION, NOW + number * HOUR)
            for id, _, place in rows_of(db, listed_at=number):
                assert first.setdefault(venue_of[place.key], id) == id
        assert len(set(first.values())) == len(first)


@often
@given(st.booleans(), visits("xy", whole=False), st.integers(0, 99))
def test_every_published_id_leads_directly_to_a_place(numbered: bool, history: list[Visit], seed: int) -> None:
    """Also with manual decisions that come and go."""
    published: set[str] = set()
    chance = Random(seed)
    with empty_store() as db:
        for number, visit in enumerate(history):
            at = NOW + number * HOUR
            saved(db, number, visit, numbered=numbered)
            update_place_ids(db, decided(published, chance), at)
            snapshot = take(db, REGION, at)
            places = (*snapshot.places, *snapshot.gone)
            ids = [place.id for place in places]
            names = ids + [alias for place in places for alias in place.aliases]
            published |= set(ids)
            assert len(set(names)) == len(names)
            assert published <= set(names)


def decided(ids: set[str], chance: Random) -> Region:
    """The region, with or without a decision about two of these ids."""
    some = sorted(ids)
    if len(some) < 2 or chance.random() < 0.5:
        return REGION
    pair = chance.sample(some, 2)
    kind = chance.choice(("same_place", "not_same_place"))
    return region(sources=f'{SOURCES}[[{kind}]]\nids = ["{pair[0]}", "{pair[1]}"]\nwhy = "drawn"\n')
