"""The search without a script on Cloudflare Pages: its worker, asked by Node. Skipped where there is no Node."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from aggregator.geography import town_slug
from tests.support.web_servers import DEPLOY

PAGES = ("/", "/es/", "/zip/01999/", "/es/zip/01999/", "/zip/K1A%200B1/", "/town/alder/", "/place/abc/")
TOWNS = (
    "alder",
    "ALDER",
    "Cedar Mills",
    "East of O'Hara",
    "Saint-Jérôme-des-Œufs",
    "L'Île-d'Æbel",
    "Großstadt an der Elbe",
    "  Cedar   Mills ",
    "Stoke-on-Trent (North) no. i",
    "ﬁrst",
)
NOWHERE = (
    "",
    "?near=",
    "?near=+",
    "?near=01998",
    "?near=Nowhere",
    "?near=../place/abc",
    "?near=%2Fplace%2Fabc",
    "?near=//b.example",
    "?near=https://b.example/1",
    "?near=ALDER%0d%0aX:1",
    "?near=%00",
    "?near=%E2%82%AC",
    f"?near={'a' * 9000}",
    "?nearby=01999",
)
Ask = Callable[..., list[tuple[int, str]]]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Asks for paths of a site with `pages`: the status, and the address it leads to or the path of what it shows."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed here")
    shutil.copy(DEPLOY / "cloudflare" / "_worker.js", tmp_path / "worker.mjs")
    harness = shutil.copy(Path(__file__).parent / "deploy_worker.mjs", tmp_path)

    def asked(*paths: str, pages: tuple[str, ...] = PAGES) -> list[tuple[int, str]]:
        questions = json.dumps([[f"https://a.example{path}" for path in paths], pages])
        ran = subprocess.run([node, harness], input=questions, capture_output=True, text=True, timeout=30)
        assert ran.returncode == 0, ran.stderr
        return [(status, where) for status, where in json.loads(ran.stdout)]

    return asked


def test_a_town_leads_to_the_folder_that_its_pages_are_in(ask: Ask) -> None:
    folders = [f"/town/{town_slug(town)}/" for town in TOWNS]
    answers = ask(*(f"/?near={quote_plus(town)}" for town in TOWNS), pages=tuple(folders))
    assert answers == [(302, folder) for folder in folders]


def test_a_code_leads_to_its_page(ask: Ask) -> None:
    assert ask("/?near=01999", "/?near=+01999+", "/?near=01999-1234", "/?near=Alder+01999", "/?near=k1a+0b1") == [
        *[(302, "/zip/01999/")] * 4,
        (302, "/zip/K1A%200B1/"),
    ]


def test_a_search_stays_in_its_language(ask: Ask) -> None:
    assert ask("/es/?near=01999", "/es?near=01999") == [(302, "/es/zip/01999/")] * 2


def test_what_leads_to_no_page_shows_the_home_page(ask: Ask) -> None:
    shown = ask(*(f"{home}{query}" for home in ("/", "/es/") for query in NOWHERE))
    assert shown == [(200, home) for home in ("/", "/es/") for _ in NOWHERE]
