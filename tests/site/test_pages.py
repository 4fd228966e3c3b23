"""The rendered pages: complete without JavaScript, safe from source texts, small, and consistent."""

import dataclasses
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import urlsplit

import brotli
import msgspec
import pytest
from jinja2 import nodes
from selectolax.lexbor import LexborHTMLParser as Html
from selectolax.lexbor import LexborNode

from aggregator.exports.subscriptions import subscription_files
from aggregator.faults import RAISE_ALL, Faults
from aggregator.geography.atlas import Atlas
from aggregator.model import Available, Outcome, Problem, Snapshot, Stage
from aggregator.published_file import publishable
from aggregator.site import cards, chart, filter_attributes, find_page, map, status_page, views
from aggregator.site.pages import page_files
from aggregator.site.templates import SHELL, content_security_policy, environment
from aggregator.wording import page_links, restrictions
from aggregator.wording.languages import language
from tests.support.snapshots import (
    HOSTILE,
    HOSTILE_URL,
    NOW,
    contents,
    current,
    full,
    hostile,
    offer,
    offers,
    place,
    region,
    room_for,
    snapshot,
    source,
    window,
)
from tests.support.zip_codes import few_published

DATA_FILES = {  # published next to the pages, not by them
    "api/v1/locations.json",
    "api/v1/locations.geojson",
    "api/v1/locations.csv",
    "freshness.json",
}
FIRST_WINDOW = 14 * 1024  # bytes of TCP's first round trip

TEMPLATES = environment(language("en", "US"))


def rendered(made: Snapshot, **fields: object) -> dict[str, bytes]:
    of = region(**fields)
    known, content_keys = publishable(made, RAISE_ALL)
    with few_published():
        return contents((*page_files(made, of), *subscription_files(known, of, content_keys, Atlas(known, of))))


def text_of(page: bytes, selector: str = "main") -> str:
    node = Html(page.decode()).css_first(selector)
    return text(node) if node else ""


def text(node: LexborNode) -> str:
    return " ".join(node.text().split())


@pytest.fixture(scope="module")
def pages() -> dict[str, bytes]:
    return rendered(full())


@pytest.fixture(scope="module", params=[150, 4], ids=["room for all", "room for 4"])
def any_pages(request: pytest.FixtureRequest) -> dict[str, bytes]:
    """In two languages, with and without room for all offers on the home page."""
    with room_for(request.param):
        return rendered(full(), languages=("en", "es"))


def test_every_listed_or_former_place_has_a_page(pages: dict[str, bytes]) -> None:
    made = full()
    expected = {f"place/{shown.id}/index.html" for shown in (*made.places, *made.gone)}

    assert {path for path in pages if path.startswith("place/") and path.endswith(".html")} == expected
    assert {"index.html", "status/index.html", "about/index.html", "data/index.html", "404.html", "robots.txt"} < set(
        pages
    )


def test_every_availability_appears_in_the_html(pages: dict[str, bytes]) -> None:
    cards_shown = Html(pages["index.html"].decode()).css("article")
    shown = {text(node.css("h3")[0]): text(node) for node in cards_shown}
    rows = text_of(pages["index.html"], ".towns")

    assert set(shown) == {place.location.name for place in offers()}
    assert "Fri, May 14 631 appointments, 9:00 AM – 5:00 PM, Pfizer" in shown["Fair Grounds"]
    assert "Restriction: Town residents only." in shown["High School"]
    assert "(second dose only)" in shown["Fire House"]
    assert "A parent or guardian has to be there" in shown["Fire House"]
    assert "01901" in shown["Library"]
    assert "Call to book: (413) 555-0142" in shown["Grange"]
    assert "Appointments available, number not stated; days not stated" in shown["Walk-in Hall"]
    assert "MA 01941 No appointments when last checked at 10:18 PM" in rows
    assert "Not known. The booking site is holding people in a line" in rows
    assert "Restriction: People over 65 only." in rows


