"""What other sites and search engines get of a page: its address, its numbers as text and picture, a place's facts."""

import io
import json
import re
from collections.abc import Mapping

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser as Html

from aggregator.model import LocationType, Place, Position, Snapshot
from aggregator.site.pages import page_files
from aggregator.site.sharing import SIZE, facts, picture, picture_file
from aggregator.wording.context import render_context
from tests.support.snapshots import HOSTILE, contents, full, hostile, offer, offers, place, region, snapshot, window

SITE = "https://appointments.example.org/ma"


def rendered(made: Snapshot, **fields: object) -> dict[str, Html]:
    files = [file for file in page_files(made, region(**fields)) if not file.path.startswith(("feeds/", "zip/"))]
    return {path: Html(page.decode()) for path, page in contents(files).items() if path.endswith(".html")}


def meta(page: Html) -> dict[str, str]:
    """Open Graph's and others' names with what they say."""
    tags = (node.attributes for node in page.css("meta[content]"))
    return {tag.get("property") or tag.get("name") or "": tag["content"] or "" for tag in tags}


def links(page: Html, rel: str) -> dict[str | None, str | None]:
    return {node.attributes.get("hreflang"): node.attributes["href"] for node in page.css(f"link[rel={rel}]")}


@pytest.fixture(scope="module")
def pages() -> dict[str, Html]:
    return rendered(full(), url=SITE, languages=("en", "es"))


def test_the_home_page_is_shared_with_its_numbers(pages: dict[str, Html]) -> None:
    said = meta(pages["index.html"])

    assert said["og:title"] == "Alder County appointments"
    assert said["og:description"] == said["description"] == "10 of 40 places have appointments · 5 are not known."
    assert said["og:image"] == f"{SITE}/share.png"


def test_restrictions_travel_with_a_shared_place(pages: dict[str, Html]) -> None:
    shown = next(one for one in offers() if one.location.name == "High School")
    said = meta(pages[f"place/{shown.id}/index.html"])

    assert said["og:title"] == "High School"
    assert said["og:description"] == "Appointments available, number not stated. Town residents only."


def test_every_language_of_a_page_says_its_own_address_and_those_of_the_others(pages: dict[str, Html]) -> None:
    for folder in ("", "es/"):
        page = pages[f"{folder}index.html"]
        assert links(page, "canonical") == {None: f"{SITE}/{folder}"}
        assert {tag: href for tag, href in links(page, "alternate").items() if tag} == {
            "en": f"{SITE}/",
            "es": f"{SITE}/es/",
        }


def test_a_region_that_does_not_say_its_address_makes_none_up() -> None:
    page = rendered(full(), languages=("en", "es"))["es/index.html"]

    assert links(page, "canonical") == {}
    assert links(page, "alternate")["en"] == "./../"
    assert not [name for name in meta(page) if name.startswith("og:")]


# --- the picture ------------------------------------------------------------------------------------------------------


def image(title: str = "Alder County", offers: int = 8, places: int = 40, summary: str = "8 of 40") -> Image.Image:
    return Image.open(io.BytesIO(picture(title, offers, places, summary)))


def colours(of: Image.Image) -> set[tuple[int, ...]]:
    found = of.convert("RGB").getcolors(1 << 20)
    assert found
    return {colour for _, colour in found if isinstance(colour, tuple)}


def test_the_picture_has_the_size_that_is_announced_and_is_small(pages: dict[str, Html]) -> None:
    said = meta(pages["index.html"])

    assert image().size == SIZE == (int(said["og:image:width"]), int(said["og:image:height"]))
    assert len(picture("Alder County", 8, 40, "8 of 40 places have appointments.")) < 30_000


def test_the_picture_is_green_only_with_appointments() -> None:
    green = (0x17, 0x66, 0x3A)

    assert (green in colours(image(offers=8)), green in colours(image(offers=0))) == (True, False)


@pytest.mark.parametrize("title", ["", "A" * 120, "A word " * 17, "Región de Ærø – Zürich", "预约 8", "\ud800 \x00"])
def test_any_title_can_be_drawn(title: str) -> None:
    assert image(title=title).size == SIZE


