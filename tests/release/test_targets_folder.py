"""Kept releases: what changed, rollback, and what is never removed."""

import os
from pathlib import Path

import pytest

from aggregator.cli import main
from aggregator.commands.exit_codes import NOT_PUBLISHED
from aggregator.errors import PublishError
from aggregator.published_file import Copies, File, fixed
from aggregator.release.publisher import publish, release_before, serve
from aggregator.release.targets.folder import FolderTarget
from tests.support.records import MINUTE, NOW, REGION, SOURCES


def site(number: int) -> list[File]:
    """A page that depends on `number` and links to its own asset, and a constant page."""
    return [
        fixed(f"assets/page.{number}.js", b"'use strict'", Copies.BEST),
        fixed("index.html", b"<p>%d</p>" % number),
        fixed("about/index.html", b"<p>about</p>"),
    ]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "public"


def published(out: Path, count: int, keep: int = 3) -> list[str]:
    """Publishes sites 1 to `count`; the names of their releases."""
    return [publish(site(n), out, NOW + n * MINUTE, keep).path.name for n in range(1, count + 1)]


def releases(out: Path) -> list[str]:
    """Releases that are kept or unfinished."""
    folder = out.with_name("public.releases")
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def changed(release: Path) -> list[str]:
    return release.with_name(release.name + ".changed").read_text().split()


def go_back(out: Path) -> Path:
    release = release_before(out)
    serve(release.path, out)
    return release.path


def test_changed_urls_are_listed_for_caches_as_browsers_request_them(out: Path) -> None:
    first = publish([fixed("index.html", b"1"), fixed("a/index.html", b"a"), fixed("404.html", b"x")], out, NOW)
    second = publish([fixed("index.html", b"2"), fixed("a/index.html", b"a"), fixed("b/index.html", b"b")], out, NOW)

    assert changed(first.path) == ["/", "/404.html", "/a/"]
    assert changed(second.path) == ["/", "/404.html", "/b/"]


def test_a_rebuilt_file_with_equal_content_is_not_a_change_and_stays_the_same_file(out: Path) -> None:
    publish([File("index.html", b"", lambda: b"same")], out, NOW)
    before = (out / "index.html").stat()
    release = publish([File("index.html", b"", lambda: b"same")], out, NOW + MINUTE)

    assert changed(release.path) == []
    assert os.path.samestat((out / "index.html").stat(), before)


def test_rollback_serves_the_previous_release_and_lists_the_changed_files(out: Path) -> None:
    names = published(out, 3)
    assert go_back(out).name == names[1]
    assert (out / "index.html").read_bytes() == b"<p>2</p>"
    assert changed(out.resolve()) == ["/"]
    assert go_back(out).name == names[0]


def test_assets_of_a_rolled_back_release_stay_for_cached_pages(out: Path) -> None:
    published(out, 2)
    go_back(out)
    assert (out / "assets/page.2.js.br").is_file()
    publish(site(1), out, NOW + 3 * MINUTE)
    assert (out / "assets/page.2.js").is_file()
    publish(site(1), out, NOW + 70 * MINUTE)
    assert not (out / "assets/page.2.js").exists()


def test_the_release_after_a_rollback_follows_the_one_being_served(out: Path) -> None:
    first, second, third = published(out, 3)
    go_back(out)
    fourth = publish(site(4), out, NOW + 4 * MINUTE).path.name
    assert releases(out) == [first, second, fourth]
    assert third not in releases(out)
    assert go_back(out).name == second


def test_rollback_without_an_earlier_release_is_refused(out: Path) -> None:
    with pytest.raises(PublishError, match="there is no earlier release"):
        release_before(out)
    published(out, 1)
    with pytest.raises(PublishError, match="there is no earlier release"):
        release_before(out)
    assert (out / "index.html").read_bytes() == b"<p>1</p>"


def test_rollback_skips_a_release_that_was_deleted(out: Path) -> None:
    first, second, _ = published(out, 3)
    (out.with_name("public.releases") / second).rename(out.with_name("elsewhere"))
    assert go_back(out).name == first


def test_rollback_refuses_a_release_without_its_manifest(out: Path) -> None:
    first = published(out, 2)[0]
    (out.with_name("public.releases") / f"{first}.files").write_bytes(b"?")
    with pytest.raises(PublishError, match=r"public\.releases: the manifest .* run `aggregator publish`"):
        release_before(out)


def test_recent_releases_are_kept_even_if_the_clock_is_set_back(out: Path) -> None:
    names = [publish(site(n), out, NOW - n * MINUTE, 2).path.name for n in range(3)]
    assert releases(out) == sorted(names[1:])
    assert go_back(out).name == names[1]


@pytest.mark.parametrize("damage", [b"", b"\xff", b"no such release"])
def test_an_unreadable_release_order_only_prevents_rollback(out: Path, damage: bytes) -> None:
    published(out, 2)
    (out.with_name("public.releases") / ".order").write_bytes(damage)
    with pytest.raises(PublishError, match="no earlier release"):
        release_before(out)
    publish(site(3), out, NOW + 3 * MINUTE)
    assert (out / "index.html").read_bytes() == b"<p>3</p>"
    assert go_back(out).name.startswith("20210513T1402")


def test_other_files_among_the_releases_are_never_removed(out: Path) -> None:
    published(out, 1)
    folder = out.with_name("public.releases")
    (folder / "notes.txt").write_text("mine")
    (folder / "20210513").mkdir()
    (folder / "backup.files").write_text("mine")
    for n in range(2, 6):
        publish(site(n), out, NOW + n * MINUTE, 2)
    assert {"notes.txt", "20210513", "backup.files"} <= {path.name for path in folder.iterdir()}
    assert len(releases(out)) == 3


def test_publishing_to_the_folder_target_does_nothing_more(out: Path) -> None:
    release = publish(site(1), out, NOW)
    assert FolderTarget().publish(release.path, release.manifest, NOW) == (0, 0, 0)


def test_the_rollback_command_names_the_release_now_served(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _ = published(out, 2)
    region = tmp_path / "alder.toml"
    region.write_text(REGION + SOURCES)
    arguments = ["rollback", "--region", str(region), "--db", str(tmp_path / "a.db"), "--out", str(out)]

    assert main(arguments) == 0
    assert first in capsys.readouterr().out
    assert (out / "index.html").read_bytes() == b"<p>1</p>"

    assert main(arguments) == NOT_PUBLISHED
    assert "there is no earlier release" in capsys.readouterr().err
