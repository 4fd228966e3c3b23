"""Which ZIP codes have a page, and the find page, which lists them after an unsuccessful search."""

from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser as Html

from aggregator.exports.every_export import export_files
from aggregator.model import Place, Position
from aggregator.published_file import File
from aggregator.release.publisher import publish
from aggregator.site.pages import page_files
from tests.support.snapshots import NOW, contents, current, offer, place, region, snapshot, window

BOSTON = Position(latitude=42.36, longitude=-71.06)
HOUSTON, DALLAS = Position(latitude=29.76, longitude=-95.37), Position(latitude=32.76, longitude=-97.05)


def paths(*places: Place, **fields: object) -> set[str]:
    return {file.path for file in page_files(snapshot(*places), region(**fields))}


def find_page(*places: Place, **fields: object) -> Html:
    files = page_files(snapshot(*places), region(**fields))
    return Html(contents(file for file in files if file.path == "find/index.html")["find/index.html"].decode())


def test_a_zip_code_has_a_page_if_a_place_is_within_50_miles() -> None:
    published = paths(place(1, position=BOSTON))

    assert {"zip/02139/index.html", "zip/01930/index.html", "zip/01420/index.html"} <= published  # 3 to 67 km away
    assert not {"zip/01001/index.html", "zip/02554/index.html"} & published  # 128 and 140 km away


def test_a_places_own_zip_code_has_a_page_even_if_unknown_to_the_tables() -> None:
    assert "zip/01240/index.html" in paths(place(1, position=BOSTON, postal_code="01240"), country="FR")


def test_without_a_place_no_zip_code_has_a_page() -> None:
    assert not [path for path in paths() if path.startswith("zip/")]


def test_towns_are_listed_by_first_letter_and_zip_codes_by_prefix() -> None:
    page = find_page(
        place(1, position=BOSTON, city="Élan"),
        place(2, position=BOSTON, city="Eastham"),
        place(3, position=BOSTON, city="Alder"),
        place(4, position=BOSTON, city=""),
    )
    letters = [node.text() for node in page.css("#towns summary")]
    by_prefix = {group.css("summary")[0].text(): group for group in page.css("section:not(#towns) details")}

    assert letters == ["A", "E", "–"]
    assert [link.text() for link in page.css("#towns a")] == ["Alder", "Eastham", "Élan", "Town not stated"]
    assert [link.attributes["href"] for link in page.css("#towns a")][:2] == ["../town/alder/", "../town/eastham/"]
    assert "../zip/02139/" in [link.attributes["href"] for link in by_prefix["021"].css("a")]
    assert page.css("h1")[0].text() == "We couldn’t find that place"


def test_a_search_without_javascript_opens_the_find_page_which_searches_again() -> None:
    for name, page in contents(page_files(snapshot(place(1)), region(languages=("en", "es")))).items():
        for form in Html(page.decode()).css("#find") if name.endswith(".html") else ():
            folder = "es/" if name.startswith("es/") else ""
            assert form.attributes["action"], name
            depth = ("404.html" in name and 2) or name.removeprefix(folder).count("/")
            assert form.attributes["action"] == ("../" * depth or "./") + "find/", name


@pytest.mark.parametrize("offers", [0, 2])
def test_two_places_in_texas_produce_at_most_1500_files(tmp_path: Path, offers: int) -> None:
    answers = [offer(window(14))] * offers + [current()] * (2 - offers)
    places = [
        place(number, answer, state="TX", city=city, position=position, time_zone="America/Chicago")
        for number, (answer, city, position) in enumerate(
            zip(answers, ("Houston", "Arlington"), (HOUSTON, DALLAS), strict=True)
        )
    ]
    texas, made = region(states=("TX",), time_zone="America/Chicago"), snapshot(*places)
    files: list[File] = [*export_files(made, texas), *page_files(made, texas)]
    publish(files, tmp_path / "public", NOW)

    assert len([path for path in (tmp_path / "public").resolve().rglob("*") if path.is_file()]) <= 1500
