"""The server rules in `deploy/` match those of the program and fit everything that is published."""

from fnmatch import fnmatchcase
from itertools import chain
from pathlib import PurePosixPath

import pytest

from aggregator.exports.every_export import export_files
from aggregator.serving import server_rules
from aggregator.serving.headers import HTTPS_ONLY, IMMUTABLE, MANIFEST, OTHER_TYPE, SHORT, TYPES, headers_for
from aggregator.site.pages import page_files
from aggregator.wording.languages import available
from tests.support import snapshots
from tests.support.web_servers import DEPLOY


@pytest.mark.parametrize("name", server_rules.FILES)
def test_the_file_in_deploy_is_up_to_date(name: str) -> None:
    written = (DEPLOY / name).read_text(encoding="utf-8")
    assert written == server_rules.FILES[name](), "run `python -m aggregator.serving.server_rules`"


def test_every_published_file_has_a_content_type() -> None:
    region = snapshots.region()
    paths = {file.path for file in chain(page_files(snapshots.full(), region), export_files(snapshots.full(), region))}
    assert {PurePosixPath(path).suffix for path in paths} >= {".html", ".js", ".json"}
    assert [path for path in paths if headers_for(path)["Content-Type"] == OTHER_TYPE] == []


def test_a_file_of_unknown_type_is_offered_only_for_download() -> None:
    assert headers_for("notes.unknown")["Content-Type"] == OTHER_TYPE


@pytest.mark.parametrize(
    ("path", "caching"),
    [
        ("assets/page.0123456789.js", IMMUTABLE),
        ("index.html", SHORT),
        ("es/assets/page.js", SHORT),
        ("api/v1/locations.json", SHORT),
    ],
)
def test_only_files_with_a_hash_in_their_name_are_cached_for_long(path: str, caching: str) -> None:
    assert headers_for(path)["Cache-Control"] == caching


def header_rules() -> dict[str, dict[str, str]]:
    """The rules of `_headers`, by URL path."""
    rules: dict[str, dict[str, str]] = {}
    for line in server_rules.static_host().splitlines():
        if line.startswith("/"):
            headers = rules.setdefault(line, {})
        elif line.startswith("  "):
            name, _, value = line.strip().partition(": ")
            headers[name] = value
    return rules


@pytest.mark.parametrize(
    "path",
    [
        "index.html",
        "freshness.json",
        f"smart-scheduling-links/{MANIFEST}",
        "smart-scheduling-links/%24bulk-publish",
        *(f"assets/thing.0123456789{suffix}" for suffix in TYPES),
        *(f"api/v1/thing{suffix}" for suffix in TYPES),
    ],
)
def test_a_static_host_sets_each_header_of_a_file_once(path: str) -> None:
    matching = [headers for rule, headers in header_rules().items() if fnmatchcase(f"/{path}", rule)]
    expected = headers_for(path.replace("%24", "$")) | dict([HTTPS_ONLY])
    expected.pop("Vary")
    if expected["Cache-Control"] == SHORT:
        expected.pop("Cache-Control")
    assert {name: value for headers in matching for name, value in headers.items()} == expected
    assert sum(map(len, matching)) == len(expected), "the values of two rules would be joined"


def test_cloudflare_accepts_every_header_rule() -> None:
    assert len(header_rules()) <= 100
    assert max(map(len, server_rules.static_host().splitlines())) <= 2000
    assert [rule for rule in header_rules() if rule.count("*") > 1 or ":" in rule] == []


def test_cloudflare_gets_no_redirects() -> None:
    # rules apply even if a page exists: one for /zip/* would hide all ZIP pages
    assert {name for name in server_rules.FILES if name.startswith("cloudflare/")} == {"cloudflare/_headers"}


def redirects() -> list[list[str]]:
    """The rules of `_redirects`, split into words."""
    lines = server_rules.FILES["netlify/_redirects"]().splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def test_on_netlify_a_search_without_javascript_opens_the_find_page_in_its_language() -> None:
    homes = ["/", *(f"/{tag}/" for tag in available())]
    assert [rule for rule in redirects() if rule[-1] == "302!"] == [
        [home, "near=:near", f"{home}find/", "302!"] for home in homes
    ]


def test_on_netlify_a_town_or_zip_code_without_a_page_redirects_to_the_find_page() -> None:
    homes = ["/", *(f"/{tag}/" for tag in available())]
    assert [rule for rule in redirects() if rule[-1] == "302"] == [
        [f"{home}{kind}/*", f"{home}find/", "302"] for home in homes for kind in ("zip", "town")
    ]


def test_no_netlify_rule_redirects_away_from_the_find_page() -> None:
    # the query is passed on, so a rule for the target of another one could loop endlessly
    homes = ["/", *(f"/{tag}/" for tag in available())]
    assert not {rule[0] for rule in redirects()} & {f"{home}find/" for home in homes}