def test_offers_beyond_the_home_pages_limit_are_one_link_away() -> None:
    with room_for(4):
        made = rendered(full(), languages=("en", "es"))
    for folder, more in (("", "6 more places have appointments."), ("es/", "6 lugares más tienen citas.")):
        home, all_of_them = (Html(made[f"{folder}{page}index.html"].decode()) for page in ("", "offers/"))
        shown = [text(card) for card in all_of_them.css("#cards > .card")]

        assert text(home.css("#more p")[0]).startswith(more)
        assert [link.attributes["href"] for link in home.css("#more a")] == ["./offers/"]
        assert [text(card) for card in home.css("#cards > .card")] == shown[:4]
        assert len(shown) == len(offers())
        assert (len(home.css("[data-whole]")), len(all_of_them.css("[data-whole]"))) == (0, 1)


def test_a_home_page_with_all_offers_needs_no_offers_page(pages: dict[str, bytes]) -> None:
    home = Html(pages["index.html"].decode())

    assert "offers/index.html" not in pages
    assert (len(home.css("[data-whole]")), home.css("#more a")) == (1, [])


def test_the_home_page_names_the_sources_that_could_not_be_read(pages: dict[str, bytes]) -> None:
    troubles = text_of(pages["index.html"], ".troubles")

    assert "State hospital: The booking site is holding people in a line" in troubles
    assert "Look yourself at queue.example.org" in troubles


def test_a_region_without_problems_shows_no_problem_box_or_demo_notice() -> None:
    page = rendered(snapshot(place(1)))["index.html"]

    assert text_of(page, ".troubles") == ""
    assert "demo" not in text_of(page, "body")


def test_a_demo_is_labeled_on_every_page() -> None:
    for path, page in rendered(full(), made_up=True).items():
        if path.endswith(".html"):
            assert "This is a demo with made-up places. Nothing can be booked." in text_of(page, "div[role=status]"), (
                path
            )


def test_the_page_of_a_former_place_explains_it_and_links_on(pages: dict[str, bytes]) -> None:
    page = pages[f"place/{full().gone[0].id}/index.html"]

    assert "No longer listed by County clinics" in text_of(page)
    assert "No appointments" not in text_of(page)


def test_source_text_never_runs_and_never_becomes_an_unsafe_link() -> None:
    problem = Problem(field=HOSTILE, value=HOSTILE, reason=HOSTILE)
    bad = source(title=HOSTILE, message=HOSTILE, url=HOSTILE_URL, problems=(problem,))
    for path, page in rendered(snapshot(hostile(), sources=(bad,))).items():
        if not path.endswith(".html"):
            continue
        html = Html(page.decode())
        scripts = [(node.attributes.get("type"), node.text()) for node in html.css("script")]
        # a data block runs nothing; tests/site/test_sharing.py checks it
        assert [one for one in scripts if one[0] != "application/ld+json"] == [("module", "")], path
        assert not html.css("img, iframe, object, base"), path
        assert {form.attributes.get("action") for form in html.css("form")} <= {
            None,
            "./find/",
            "../find/",
            "../../find/",
        }, path
        for node in html.css("*"):
            assert not [name for name in node.attributes if name.startswith("on") or name == "style"], path
        for link in html.css("a"):
            href = link.attributes["href"] or ""
            assert re.match(r"(https?://|tel:|mailto:people@|#main$|\.{1,2}/|$)", href), (path, href)


def test_hostile_text_is_shown_as_text() -> None:
    shown = text_of(rendered(snapshot(hostile()))["index.html"], "article h3")

    assert shown == " ".join(HOSTILE.split())


def test_a_place_id_that_is_not_a_valid_file_name_is_skipped() -> None:
    good, bad, faults = place(1), msgspec.structs.replace(place(2), id="../../etc"), Faults()
    found = contents(page_files(snapshot(good, bad), region(), faults=faults))

    assert f"place/{good.id}/index.html" in found
    assert not any(".." in path for path in found)
    assert [(fault.stage, fault.id) for fault in faults.found] == [(Stage.LISTS, "../../etc")]
    assert b"../../etc" in found["status/index.html"]


def test_the_content_security_policy_allows_exactly_the_inlined_style(any_pages: dict[str, bytes]) -> None:
    for path, page in any_pages.items():
        if path.endswith(".html"):
            html = Html(page.decode())
            (meta,) = html.css("meta[http-equiv=Content-Security-Policy]")
            styles = re.findall(rb"<style>(.*?)</style>", page, re.DOTALL)
            digests = [b64encode(sha256(style).digest()).decode() for style in styles]
            assert meta.attributes["content"] == content_security_policy()
            assert [f"'sha256-{digest}'" for digest in digests] == re.findall(
                r"'sha256-.*?'", content_security_policy()
            )


