"""The rules of servers in `deploy/` are those of the program, and these fit whatever is published."""

from itertools import chain
from pathlib import PurePosixPath

import pytest

from aggregator.publish import server_rules
from aggregator.publish.data import data_files
from aggregator.publish.headers import ASSETS, EVERY, IMMUTABLE, OTHER_TYPE, SHORT, headers_for
from aggregator.publish.pages import page_files
from tests import snapshots


@pytest.mark.parametrize("name", server_rules.FILES)
def test_the_file_in_deploy_is_current(name: str) -> None:
    written = (server_rules.DEPLOY / name).read_text(encoding="utf-8")
    assert written == server_rules.FILES[name](), "run `python -m aggregator.publish.server_rules`"


def test_every_published_file_has_a_type() -> None:
    region = snapshots.region()
    paths = {file.path for file in chain(page_files(snapshots.full(), region), data_files(snapshots.full(), region))}
    assert {PurePosixPath(path).suffix for path in paths} >= {".html", ".js", ".json"}
    assert [path for path in paths if headers_for(path)["Content-Type"] == OTHER_TYPE] == []


def test_a_file_of_an_unknown_kind_is_only_offered_for_download() -> None:
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
def test_only_what_bears_its_hash_in_its_name_is_kept_for_long(path: str, caching: str) -> None:
    assert headers_for(path)["Cache-Control"] == caching


def test_a_static_host_is_told_each_header_of_a_file_once() -> None:
    rules: dict[str, list[str]] = {}
    for line in server_rules.static_host().splitlines():
        if line.startswith("/"):
            named = rules.setdefault(line, [])
        elif line.startswith("  "):
            named.append(line.split(":")[0].strip())
    anywhere = rules.pop("/*")
    assets = rules.pop(f"/{ASSETS}*")
    assert sorted(anywhere) == sorted({*EVERY} - {"Vary"})
    assert all(set(named).isdisjoint(chain(anywhere, assets)) for named in rules.values())
    assert len(rules) > 5
