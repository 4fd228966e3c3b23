"""Whatever listings contain, there is always a release with every place that `normalize` accepted.

Thousands of listings (tests/support/any_listing.py) go through cleaning, the store, matching, the snapshot, and every
page and export. `make fuzz` tries more of them than `make test`, and different ones each time.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from aggregator.clean.listing import Context, merge, normalize
from aggregator.config.region import parse_region
from aggregator.config.service_file import service_named
from aggregator.cycle import make_release
from aggregator.errors import RecordError
from aggregator.model import Listing, LocationType, Reading
from aggregator.release import compress
from aggregator.store.aliases import read_place_ids
from aggregator.store.store import Store
from tests.support.any_listing import COUNT, drawn
from tests.support.records import NOW, report, save

AT_ONCE = 1300  # listings per region
REGIONS = {"US": 'states = ["AS"]\nlanguages = ["en"]', "FR": 'country = "FR"\nstates = ["01"]\nlanguages = ["fr"]'}
ZONES = {"US": "America/New_York", "FR": "Europe/Paris"}


def region_text(country: str) -> str:
    return f"""
name = "anywhere"
title = "Anywhere"
time_zone = "{ZONES[country]}"
contact = "operator@anywhere.test"
{REGIONS[country]}
[[sources]]
name = "county"
provider = "prepmod"
url = "https://county.example.org/"
[[sources]]
name = "town"
provider = "prepmod"
url = "https://town.example.org/"
"""


def accepted(listings: Iterable[Listing], source: str, country: str) -> list[Reading]:
    context = Context(
        source=source,
        base_url="https://book.example.org/search",
        time_zone=ZONES[country],
        state="MA" if country == "US" else "",
        location_type=LocationType.CLINIC,
        service=service_named("vaccination"),
        country=country,
    )
    found = []
    for listing in listings:
        try:
            found.append(normalize(listing, context, NOW)[0])
        except RecordError:
            continue
    return found


def missing(out: Path, store: Store) -> set[str]:
    """The ids of places that the database has but the release lacks, in the data or among the pages."""
    instead = read_place_ids(store)
    stored = [row[0] for row in store.db.execute("SELECT place_id FROM locations")]
    wanted = {instead.get(place_id, place_id) for place_id in stored}
    in_data = {place["id"] for place in json.loads((out / "api/v1/locations.json").read_bytes())["data"]}
    pages = {place_id for place_id in stored if (out / f"place/{place_id}/index.html").is_file()}
    return (wanted - in_data) | (set(stored) - pages)


@pytest.mark.parametrize("country", REGIONS)
def test_every_accepted_listing_is_published_whatever_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, country: str
) -> None:
    monkeypatch.setattr(compress, "SUFFIXES", ())  # compression takes most of the time and does not depend on listings
    listings = list(drawn(country, COUNT // len(REGIONS)))
    assert len(listings) >= COUNT // len(REGIONS) - 10
    region = parse_region(region_text(country), "anywhere.toml")
    for number in range(0, len(listings), AT_ONCE):
        batch = listings[number : number + AT_ONCE]
        half = len(batch) // 2
        with Store(tmp_path / f"{number}.db") as store:
            for source, part in (("county", batch[:half]), ("town", batch[half:])):
                save(store, report(*merge(accepted(part, source, country)), source=source))
            snapshot, release = make_release(region, store, tmp_path / f"public-{number}", NOW)
            assert snapshot.faults == ()
            assert missing(release.path, store) == set()
            assert len(snapshot.places) > half / 2
