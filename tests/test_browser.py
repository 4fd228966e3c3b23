"""The published page in a real Chromium; these tests skip where none is installed (`.ci/run` installs it)."""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from aggregator.model import Snapshot
from aggregator.publish.pages import page_files
from aggregator.publish.preview import preview_server
from aggregator.publish.release import publish
from aggregator.region import Region
from tests import snapshots

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Site:
    """A release served as a CDN would, with a server clock of our own."""

    def __init__(self, folder: Path, snapshot: Snapshot, region: Region) -> None:
        publish(page_files(snapshot, region), folder, snapshot.generated_at)
        self.server = preview_server(folder, 0)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "public", snapshots.full(), snapshots.region())
    yield site
    site.close()


class Visit:
    """A page that was opened, and what went wrong meanwhile."""

    def __init__(self, browser: Browser, url: str, *, later: timedelta | None, made: datetime, **context: Any) -> None:
        self.faults: list[str] = []
        self.page: Page = browser.new_page(**context)
        self.page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))
        self.page.on(
            "request", lambda request: None if request.url.startswith(url) else self.faults.append(request.url)
        )
        if later is None:
            self.page.route("**/freshness.json", lambda route: route.abort())
        else:
            date = format_datetime(snapshots.NOW + later, usegmt=True)
            body = json.dumps({"generated_at": made.isoformat()})
            self.page.route("**/freshness.json", lambda route: route.fulfill(body=body, headers={"Date": date}))
        self.page.goto(url, wait_until="networkidle")

    def shown(self, selector: str) -> bool:
        return self.page.locator(selector).is_visible()


def test_ages_are_those_of_the_servers_clock_and_nothing_else_is_asked(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url, later=timedelta(minutes=3), made=snapshots.NOW)

    assert "4 minutes ago" in visit.page.locator("main").inner_text()
    assert (visit.shown("#old"), visit.shown("#newer")) == (False, False)
    assert visit.faults == []


def test_a_page_that_is_no_longer_renewed_says_so(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url, later=timedelta(minutes=25), made=snapshots.NOW)

    assert visit.shown("#old")


def test_a_page_from_a_cache_says_that_there_is_a_newer_one(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url, later=timedelta(minutes=25), made=snapshots.NOW + timedelta(minutes=24))

    assert (visit.shown("#newer"), visit.shown("#old")) == (True, False)


def test_without_a_connection_the_page_stays_as_it_was_made(browser: Browser, site: Site) -> None:
    before = Visit(browser, site.url, later=None, made=snapshots.NOW, java_script_enabled=False)
    after = Visit(browser, site.url, later=None, made=snapshots.NOW)

    assert after.page.locator("main").inner_text() == before.page.locator("main").inner_text()
    assert all("freshness.json" in fault or "ERR_FAILED" in fault for fault in after.faults)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", ["", "status/", "about/", "data/"])
def test_nothing_is_wider_than_the_window(browser: Browser, site: Site, path: str, width: int) -> None:
    size = {"width": width, "height": 800}
    visit = Visit(browser, site.url, later=timedelta(0), made=snapshots.NOW, viewport=size)
    visit.page.goto(site.url + path)

    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_names_run_nothing_and_break_no_layout(browser: Browser, tmp_path: Path) -> None:
    hostile = snapshots.hostile()
    site = Site(tmp_path / "public", snapshots.snapshot(hostile), snapshots.region())
    size = {"width": 320, "height": 800}
    try:
        visit = Visit(browser, site.url, later=timedelta(0), made=snapshots.NOW, viewport=size)
        visit.page.goto(f"{site.url}place/{hostile.id}/")

        assert visit.faults == []
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert visit.page.locator("script").count() == 1
    finally:
        site.close()