def test_every_internal_link_leads_to_a_published_file(any_pages: dict[str, bytes]) -> None:
    for path, page in any_pages.items():
        if path.endswith(".html"):
            for target in internal_targets(path, page):
                assert target in any_pages or target in DATA_FILES, (path, target)


def internal_targets(path: str, page: bytes) -> Iterator[str]:
    # the 404 page is shown for URLs two folders deep, such as those of places
    folder = join(dirname(path), "place/missing") if path.endswith("404.html") else dirname(path)
    for node in Html(page.decode()).css("a[href], link[href], script[src]"):
        href = node.attributes.get("href") or node.attributes.get("src") or ""
        if href and not urlsplit(href).scheme and not href.startswith("#"):
            assert not href.startswith("/"), (path, href)
            file = href.partition("#")[0]
            target = normpath(join(folder, file))
            yield normpath(join(target, "index.html")) if file.endswith("/") else target


def test_skip_links_and_section_labels_have_targets(any_pages: dict[str, bytes]) -> None:
    for path, page in any_pages.items():
        if path.endswith(".html"):
            html = Html(page.decode())
            ids = [node.attributes["id"] for node in html.css("[id]")]
            wanted = {node.attributes["aria-labelledby"] for node in html.css("[aria-labelledby]")} | {"main"}
            assert len(ids) == len(set(ids)), path
            assert wanted <= set(ids), path


def test_headings_descend_one_level_at_a_time(any_pages: dict[str, bytes]) -> None:
    for path, page in any_pages.items():
        if path.endswith(".html"):
            levels = [int(str(node.tag)[1]) for node in Html(page.decode()).css("h1, h2, h3, h4")]
            assert levels[0] == 1 and levels.count(1) == 1, path
            assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_the_first_view_fits_in_the_first_round_trip(pages: dict[str, bytes]) -> None:
    assert len(full().places) == 40
    assert len(brotli.compress(pages["index.html"])) < FIRST_WINDOW


def test_templates_use_exactly_the_fields_of_the_views() -> None:
    rooms = (cards, chart, filter_attributes, find_page, page_links, map, restrictions, status_page, views)
    shown = [view for room in rooms for view in vars(room).values() if dataclasses.is_dataclass(view)]
    fields = {field.name for view in shown for field in dataclasses.fields(view)} | set(map.MapMark._fields)
    used: set[str] = set()
    for name in TEMPLATES.list_templates(extensions=["html"]):
        source_text = (TEMPLATES.loader.get_source(TEMPLATES, name))[0]  # type: ignore[union-attr]
        used |= {node.attr for node in TEMPLATES.parse(source_text).find_all(nodes.Getattr)}
    macros = {"moment", "said", "days", "restrictions", "ways", "where", "link", "made_time", "map", "search"}
    macros |= {"lower", "head", "feed", "choice", "filters", "near", *SHELL}

    assert fields - used == set()
    assert used - fields - macros == {"field", "value"}  # fields of model.Problem, which has a `reason` too


def test_equal_snapshots_give_equal_bytes() -> None:
    assert rendered(full()) == rendered(full())


@pytest.mark.parametrize(
    ("changes", "made_anew"), [({"attempted_at": NOW}, False), ({"attempted_at": NOW, "wait_minutes": 30}, True)]
)
def test_a_page_is_rebuilt_for_a_new_estimated_wait_but_not_for_its_new_time(
    changes: dict[str, Any], made_anew: bool
) -> None:
    queued: dict[str, Any] = {"outcome": Outcome.BUSY, "attempted_at": NOW - timedelta(minutes=2), "wait_minutes": 45}
    shown, later = (place(1, current(Available.UNKNOWN, **fields)) for fields in (queued, queued | changes))
    before, after = ({file.path: file.key for file in page_files(snapshot(one), region())} for one in (shown, later))

    assert (before[f"place/{shown.id}/index.html"] != after[f"place/{shown.id}/index.html"]) is made_anew


def test_a_place_without_any_details_still_has_a_page() -> None:
    bare = place(
        1, offer(window(14)), address_lines=(), city="", state="", postal_code="", position=None, booking_url=""
    )

    assert "12 appointments" in text_of(rendered(snapshot(bare, sources=()))[f"place/{bare.id}/index.html"])
