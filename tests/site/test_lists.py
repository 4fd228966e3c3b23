"""A card or row is rendered once and links to the same place from pages at every depth."""

import pytest

from aggregator.site.pages import page_files
from tests.support.snapshots import contents, offer, place, region, room_for, snapshot, window

TRICK = 'Hall ="../../'
FROM = {"index.html": "./", "offers/index.html": "../", "zip/02139/index.html": "../../", "es/index.html": "./"}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    known = snapshot(place(1, offer(window(14)), name=TRICK), place(2, offer(window(15))), place(3, name=TRICK))
    with room_for(1):
        made = contents(page_files(known, region(languages=("en", "es"))))
    return {path: made[path].decode() for path in FROM}


@pytest.mark.parametrize("path", FROM)
def test_links_in_lists_lead_to_the_place(pages: dict[str, str], path: str) -> None:
    assert f'<a href="{FROM[path]}place/{place(1).id}/">' in pages[path]


@pytest.mark.parametrize("path", FROM)
def test_text_that_looks_like_a_relative_link_is_unchanged(pages: dict[str, str], path: str) -> None:
    assert "Hall =&#34;../../" in pages[path]
