"""Sites on loopback that echo the keys in their requests, for tests/whole_job/test_keys_in_output.py."""

import html
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple
from urllib.parse import quote

STATE_WITH_ONE_ZIP = "AS"
COLUMNS = "id,name,address,city,state,postal_code,phone,website,available,notes"


class Reply(NamedTuple):
    status: int
    body: str
    headers: Mapping[str, str] = {}


def spelled(key: str) -> list[str]:
    """The key in every encoding that sites use."""
    escaped = json.dumps(key)[1:-1].replace("/", "\\/")
    return [key, quote(key, safe=""), html.escape(key).replace("=", "&#x3D;"), escaped]


def row(number: int, website: str = "", available: str = "yes", notes: str = "") -> str:
    cells = (
        f"Kite {number}",
        f"{number} Kite St",
        "Pago Pago",
        "AS",
        "96799",
        "684-555-0100",
        website,
        available,
        notes,
    )
    return ",".join([str(number), *(f'"{cell}"' for cell in cells)])


class Site(NamedTuple):
    """A site: `replies` maps a key and a path with query to a reply; the source has `path` and `headers`."""

    name: str
    key: str
    replies: Callable[[str, str], Reply]
    path: str = "/list.csv?api_key={quoted}"
    headers: Mapping[str, str] = {}


def listing(key: str, path: str) -> Reply:
    """Rows whose links and notes contain the key in every encoding, and one that is unreadable because of it."""
    quoted = quote(key, safe="")
    away = quote(f"https://a.example/?api_key={quoted}", safe="")
    links = [f"https://book.example.org/?api_key={one}" for one in (key, quoted)]
    links += [f"https://book.example.org/go?to={away}", f"https://b.example/{quoted}"]
    rows = [row(number, website=link) for number, link in enumerate(links)]
    rows += [row(10 + number, notes=f"Asked with {one}") for number, one in enumerate(spelled(key))]
    bad = row(30, available=f"see {path} or {key}")
    return Reply(200, "\n".join([COLUMNS, *rows, bad]) + "\n", {"ETag": '"1"'})


def words(status: int, text: str, **headers: str) -> Callable[[str, str], Reply]:
    """A page with `text` and the key in every encoding, in its title as well."""

    def replied(key: str, path: str) -> Reply:
        spellings = " ".join(spelled(key))
        head = f"<html><head><title>{text} {key}</title></head>"
        page = f"{head}<body><h1>{text}</h1>{spellings} {html.escape(path)}</body></html>"
        named = {name.replace("_", "-"): value.replace("KEY", quote(key, safe="")) for name, value in headers.items()}
        return Reply(status, page, {"Content-Type": "text/html"} | named)

    return replied


SITES = (
    Site("listing", "k3y5ecret/abc+1==", listing),
    Site("short", "q7z5", listing, "/list.csv?token={quoted}"),
    Site("telling-nothing", "k3y5ecret-0d5e", words(500, "Out of order"), "/list.csv?u={quoted}"),
    Site("in-the-path", "k3y5ecret0d5e4a1b9c8d7e6f50617283", listing, "/feeds/private-{quoted}/list.csv"),
    Site("path-error", "k3y5ecret1d5e4a1b9c8d7e6f50617284", words(404, "Not here"), "/feeds/private-{quoted}/list.csv"),
    Site("in-a-header", "k3y5ecret-77f3", listing, "/list.csv", {"X-Api-Key": "{key}"}),
    Site("header-error", "k3y5ecret-88f3", words(400, "Bad key"), "/list.csv", {"Authorization": "Bearer {key}"}),
    Site("refused", "k3y5ecret-forbidden/1", words(403, "Access denied")),
    Site("not-found", "k3y5ecret-missing/1", words(404, "Not found")),
    Site("teapot", "k3y5ecret-teapot/1", words(418, "I am a teapot")),
    Site("throttled", "k3y5ecret-429/1", words(429, "Slow down", Retry_After="600")),
    Site("queue", "k3y5ecret-queue/1", words(200, "You are in line")),
    Site("wrong-page", "k3y5ecret-wrong/1", words(200, "Welcome")),
    Site("elsewhere", "k3y5ecret-moved/1", words(302, "Moved", Location="https://login.example.com/?api_key=KEY")),
    Site("odd-location", "k3y5ecret-odd/1", words(302, "Moved", Location="http://[::1/?api_key=KEY")),
    Site("waiting-room", "k3y5ecret-wait/1", words(302, "Moved", Location="/waiting-room?api_key=KEY")),
    Site("loop", "k3y5ecret-loop/1", words(302, "Moved", Location="/list.csv?api_key=KEY&again=1")),
    Site("packed", "k3y5ecret-packed/1", words(200, "Packed", Content_Encoding="gzip")),
    Site("odd-packing", "k3y5ecret-compress/1", words(200, "Packed", Content_Encoding="compress")),
    Site("robots", "k3y5ecret-robots/1", words(200, "Never asked for")),
)  # fmt: skip


@contextmanager
def running() -> Iterator[dict[str, str]]:
    """Runs all sites; yields the URL of each one's source by the site's name."""
    with ExitStack() as stack:
        yield {site.name: stack.enter_context(_serving(site)) for site in SITES}


@contextmanager
def _serving(site: Site) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply = site.replies(site.key, self.path)
            if self.path == "/robots.txt":
                rules = f"User-agent: *\nDisallow: {site.path.partition('?')[0]}" if site.name == "robots" else ""
                reply = Reply(200, rules)
            elif reply.headers.get("ETag") and self.headers.get("If-None-Match"):
                reply = Reply(304, "")
            body = reply.body.encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "text/csv", "Content-Length": str(len(body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            path = site.path.format(quoted=quote(site.key, safe=""))
            yield f"http://127.0.0.1:{server.server_port}{path}"
        finally:
            server.shutdown()
            thread.join(2.0)


def region_text(urls: Mapping[str, str], ping: str = "", metrics: str = "", only: str = "") -> str:
    head = 'name = "keys"\ntitle = "Keys"\nstates = ["AS"]\ntime_zone = "Pacific/Pago_Pago"\n'
    head += f'contact = "desk@keys.test"\nloopback = true\nping_url = "{ping}"\nmetrics = "{metrics}"\n'
    return head + "".join(_source(site, urls[site.name]) for site in SITES if only in ("", site.name))


def _source(site: Site, url: str) -> str:
    headers = ", ".join(f'{name} = "{value.format(key=site.key)}"' for name, value in site.headers.items())
    text = f'\n[[sources]]\nname = "{site.name}"\nprovider = "manual"\nurl = "{url}"\npace = {{ spacing = 0 }}\n'
    return text + (f"headers = {{ {headers} }}\n" if headers else "")
