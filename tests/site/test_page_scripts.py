"""What scripts and pages expect of each other: names, ids, texts, sizes."""

import json
import re
from hashlib import sha256
from posixpath import join, normpath

import brotli
import pytest
from selectolax.lexbor import LexborHTMLParser as Html

from aggregator.model import Slot, Snapshot
from aggregator.site import pages as site_pages
from aggregator.site.pages import page_files
from aggregator.site.templates import asset
from tests.support.snapshots import contents, full, local, offer, place, region, snapshot, times, window
from tests.support.zip_codes import few_published


def rendered(made: Snapshot, **fields: object) -> dict[str, bytes]:
    with few_published():
        return contents(page_files(made, region(**fields)))


@pytest.fixture(scope="module")
def pages() -> dict[str, bytes]:
    return rendered(full())


def test_assets_are_named_by_their_content_hash(pages: dict[str, bytes]) -> None:
    assets = [path for path in pages if path.startswith("assets/") and not path.endswith(".js")]
    scripts = [path for path in pages if path.startswith("assets/") and path.endswith(".js")]

    assert len(assets) == 2
    for path in assets:
        assert path.split(".")[1] == sha256(pages[path]).hexdigest()[:10]
    assert {path.split("/")[1] for path in scripts} == {
        sha256(b"".join(pages[path] for path in scripts)).hexdigest()[:10]
    }


def test_scripts_import_only_existing_scripts(pages: dict[str, bytes]) -> None:
    scripts = {path: page.decode() for path, page in pages.items() if path.endswith(".js") and path != "sw.js"}
    called = {name for script in scripts.values() for name in re.findall(r"[\"(]\./(\w+\.js)\"", script)}

    assert called == {path.rpartition("/")[2] for path in scripts} - {"page.js"}


def test_the_service_worker_and_the_manifests_are_at_the_root_of_their_scope() -> None:
    pages = rendered(full(), languages=("en", "es"))

    assert "sw.js" in pages
    for folder, language_of in (("", "en"), ("es/", "es")):
        manifest = json.loads(pages[f"{folder}manifest.webmanifest"])
        assert (manifest["name"], manifest["lang"]) == ("Alder County appointments", language_of)
        for target in (manifest["scope"] + "sw.js", *(icon["src"] for icon in manifest["icons"])):
            assert normpath(join(folder, target)) in pages


def test_a_first_visit_downloads_little(pages: dict[str, bytes]) -> None:
    scripts = {path.rpartition("/")[2]: page for path, page in pages.items() if path.endswith(".js")}
    first = [scripts[name] for name in ("page.js", "list.js", "asked.js", "places.js")]

    assert len(asset("style.css")) < 11_000
    assert max(len(script) for script in scripts.values()) < 12_000
    assert sum(len(brotli.compress(part)) for part in (pages["index.html"], *first)) < 30_000


def test_the_scripts_find_the_elements_they_need(pages: dict[str, bytes]) -> None:
    home, place, offline = (
        Html(next(page for path, page in pages.items() if path.startswith(start)).decode())
        for start in ("index.html", "place/", "offline/")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site_pages, "LARGE_REGION", 1)
        lagging = Html(rendered(full())["zip/02139/index.html"].decode())
    scripts = "".join(
        page.decode() for path, page in pages.items() if path.startswith("assets/") and path.endswith(".js")
    )
    ids = set(re.findall(r'(?:element|getElementById|notice)\("([\w-]+)"', scripts))
    texts = set(re.findall(r"\bsays\.(\w+)", scripts))
    html = home.css("html")[0].attributes

    assert {"filters", "cards", "old", "newer", "kept"} <= ids
    for name in ids:
        assert any(page.css_first(f"#{name}") for page in (home, place, offline, lagging)), name
    assert texts == {
        key.removeprefix("data-") for form in home.css("#filters, #find") for key in form.attributes if "data-" in key
    }
    assert {"data-root", "data-made", "data-stale-after", "data-today", "data-now"} < set(html)
    assert home.css("time[data-age], time.made-at") and home.css_first("#fresh[data-new][data-show]")


def test_only_a_page_with_places_without_appointments_offers_to_show_them() -> None:
    every, some = (
        Html(rendered(snapshot(place(1, offer(window(14))), *others))["index.html"].decode())
        for others in ((), (place(2),))
    )

    assert (len(every.css(".rowless .all")), len(some.css(".rowless .all"))) == (1, 0)


def test_a_list_gives_the_filter_attributes_of_each_place() -> None:
    late = Slot(start=local(21), end=local(22), all_day=True, doses=("1",))
    made = place(1, offer(window(14), *times(15, 1, doses=("2",)), window(30)), restrictions="Ages 12+", city="Alder")
    data = Html(
        rendered(snapshot(made, place(2, offer(late), booking_url="", booking_phone="413-555-0100")))[
            "index.html"
        ].decode()
    )
    shown = {card.css("h3")[0].text(): card.attributes for card in data.css("article")}

    assert {key: shown["Town hall 1"][key] for key in ("data-k", "data-d", "data-v", "data-o", "data-a")} == {
        "data-k": "c", "data-d": "1ma 2m 14ma", "data-v": "Pfizer", "data-o": "2", "data-a": "144-",
    }  # fmt: skip
    assert (shown["Town hall 2"]["data-d"], shown["Town hall 2"]["data-f"]) == ("8", "p")
