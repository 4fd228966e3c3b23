"""The region's HTML pages, their script and icon. The only user of Jinja2.

Everything from sources is escaped by the templates, a missing variable is an error, all links between the pages are
relative, and no page asks another host for anything. Templates and assets are those of `site_templates/`.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path, PurePosixPath

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from aggregator.errors import PublishError, excerpt
from aggregator.model import Snapshot
from aggregator.publish.views import Site, home_view, place_views, site_view, status_view
from aggregator.region import Region

TEMPLATES = Path(__file__).parents[2] / "site_templates"
PLACE_ID = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")
SHELL = ("begin", "top", "home", "notices", "made", "end")
ROBOTS = b"User-agent: *\nAllow: /\n"


def render_pages(snapshot: Snapshot, region: Region) -> Iterator[tuple[str, bytes]]:
    """Every page and asset as (path relative to the release, content); PublishError for an id that is no file name."""
    site = site_view(snapshot, region)
    top, one, two = (_Level(site, root) for root in ("./", "../", "../../"))
    listed = place_views(snapshot, snapshot.places, region)
    gone = place_views(snapshot, snapshot.gone, region)
    yield "index.html", top.html("index.html", home_view(snapshot, region, [place.card for place in listed]))
    for place in (*listed, *gone):
        if not PLACE_ID.fullmatch(place.card.id):
            raise PublishError(
                f"place id {excerpt(place.card.id)} is not usable as a folder name; correct it in the store"
            )
        yield f"place/{place.card.id}/index.html", two.html("place.html", place)
    yield "status/index.html", one.html("status.html", status_view(snapshot, region))
    yield "about/index.html", one.html("about.html")
    yield "data/index.html", one.html("data.html")
    # served at any depth: from a place that is no more this leads home, and at a host's root it does from anywhere
    yield "404.html", two.html("404.html")
    yield "robots.txt", ROBOTS
    for name in ("page.js", "icon.svg"):
        yield _hashed(name), _asset(name)


class _Level:
    """The pages at one depth of the site; `root` is the way from them to its top.

    What they have in common (head, footer, …) is rendered once: on 500 place pages it would be half of the work.
    """

    def __init__(self, site: Site, root: str) -> None:
        shell = _template("shell.html").make_module({"site": site, "root": root})
        parts = {name: getattr(shell, name)() for name in SHELL}
        self._context = {"site": site, "root": root, "shell": parts, "parts": _template("parts.html").module}

    def html(self, template: str, view: object = None) -> bytes:
        """One page. A lone surrogate in a source's text becomes "?"."""
        return _template(template).render(self._context, view=view).encode("utf-8", "replace")


@lru_cache
def content_security_policy() -> str:
    """What the pages may do, as in their `<meta>`; for the server's headers too."""
    digest = b64encode(sha256(_asset("style.css")).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'"
    )


@lru_cache
def environment() -> Environment:
    """The compiled templates with what is the same on every page."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals.update(
        policy=content_security_policy(),
        style=_asset("style.css").decode(),
        script=_hashed("page.js"),
        icon=_hashed("icon.svg"),
    )
    return env


@lru_cache
def _template(name: str) -> Template:
    return environment().get_template(name)


@lru_cache
def _asset(name: str) -> bytes:
    return (TEMPLATES / name).read_bytes()


def _hashed(name: str) -> str:
    path = PurePosixPath(name)
    return f"assets/{path.stem}.{sha256(_asset(name)).hexdigest()[:10]}{path.suffix}"
