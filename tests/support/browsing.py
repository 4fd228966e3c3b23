"""A real Chromium on a published release; tests set the server's clock and the newest release."""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Route, sync_playwright

from aggregator.model import Snapshot
from aggregator.release.publisher import publish
from aggregator.serving.preview import preview_server
from aggregator.site.pages import page_files
from tests.support.snapshots import NOW, region

# The headless build needs a third of the CPU time of the full one.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]

PATIENCE = 15.0  # seconds
NO_REQUEST_FOR = 0.08  # seconds, after which a page is taken as complete; Playwright's "networkidle" waits for 0.5

CODES = {"01462", "01930", "02139"}

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium is installed: apt-get install chromium-headless-shell"
)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@contextmanager
def until_complete(page: Page) -> Iterator[None]:
    """Waits, after the body of the `with`, until the page has loaded and asks for nothing more."""
    under_way: set[Request] = set()
    latest = time.monotonic()

    def note(change: Callable[[Request], None], request: Request) -> None:
        nonlocal latest
        latest = time.monotonic()
        change(request)

    events: dict[Any, Callable[[Request], None]] = {
        "request": partial(note, under_way.add),
        "requestfinished": partial(note, under_way.discard),
        "requestfailed": partial(note, under_way.discard),
    }
    for event, handler in events.items():
        page.on(event, handler)
    yield
    until = time.monotonic() + PATIENCE
    while under_way or time.monotonic() - latest < NO_REQUEST_FOR:
        assert time.monotonic() < until, f"no answer to {[request.url for request in under_way]}"
        page.wait_for_timeout(20)
        page.wait_for_load_state("load")
    for event, handler in events.items():
        page.remove_listener(event, handler)


class Site:
    """A release, served as a CDN would serve it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = preview_server(folder, 0)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def publish(self, snapshot: Snapshot, **fields: Any) -> None:
        """Publishes a release, with only the ZIP pages of `CODES` to be quick."""
        files = [
            file
            for file in page_files(snapshot, region(**fields))
            if "zip/" not in file.path or CODES & {*file.path.split("/")}
        ]
        publish(files, self.folder, snapshot.generated_at)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@contextmanager
def serving(folder: Path, snapshot: Snapshot, **fields: Any) -> Iterator[Site]:
    """A site with a release of `snapshot`; `fields` change its region."""
    site = Site(folder)
    site.publish(snapshot, **fields)
    yield site
    site.close()


class Visit:
    """An open page, with the errors that occurred on it in `faults`.

    The server's freshness.json answers from three attributes, which tests may change: `later` is the server's time
    after NOW (None if it cannot be reached), `made` the time of the newest release, and `checked_at` when each source
    was last checked completely.
    """

    def __init__(
        self,
        browser: Browser,
        url: str,
        *,
        later: timedelta | None = timedelta(0),
        made: datetime = NOW,
        clock: datetime | None = None,
        checked_at: Mapping[str, datetime | None] | None = None,
        **context: Any,
    ) -> None:
        self.later, self.made, self.checked_at = later, made, dict(checked_at or {})
        self.faults: list[str] = []
        self.page: Page = browser.new_page(**({"service_workers": "block"} | context))
        self.page.set_default_timeout(PATIENCE * 1000)
        if clock:
            self.page.clock.install(time=clock)
        self.page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))
        site = "/".join(url.split("/")[:3])
        self.page.on(
            "request", lambda request: None if request.url.startswith(site) else self.faults.append(request.url)
        )
        self.page.route("**/freshness.json", self._freshness)
        with until_complete(self.page):
            self.page.goto(url)

    def _freshness(self, route: Route) -> None:
        if self.later is None:
            return route.abort()
        headers = {"Date": format_datetime(NOW + self.later, usegmt=True)}
        sources = [{"name": name, "all_checked_at": at and at.isoformat()} for name, at in self.checked_at.items()]
        return route.fulfill(
            body=json.dumps({"generated_at": self.made.isoformat(), "sources": sources}), headers=headers
        )

    def look_again(self) -> None:
        """Lets the page refresh, as it does by itself after a minute; needs a `clock`."""
        with until_complete(self.page), self.page.expect_response("**/freshness.json"):
            self.page.clock.run_for(70_000)

    def shown(self, selector: str) -> bool:
        return self.page.locator(selector).is_visible()

    def names(self, selector: str = "#cards .card") -> list[str]:
        """The names of the visible places under `selector`, in order."""
        found = self.page.locator(f"{selector} >> visible=true").locator("h3, :scope > a")
        return [name.strip() for name in found.all_text_contents()]

    def text(self, selector: str) -> str:
        return " ".join(self.page.locator(selector).inner_text().split())
