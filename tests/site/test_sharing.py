"""What other sites and search engines get from a page: its URL, its numbers as text and picture, structured data."""

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
    """The values of meta tags (Open Graph and others) by name."""
    tags = (node.attributes for node in page.css("meta[content]"))
    return {tag.get("property") or tag.get("name") or "": tag["content"] or "" for tag in tags}


def links(page: Html, rel: str) -> dict[str | None, str | None]:
    return {node.attributes.get("hreflang"): node.attributes["href"] for node in page.css(f"link[rel={rel}]")}


@pytest.fixture(scope="module")
def pages() -> dict[str, Html]:
    return rendered(full(), url=SITE, languages=("en", "es"))


def test_the_home_page_preview_contains_its_numbers(pages: dict[str, Html]) -> None:
    tags = meta(pages["index.html"])

    assert tags["og:title"] == "Alder County appointments"
    assert tags["og:description"] == tags["description"] == "10 of 40 places have appointments · 5 are not known."
    assert tags["og:image"] == f"{SITE}/share.png"


def test_restrictions_appear_in_the_preview_of_a_place(pages: dict[str, Html]) -> None:
    shown = next(one for one in offers() if one.location.name == "High School")
    tags = meta(pages[f"place/{shown.id}/index.html"])

    assert tags["og:title"] == "High School"
    assert tags["og:description"] == "Appointments available, number not stated. Town residents only."


def test_every_page_links_its_canonical_url_and_its_other_languages(pages: dict[str, Html]) -> None:
    for folder in ("", "es/"):
        page = pages[f"{folder}index.html"]
        assert links(page, "canonical") == {None: f"{SITE}/{folder}"}
        assert {tag: href for tag, href in links(page, "alternate").items() if tag} == {
            "en": f"{SITE}/",
            "es": f"{SITE}/es/",
        }


def test_without_a_site_url_no_canonical_url_is_invented() -> None:
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


def test_the_picture_has_the_announced_size_and_is_small(pages: dict[str, Html]) -> None:
    tags = meta(pages["index.html"])

    assert image().size == SIZE == (int(tags["og:image:width"]), int(tags["og:image:height"]))
    assert len(picture("Alder County", 8, 40, "8 of 40 places have appointments.")) < 30_000


def test_the_picture_is_green_only_with_appointments() -> None:
    green = (0x17, 0x66, 0x3A)

    assert (green in colours(image(offers=8)), green in colours(image(offers=0))) == (True, False)


@pytest.mark.parametrize("title", ["", "A" * 120, "A word " * 17, "Región de Ærø – Zürich", "预约 8", "\ud800 \x00"])
def test_any_title_can_be_drawn(title: str) -> None:
    assert image(title=title).size == SIZE


def test_characters_missing_in_the_font_and_accents_are_dropped() -> None:
    assert picture("预约", 8, 40, "") == picture("", 8, 40, "")
    assert picture("Región", 8, 40, "") == picture("Region", 8, 40, "")


def test_the_picture_is_redrawn_only_if_its_numbers_change() -> None:
    def key(*places: Place) -> bytes:
        made = snapshot(*places)
        return picture_file(made, region(), render_context(made, region(), "en").words).key

    assert key(place(1, offer(window(14))), place(2)) == key(place(1, offer(window(15, 99))), place(3))
    assert key(place(1, offer(window(14))), place(2)) != key(place(1), place(2))


def test_there_is_a_picture_only_if_pages_can_give_its_absolute_url() -> None:
    paths = {file.path for file in page_files(snapshot(place(1)), region(languages=("en", "es"), url=SITE))}

    assert [path for path in paths if path.endswith("share.png")] == ["share.png"]
    assert "share.png" not in {file.path for file in page_files(snapshot(place(1)), region())}


# --- structured data --------------------------------------------------------------------------------------------------


def test_the_structured_data_of_a_place_matches_its_page() -> None:
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
def test_location_types_map_to_schema_org_types(kind: LocationType, type_: str) -> None:
    assert facts(place(1, location_type=kind), region(), "")["@type"] == type_


def test_unknown_facts_are_omitted() -> None:
    near = Position(latitude=42.1, longitude=-71.2, approximate=True)
    bare = place(1, position=near, address_lines=(), city="", state="", postal_code="", info_url="javascript:alert(1)")
    found = facts(bare, region(), "place/x/")

    assert set(found) == {"@context", "@type", "name", "address"}
    assert found["address"] == {"@type": "PostalAddress", "addressCountry": "US"}


def test_structured_data_cannot_close_its_script_element() -> None:
    evil = place(30, offer(window(14)), name=f"{HOSTILE}</script><!-- <script>", city="\u2028</SCRIPT>")
    page = contents(file for file in page_files(snapshot(evil), region()) if evil.id in file.path)
    text = page[f"place/{evil.id}/index.html"].decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)

    assert json.loads(block)["name"] == evil.location.name
    assert not set(block) & set("<>&")


def test_a_former_place_has_no_structured_data(pages: dict[str, Html]) -> None:
    (gone,) = full().gone

    assert pages[f"place/{gone.id}/index.html"].css("script[type='application/ld+json']") == []


def test_only_place_pages_contain_structured_data() -> None:
    for path, page in rendered(snapshot(hostile())).items():
        blocks = [json.loads(node.text()) for node in page.css("script[type='application/ld+json']")]
        assert len(blocks) == path.startswith("place/"), path
