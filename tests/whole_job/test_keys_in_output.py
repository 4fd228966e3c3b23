"""No key of a source is in any output of the program: pages, data, feeds, log, status, messages, recordings."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest

from aggregator.cli import main
from aggregator.secret_values import spellings
from tests.support.key_echoing_sites import SITES, Site, listing, region_text, running

pytestmark = pytest.mark.usefixtures("few_zip_codes")

SHARED = ("--region", "region.toml", "--db", "a.db", "--out", "public")
RELEASED = ("index.html", "status/index.html", "api/v1/locations.json", "feeds/all.atom", "freshness.json")
NOT_OUTPUT = ("region.toml", "copy.toml", "a.db")  # prefixes of names: set by the operator, and only read by us
LISTINGS = [site for site in SITES if site.replies is listing]


class Written(NamedTuple):
    """The output by file or command, in lowercase; exit codes of commands, messages of sources."""

    texts: dict[str, str]
    codes: dict[str, int]
    messages: dict[str, str]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    """Two runs against every site, then every command with output, with maximum logging of libraries."""
    home = tmp_path_factory.mktemp("keys")
    level = logging.getLogger().level
    with pytest.MonkeyPatch.context() as patch, running() as urls, _monitor() as (ping, pinged):
        patch.chdir(home)
        patch.setenv("AGGREGATOR_TRACEBACK", "1")
        patch.setattr("aggregator.web.client._BACKOFF", lambda state: 0.0)
        logging.getLogger().setLevel(logging.DEBUG)
        text = region_text(urls, ping, "metrics.prom")
        Path("region.toml").write_text(text)
        try:
            texts, codes = _commands(urls)
        finally:
            logging.getLogger().setLevel(level)
        with sqlite3.connect("a.db") as db:
            messages = dict(db.execute("SELECT name, message FROM sources"))
        files = [path for path in home.rglob("*") if path.is_file() and not path.name.startswith(NOT_OUTPUT)]
        texts |= {str(path.relative_to(home)): path.read_text("utf-8", "replace") for path in files}
        texts |= {"ping": " ".join(pinged)}
        yield Written({name: text.lower() for name, text in texts.items()}, codes, messages)


@contextmanager
def _monitor() -> Iterator[tuple[str, list[str]]]:
    """A monitor on loopback: its URL, and the requests it received."""
    received: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.path + self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
            self.send_response(204)
            self.end_headers()

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/check", received
        finally:
            server.shutdown()
            thread.join(2.0)


def _commands(urls: dict[str, str]) -> tuple[dict[str, str], dict[str, int]]:
    outputs: dict[str, str] = {}
    codes: dict[str, int] = {}

    def command(*words: str) -> None:
        name, out = " ".join(words).partition(" --region")[0], StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            codes[name] = main(words)
        outputs[name] = outputs.get(name, "") + out.getvalue()

    command("run", *SHARED)
    with sqlite3.connect("a.db") as db:  # due again, so that it is requested with its ETag
        db.execute("UPDATE sources SET next_visit_at = attempted_at WHERE name = 'listing'")
    command("run", *SHARED)
    for name in ("status", "sources", "doctor", "publish"):
        command(name, *SHARED)
    command("places", "list", *SHARED)
    command("places", "explain", "aaaaaaaaaa", *SHARED)
    command("status", *SHARED, "--json")
    command("try", "manual", "--live", "--all", "--region", "region.toml")
    for site in SITES:
        command("capture", site.name, "--region", "region.toml")
    for site in LISTINGS:
        Path("copy.toml").write_text(region_text(urls, only=site.name))
        command("try", "manual", "--har", f"{site.name}.har", "--region", "copy.toml")
        command("new", f"{site.name.replace('-', '_')}_kites", "--har", f"{site.name}.har", "--region", "copy.toml")
    command("new", "kites", "--har", "listing.har", "--url", "nowhere", "--region", "copy.toml")
    return outputs, codes


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_no_key_appears_in_any_output(written: Written, site: Site) -> None:
    spelled = {one.lower() for one in (*spellings(site.key), site.key[: max(len(site.key) - 3, 4)])}  # or cut inside
    found = {
        name: text[max(0, at - 60) : at + 60]
        for name, text in written.texts.items()
        for one in spelled
        if (at := text.find(one)) >= 0
    }
    assert found == {}


def test_every_site_was_visited_and_echoed_its_key(written: Written) -> None:
    assert written.messages.keys() == {site.name for site in SITES}
    assert {name for name, message in written.messages.items() if not message} == set()
    for name in RELEASED:
        assert any(file.startswith("public") and file.endswith(name) for file in written.texts), name
    assert written.texts["ping"].startswith("/check")
    assert '"event": "visit"' in written.texts["run"]
    assert "kite" in next(text for file, text in written.texts.items() if file.endswith("api/v1/locations.json"))


@pytest.mark.parametrize("site", LISTINGS, ids=lambda site: site.name)
def test_a_capture_with_placeholders_for_keys_replays(written: Written, site: Site) -> None:
    assert written.codes[f"capture {site.name}"] == 0, written.texts[f"capture {site.name}"]
    assert "scrubbed-1" in written.texts[f"{site.name}.har"]
    assert "placeholders replace the source's keys" in written.texts[f"capture {site.name}"]
    assert "8 locations" in written.texts[f"try manual --har {site.name}.har"]


def test_an_adapter_template_made_from_such_a_capture_reads_it(written: Written) -> None:
    drafts = {name: code for name, code in written.codes.items() if "_kites" in name}
    assert (len(drafts), set(drafts.values())) == (len(LISTINGS), {0})
    assert "api_key=scrubbed-1" in written.texts["tests/providers/listing_kites/visit.toml"]
    assert "api_key=…" in written.texts["new kites --har listing.har --url nowhere"]
