"""Measures the page on a slow phone, in real Chromium: 1.6 Mbps, 150 ms, a CPU four times slower, nothing cached.

Sizes are those of the brotli copies that a server sends. Times are medians of several loads, alternating with an empty
page of the same origin and with one that has only five cards: no style, script, or search. The pages are loaded through
`slow_line`; the results of DevTools' own emulation, in which a connection costs nothing, are shown for comparison.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, NamedTuple

import brotli
from measure import Line, Table, figure, must
from playwright.sync_api import Browser, Route, sync_playwright
from slow_line import DOWN, ROUND_TRIP, UP, slow_line
from synthetic import NOW, county, snapshot
from tables import Benchmark

from aggregator.exports.every_export import export_files
from aggregator.model import Snapshot
from aggregator.published_file import fixed
from aggregator.release.publisher import publish
from aggregator.serving.preview import preview_server
from aggregator.site.pages import page_files
from tests.support.browsing import CHROMIUM

EMULATED = {"offline": False, "latency": ROUND_TRIP * 1000, "downloadThroughput": DOWN, "uploadThroughput": UP}
SLOWER = 4
CARD = b"<article class=card><h3>x</h3></article>"
EMPTY = b"<!doctype html><html lang=en><meta charset=utf-8><title>x</title>" + CARD
WATCH = """
window.seen = {shift: 0, card: 0};
new PerformanceObserver(list => list.getEntries().forEach(one => { if (!one.hadRecentInput) seen.shift += one.value }))
  .observe({type: "layout-shift", buffered: true});