def test_letters_that_the_font_does_not_have_are_left_out_and_accents_too() -> None:
    assert picture("预约", 8, 40, "") == picture("", 8, 40, "")
    assert picture("Región", 8, 40, "") == picture("Region", 8, 40, "")


def test_the_picture_is_made_anew_only_when_its_numbers_change() -> None:
    def key(*places: Place) -> bytes:
        made = snapshot(*places)
        return picture_file(made, region(), render_context(made, region(), "en").words).key

    assert key(place(1, offer(window(14))), place(2)) == key(place(1, offer(window(15, 99))), place(3))
    assert key(place(1, offer(window(14))), place(2)) != key(place(1), place(2))


def test_there_is_a_picture_only_where_pages_can_name_it() -> None:
    paths = {file.path for file in page_files(snapshot(place(1)), region(languages=("en", "es"), url=SITE))}

    assert [path for path in paths if path.endswith("share.png")] == ["share.png"]
    assert "share.png" not in {file.path for file in page_files(snapshot(place(1)), region())}


# --- the facts --------------------------------------------------------------------------------------------------------


def test_the_facts_of_a_place_are_those_of_its_page() -> None:
    shown = place(1, info_phone="413-555-0100", info_url="https://www.example.net/hall")

    assert facts(shown, region(url=SITE), f"place/{shown.id}/") == {
        "@context": "https://schema.org",
        "@type": "MedicalClinic",
        "name": "Town hall 1",
        "address": {
            "@type": "PostalAddress",
            "addressCountry": "US",
            "streetAddress": "1 Example Street",
            "addressLocality": "Birchfield",
            "addressRegion": "MA",
            "postalCode": "01901",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": 42.101, "longitude": -71.2},
        "telephone": "+14135550100",
        "url": f"{SITE}/place/{shown.id}/",
        "sameAs": "https://www.example.net/hall",
    }


def test_a_place_abroad_is_in_its_own_country() -> None:
    told = facts(place(1, country="CA", state="ON", postal_code="P9N 1X8"), region(), "")
    address = told["address"]
    assert isinstance(address, Mapping)
    assert [address[key] for key in ("addressCountry", "addressRegion", "postalCode")] == ["CA", "ON", "P9N 1X8"]


@pytest.mark.parametrize(
    ("kind", "type_"),
    [(LocationType.PHARMACY, "Pharmacy"), (LocationType.CLINIC, "MedicalClinic"), (LocationType.MASS_VAX, "Place")],
)
def test_kinds_of_place_have_the_words_of_schema_org(kind: LocationType, type_: str) -> None:
    assert facts(place(1, location_type=kind), region(), "")["@type"] == type_


def test_what_is_not_known_is_not_stated() -> None:
    near = Position(latitude=42.1, longitude=-71.2, approximate=True)
    bare = place(1, position=near, address_lines=(), city="", state="", postal_code="", info_url="javascript:alert(1)")
    told = facts(bare, region(), "place/x/")

    assert set(told) == {"@context", "@type", "name", "address"}
    assert told["address"] == {"@type": "PostalAddress", "addressCountry": "US"}


def test_the_facts_stand_in_the_page_as_data_that_cannot_end_their_element() -> None:
    evil = place(30, offer(window(14)), name=f"{HOSTILE}</script><!-- <script>", city="\u2028</SCRIPT>")
    page = contents(file for file in page_files(snapshot(evil), region()) if evil.id in file.path)
    text = page[f"place/{evil.id}/index.html"].decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)

    assert json.loads(block)["name"] == evil.location.name
    assert not set(block) & set("<>&")


def test_a_place_that_is_gone_has_no_facts(pages: dict[str, Html]) -> None:
    (gone,) = full().gone

    assert pages[f"place/{gone.id}/index.html"].css("script[type='application/ld+json']") == []


def test_only_pages_of_places_hold_data_blocks() -> None:
    for path, page in rendered(snapshot(hostile())).items():
        blocks = [json.loads(node.text()) for node in page.css("script[type='application/ld+json']")]
        assert len(blocks) == path.startswith("place/"), path
