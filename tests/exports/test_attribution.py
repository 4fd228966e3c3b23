"""Whom to name beside the data (`attribution`): from the pages or the region file to every page and export."""

import csv
import io
import json
from collections.abc import Iterator

import pytest

from aggregator.adapter import DataRow, Fetch, Listing, Pages, SourceInfo
from aggregator.config.region import Region
from aggregator.errors import ConfigError
from aggregator.exports.every_export import export_files
from aggregator.model import Attribution
from aggregator.site import page_files
from aggregator.snapshot import take
from aggregator.store.store import Store
from tests.support.pages import SEARCH, TableClient, source, visit
from tests.support.records import MINUTE, NOW, SOURCE, SOURCES, reading, region, report, save
from tests.support.small_adapters import Halls, halls
from tests.support.stores import empty_store

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
HERON = Attribution(publisher="Heron <Leisure>", license=CC_BY, url="https://heron.example.org/")
IN_FILE = f'attribution = {{ publisher = "Tern Trust", license = "{CC_BY}" }}\n'


@pytest.fixture
def db() -> Iterator[Store]:
    with empty_store() as opened:
        yield opened


def published(db: Store, where: Region) -> dict[str, str]:
    """Path -> content of every text file of a release."""
    snapshot = take(db, where, NOW + MINUTE)
    files = [*export_files(snapshot, where), *page_files(snapshot, where)]
    return {file.path: file.make().decode(errors="replace") for file in files if not file.path.endswith(".png")}


def region_of(attribution: str = "") -> Region:
    return region(sources=SOURCES + attribution)


def test_every_page_and_export_of_a_place_names_the_publisher_and_the_license(db: Store) -> None:
    save(db, report(reading("a"), attribution=HERON))
    files = published(db, region_of())
    (place,) = json.loads(files["api/v1/locations.json"])["data"]
    assert place["attributions"] == [{"publisher": HERON.publisher, "license": CC_BY, "url": HERON.url}]
    (row,) = csv.DictReader(io.StringIO(files["api/v1/locations.csv"]))
    assert row["attribution"] == f"{HERON.publisher}, {CC_BY}"
    (feature,) = json.loads(files["api/v1/locations.geojson"])["features"]
    assert feature["properties"]["attribution"] == row["attribution"]
    named = "Data: Heron &lt;Leisure&gt;, CC BY 4.0"
    page = f"place/{place['id']}/"
    for path in ("index.html", f"{page}index.html", "data/index.html"):
        assert named in files[path], path
    assert f'href="{CC_BY}"' in files[f"{page}index.html"]
    assert "Data: Heron" in files[f"feeds/{page[:-1]}.atom"]
    assert "CC BY 4.0" in files[f"{page}slots.ics"].replace("\r\n ", "").replace("\\,", ",")


def test_a_place_without_a_publisher_to_name_says_nothing_of_one(db: Store) -> None:
    save(db, report(reading("a")))
    files = published(db, region_of())
    (place,) = json.loads(files["api/v1/locations.json"])["data"]
    assert place["attributions"] == []
    assert "Data: " not in files["index.html"]
    assert "Whom to name" not in files["data/index.html"]


def test_a_region_file_may_say_whom_to_name(db: Store) -> None:
    save(db, report(reading("a"), attribution=HERON))
    files = published(db, region_of(IN_FILE))
    assert "Data: Tern Trust, CC BY 4.0" in files["index.html"]
    assert "Heron" not in files["index.html"]


def test_a_visit_without_an_attribution_leaves_the_stored_one(db: Store) -> None:
    save(db, report(reading("a"), attribution=HERON))
    save(db, report(reading("a"), at=NOW + MINUTE))
    assert db.sources()[SOURCE].attribution == HERON


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ('{ license = "CC0" }', "attribution.publisher: is missing"),
        ('{ publisher = "A", url = "javascript:x" }', "attribution.url: 'javascript:x' is not an http"),
        ('{ publisher = "A", licence = "CC0" }', "attribution.licence: unknown key; accepted: publisher, license, url"),
    ],
)
def test_an_attribution_that_cannot_be_shown_is_refused(written: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        region_of(f"attribution = {written}\n")


def test_an_adapter_passes_on_whom_the_pages_name() -> None:
    class Credited(Halls):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
            fetch.attribute(" Heron\nLeisure ", CC_BY)
            yield await fetch(source.url)

        def listing(self, row: DataRow) -> Listing | None:
            return super().listing(row)

    found = visit(Credited(), source(), TableClient({SEARCH: halls("A")}))
    assert found.attribution == Attribution(publisher="Heron Leisure", license=CC_BY)
