"""The page as a resident on a slow phone gets it, in real Chromium: 1.6 Mbps, 150 ms, CPU four times slower, cold.

Bytes are of the brotli twins that a server sends. Times are medians of several loads, taking turns with an empty page
of the same origin, and with one of five cards and nothing else: no style, no script, no search. They come over
`slow_line`; beside that stands what DevTools' emulation gives, in which a connection costs nothing. Budgets are those
of the project (docs/performance.md).
"""

import json
import re
import shutil
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, NamedTuple

import brotli
from measure import must
from playwright.sync_api import Browser, Route, sync_playwright
from slow_line import DOWN, ROUND_TRIP, UP, slow_line
from synthetic import NOW, county, snapshot

from aggregator.exports.export_files import export_files
from aggregator.model import Snapshot
from aggregator.published_file import fixed
from aggregator.release.publisher import publish
from aggregator.serving.preview import preview_server
from aggregator.site.pages import page_files

ROUNDS = 15
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


class Load(NamedTuple):
    """`card`: ms until the first place was painted; `busy`: ms of script, style and layout; `shift`: layout shift."""

    card: float
    busy: float
    shift: float
    received: int


def main() -> None:
    chromium = shutil.which("chromium")
    must(chromium is not None, "no Chromium is installed")
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        print(f"\nThe page on a slow phone (medians of {ROUNDS})\n{'':<58} {'ours':>12} {'limit':>12}")
        for places, offers, limit in ((500, 40, 14_000), (5000, 400, 20_000)):
            _region(browser, Path(folder) / str(places), snapshot(places, offers), limit)
        browser.close()


def _region(browser: Browser, folder: Path, known: Snapshot, limit: int) -> None:
    count = len(known.places)
    files = [*export_files(known, county()), *page_files(known, county()), fixed("empty.html", EMPTY)]
    publish(files, folder, known.generated_at)
    cards = re.findall(
        r"<article class=\"card\".*?</article>", (folder / "index.html").read_text(encoding="utf-8"), re.DOTALL
    )
    (folder / "plain.html").write_bytes(EMPTY.replace(CARD, "".join(cards[:5]).encode()))
    codes = sorted((folder / "zip").iterdir(), key=lambda path: len((path / "index.html").read_bytes()))
    _show(f"{count} places: home page, HTML", _size(folder / "index.html"), limit, "bytes")
    _show(f"{count} places: largest ZIP page", _size(codes[-1] / "index.html"), 10_000, "bytes")
    server = preview_server(folder, 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        with slow_line(server.server_address[1]) as near:
            far = f"http://127.0.0.1:{near}/"
            ours, empty, plain = _loads(browser, far, far + "empty.html", far + "plain.html")
        emulated, nothing = _loads(browser, url, url + "empty.html", emulated=True)
        card = median(load.card for load in ours)
        _show(f"{count} places: whole cold load", max(load.received for load in ours), 30_000, "bytes")
        _show(f"{count} places: first place visible", card, 1.2 * median(load.card for load in empty), "ms")
        _show(f"{count} places: the same, five plain cards", median(load.card for load in plain), None, "ms")
        _show(f"{count} places: first place by DevTools' emulation", median(load.card for load in emulated), None, "ms")
        _show(f"{count} places: an empty page by that", median(load.card for load in nothing), None, "ms")
        _show(f"{count} places: main thread", median(load.busy for load in ours), 300, "ms")
        _show(f"{count} places: layout shift", max(load.shift for load in ours), 0.0, "")
        _show(f"{count} places: filtering", _filtering(browser, url), 50 if count == 500 else 100, "ms")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _loads(browser: Browser, *urls: str, emulated: bool = False) -> list[list[Load]]:
    """Cold loads of each address, taking turns."""
    taken: list[list[Load]] = [[] for _ in urls]
    for _ in range(ROUNDS):
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
    """The made-up region is of 2021: without its own clock the page would say that it is old."""
    date = format_datetime(NOW + timedelta(minutes=2), usegmt=True)
    made = (NOW + timedelta(minutes=1)).isoformat()
    route.fulfill(body=json.dumps({"generated_at": made}), headers={"Date": date})


def _filtering(browser: Browser, url: str) -> float:
    """Median ms of changing a filter until it is shown, the CPU as fast as it is."""
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


def _show(what: str, ours: float, limit: float | None, unit: str) -> None:
    """A line of the table; without a limit it is information."""
    judged = "" if limit is None else f"{limit:>8,.5g} {unit:<5} {'ok' if ours <= limit else 'over'}"
    print(f"{what:<58} {ours:>8,.5g} {unit:<5} {judged}".rstrip())


if __name__ == "__main__":
    main()