(function look() {
  if (!document.querySelector(".card h3")) return requestAnimationFrame(look);
  const after = new MessageChannel();
  after.port1.onmessage = () => { seen.card = performance.now() };
  after.port2.postMessage("the frame that has the card is done");
})();
"""


class Scope(NamedTuple):
    """A region: its places, those with appointments, and its limits in bytes of HTML and milliseconds of filtering."""

    places: int
    offering: int
    most_html: int
    filtering: int


class Size(NamedTuple):
    """The regions, and the number of loads of each page."""

    scopes: tuple[Scope, ...]
    rounds: int


class Found(NamedTuple):
    """The table lines of one region, and the number of loads behind them."""

    lines: list[Line]
    loads: int


class Load(NamedTuple):
    """`card`: ms until the first place was painted; `busy`: ms of script, style, and layout; `shift`: layout shift."""

    card: float
    busy: float
    shift: float
    received: int


def measured(size: Size) -> Table:
    must(CHROMIUM is not None, "no Chromium is installed")
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        found = [_region(browser, Path(folder) / str(scope.places), scope, size.rounds) for scope in size.scopes]
        browser.close()
    title = f"The page on a slow phone (medians of {size.rounds} loads)"
    places, loads = sum(scope.places for scope in size.scopes), sum(one.loads for one in found)
    return Table(title, [line for one in found for line in one.lines], {"places": places, "cold loads": loads})


def _region(browser: Browser, folder: Path, scope: Scope, rounds: int) -> Found:
    """Publishes a region and loads its home page again and again."""
    codes = _published(folder, snapshot(scope.places, scope.offering))
    server = preview_server(folder, 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        with slow_line(server.server_address[1]) as near:
            far = f"http://127.0.0.1:{near}/"
            slow = _loads(browser, (far, far + "empty.html", far + "plain.html"), rounds)
        emulated = _loads(browser, (url, url + "empty.html"), rounds, emulated=True)
        filtering = _filtering(browser, url)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    sizes = (
        figure("home page, HTML", _size(folder / "index.html"), "bytes", limit=scope.most_html),
        figure("largest ZIP page", _size(codes[-1] / "index.html"), "bytes", limit=10_000),
    )
    lines = [*sizes, *_lines_of(slow, emulated), figure("filtering", filtering, "ms", limit=scope.filtering)]
    count = sum(map(len, (*slow, *emulated)))
    return Found([line._replace(what=f"{scope.places:,} places: {line.what}") for line in lines], count)


def _published(folder: Path, known: Snapshot) -> list[Path]:
    """Publishes the region and two pages to compare with; returns its ZIP code folders, the largest page last."""
    files = [*export_files(known, county()), *page_files(known, county()), fixed("empty.html", EMPTY)]
    publish(files, folder, known.generated_at)
    cards = re.findall(
        r"<article class=\"card\".*?</article>", (folder / "index.html").read_text(encoding="utf-8"), re.DOTALL
    )
    must(bool(cards), "the home page has no card")
    (folder / "plain.html").write_bytes(EMPTY.replace(CARD, "".join(cards[:5]).encode()))
    return sorted((folder / "zip").iterdir(), key=lambda path: len((path / "index.html").read_bytes()))


def _lines_of(slow: list[list[Load]], emulated: list[list[Load]]) -> Iterator[Line]:
    ours, empty, plain = slow
    beside, emptier = (median(load.card for load in loads) for loads in (empty, emulated[1]))
    yield figure("whole cold load", max(load.received for load in ours), "bytes", limit=30_000)
    yield figure("first place visible", median(load.card for load in ours), "ms", reference=beside, limit=1.2)
    yield figure("the same, five plain cards", median(load.card for load in plain), "ms", reference=beside)
    by_tools = median(load.card for load in emulated[0])
    yield figure("first place visible, by DevTools' emulation", by_tools, "ms", reference=emptier)
    yield figure("main thread", median(load.busy for load in ours), "ms", limit=300)
    yield figure("layout shift", max(load.shift for load in ours), "", limit=0.0)


def _loads(browser: Browser, urls: Sequence[str], rounds: int, *, emulated: bool = False) -> list[list[Load]]:
    """Loads each URL with an empty cache, alternating between them."""
    taken: list[list[Load]] = [[] for _ in urls]
    for _ in range(rounds):
        for url, loads in zip(urls, taken, strict=True):
            loads.append(_cold(browser, url, emulated))
    return taken


def _cold(browser: Browser, url: str, emulated: bool) -> Load:
    received = 0

    def loaded(event: dict[str, Any]) -> None:
        nonlocal received
        received += int(event["encodedDataLength"])

    context = browser.new_context(viewport={"width": 412, "height": 900}, service_workers="block")
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Performance.enable")
        if emulated:
            session.send("Network.emulateNetworkConditions", EMULATED)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        session.on("Network.loadingFinished", loaded)
        page.route("**/freshness.json", _as_of_then)
        page.add_init_script(WATCH)
        page.goto(url, wait_until="networkidle")
        page.wait_for_function("seen.card > 0")
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        seen = page.evaluate("seen")
    finally:
        context.close()
    busy = sum(metrics[name] for name in ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration"))
    return Load(seen["card"], busy * 1000, seen["shift"], received)


def _as_of_then(route: Route) -> None:
    """Sets the page's clock: the made-up region is from 2021, so the page would be out of date."""
    date = format_datetime(NOW + timedelta(minutes=2), usegmt=True)
    made = (NOW + timedelta(minutes=1)).isoformat()
    route.fulfill(body=json.dumps({"generated_at": made}), headers={"Date": date})


def _filtering(browser: Browser, url: str) -> float:
    """Median ms from changing a filter until the result is shown, at full CPU speed."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    try:
        page = context.new_page()
        page.goto(url, wait_until="networkidle")
        return float(
            page.evaluate(
                """async () => {
                    const form = document.getElementById("filters"), taken = [];
                    form.elements.all.checked = true;
                    form.elements.all.dispatchEvent(new Event("change", {bubbles: true}));
                    await new Promise(done => setTimeout(done, 1500));
                    for (let round = 0; round < 10; round++) {
                        form.elements.kind.value = ["p", "c", ""][round % 3];
                        const began = performance.now();
                        form.elements.kind.dispatchEvent(new Event("change", {bubbles: true}));
                        document.body.getBoundingClientRect();
                        taken.push(performance.now() - began);
                    }
                    return taken.sort((one, other) => one - other)[5];
                }"""
            )
        )
    finally:
        context.close()


def _size(path: Path) -> int:
    return len(brotli.compress(path.read_bytes()))


BENCHMARK = Benchmark(
    "bench_page",
    measured,
    full=Size((Scope(500, 40, 14_000, 50), Scope(5000, 400, 20_000, 100)), rounds=15),
    tiny=Size((Scope(6, 2, 14_000, 50),), rounds=1),
)

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())
