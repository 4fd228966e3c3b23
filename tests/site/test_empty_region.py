"""A region without known places: everything is published, and nothing claims "no appointments"."""

import io
import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from aggregator.cli import main
from aggregator.config.region import parse_region
from aggregator.cycle import make_release
from aggregator.model import Outcome
from aggregator.site.pages import page_files
from aggregator.site.sharing import picture
from aggregator.store.store import Store
from tests.support import snapshots
from tests.support.records import MINUTE, NOW, REGION, SOURCES, report, save

HEAD = REGION.replace('"MA"', '"AS"') + 'url = "https://appointments.example.org/"\n'
ENTRY = "{http://www.w3.org/2005/Atom}entry"
NO_SOURCE = "sources = []"
# sources, the outcome of their visits, and the text about them on the home page
KINDS = [
    pytest.param(NO_SOURCE, None, "This site does not read any booking system yet", id="no source"),
    pytest.param(SOURCES, None, "We have not been able to read any booking system yet", id="not visited yet"),
    pytest.param(SOURCES, Outcome.DOWN, "We have not been able to read any booking system yet", id="all down"),
    pytest.param(SOURCES, Outcome.EMPTY, "The booking systems that answered list no place", id="all empty"),
]


def text(page: bytes) -> str:
    main_part = BeautifulSoup(page, "html.parser").find("main")
    assert main_part
    return " ".join(main_part.get_text(" ").split())


@pytest.mark.parametrize(("sources", "outcome", "words"), KINDS)
def test_a_complete_release_is_published_that_states_what_is_known(
    sources: str, outcome: Outcome | None, words: str, tmp_path: Path
) -> None:
    made, out = parse_region(HEAD + sources, "alder.toml"), tmp_path / "public"
    with Store(tmp_path / "a.db") as store:
        if outcome:
            save(store, report(outcome=outcome, message="answers 503"))
        for minute in range(2):
            snapshot, release = make_release(made, store, out, NOW + minute * MINUTE)

    assert snapshot.places == ()
    assert words in text((out / "index.html").read_bytes())
    assert json.loads((out / "api/v1/locations.json").read_bytes())["data"] == []
    assert json.loads((out / "api/v1/locations.geojson").read_bytes())["features"] == []
    assert len((out / "api/v1/locations.csv").read_text().splitlines()) == 1
    assert len(json.loads((out / "freshness.json").read_bytes())["sources"]) == len(made.sources)
    assert not Xml.parse(out / "feeds/all.atom").getroot().findall(ENTRY)
    assert release.files == len(release.manifest) > 10


@pytest.mark.parametrize(("sources", "outcome", "words"), KINDS)
def test_no_page_claims_that_there_are_no_appointments(
    sources: str, outcome: Outcome | None, words: str, tmp_path: Path
) -> None:
    with Store(tmp_path / "a.db") as store:
        if outcome:
            save(store, report(outcome=outcome))
        make_release(parse_region(HEAD + sources, "alder.toml"), store, tmp_path / "public", NOW)
    pages = {path: text(path.read_bytes()) for path in (tmp_path / "public").rglob("*.html")}
    find = pages[tmp_path / "public/find/index.html"]

    assert "If yours isn’t listed, we know of no place within 50 miles (80 km) of it." in find
    assert not (tmp_path / "public/zip").exists()
    assert not [path for path, html in pages.items() if "No place we could read" in html or "0 of 0" in html]


def test_a_zip_page_with_places_but_no_offers_states_that_there_are_none() -> None:
    known = snapshots.snapshot(snapshots.place(1))
    found = {file.path: file.make() for file in page_files(known, snapshots.region()) if file.path.startswith("zip/")}

    assert "No place we could read has appointments right now." in text(found["zip/01901/index.html"])


def test_the_picture_of_a_region_without_places_has_no_numbers() -> None:
    def colours(places: int) -> int:
        image = Image.open(io.BytesIO(picture("Alder County", 0, places, ""))).convert("RGB")
        return len(image.crop((0, 230, *image.size)).getcolors() or ())

    assert (colours(0), colours(40) > 1) == (1, True)


def test_a_run_without_sources_publishes_and_is_healthy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("alder.toml").write_text(HEAD + NO_SOURCE)

    assert main(["run", "--region", "alder.toml"]) == 0
    assert main(["status", "--region", "alder.toml"]) == 0
    assert main(["doctor", "--region", "alder.toml"]) == 0
    assert "0 of 0 places have appointments" in capsys.readouterr().out
