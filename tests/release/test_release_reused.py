"""A new release reuses an older one: files that have not changed since are not touched."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from aggregator import published_file as made_files
from aggregator.errors import PublishError
from aggregator.published_file import Copies, File, fixed
from aggregator.release.compress import SUFFIXES
from aggregator.release.publisher import Release, publish, release_before, serve
from aggregator.release.releases import manifest_of
from tests.support.records import MINUTE, NOW

KEEP = 2


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "public"


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were linked."""
    linked: list[str] = []
    link = os.link

    def counted(old: str, new: str) -> None:
        linked.append(Path(new).name)
        link(old, new)

    monkeypatch.setattr(os, "link", counted)
    return linked


def page(number: int, **more: bytes) -> list[File]:
    """A home page that depends on `number`, a constant page, and those of `more` by the name of their folder."""
    others = [fixed(f"{name}/index.html", content, Copies.QUICK) for name, content in more.items()]
    return [
        fixed("index.html", b"<p>%d</p>" % number, Copies.QUICK),
        fixed("about/index.html", b"about", Copies.QUICK),
        *others,
    ]


def minute(number: int, out: Path, files: list[File] | None = None) -> Release:
    return publish(page(number) if files is None else files, out, NOW + number * MINUTE, KEEP)


def names(out: Path) -> set[str]:
    """The served files, with their precompressed copies."""
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}


def with_copies(*paths: str) -> set[str]:
    return {path + suffix for path in paths for suffix in ("", *SUFFIXES)}


WHOLE = with_copies("index.html", "about/index.html")


def test_unchanged_files_are_not_linked_again(out: Path, links: list[str]) -> None:
    for number in range(3):
        minute(number, out)
    links.clear()
    release = minute(3, out)

    assert links == []
    assert (release.files, names(out)) == (2, WHOLE)
    assert (out / "index.html").read_bytes() == b"<p>3</p>"


def test_a_reused_release_keeps_no_outdated_files(out: Path) -> None:
    minute(0, out, page(0, town=b"town", zip=b"zip"))
    minute(1, out, page(1, zip=b"zip"))
    minute(2, out)
    release = minute(3, out)

    assert names(out) == WHOLE
    assert sorted(path.name for path in release.path.iterdir() if path.is_dir()) == ["about"]


def test_content_that_returns_is_served_correctly(out: Path) -> None:
    for number, content in enumerate((b"one", b"two", b"one", b"three", b"one", b"one")):
        minute(number, out, page(number, town=content))
        assert (out / "town/index.html").read_bytes() == content
        assert gzip.decompress((out / "town/index.html.gz").read_bytes()) == content


def test_a_release_in_an_older_format_is_neither_reused_nor_read(out: Path) -> None:
    releases = [minute(number, out).path for number in range(3)]
    for release in releases[1:]:
        manifest_of(release).write_bytes(msgspec.msgpack.encode({"index.html": ["key", 1, 2]}))
    (releases[1] / "left-over.html.zst").touch()
    minute(3, out)

    assert names(out) == WHOLE


def test_kept_and_served_releases_do_not_change_meanwhile(out: Path) -> None:
    releases = [minute(number, out).path for number in range(5)]

    assert not any(release.exists() for release in releases[:3])
    assert [(release / "index.html").read_bytes() for release in releases[3:]] == [b"<p>3</p>", b"<p>4</p>"]


def test_a_failed_release_is_not_reused(out: Path) -> None:
    def half() -> Iterator[File]:
        yield fixed("index.html", b"half")
        raise PublishError("a page cannot be made")

    for number in range(3):
        minute(number, out)
    with pytest.raises(PublishError, match="a page cannot be made"):
        publish(half(), out, NOW + 3 * MINUTE, KEEP)
    assert (out / "index.html").read_bytes() == b"<p>2</p>"
    minute(4, out)

    assert names(out) == WHOLE
    assert (out / "index.html").read_bytes() == b"<p>4</p>"


def test_a_release_without_its_manifest_is_not_reused(out: Path, links: list[str]) -> None:
    releases = [minute(number, out).path for number in range(3)]
    manifest_of(releases[1]).unlink()
    links.clear()
    minute(3, out)

    assert sorted(links) == sorted(Path(name).name for name in with_copies("about/index.html"))
    assert names(out) == WHOLE


def test_a_failed_release_still_leaves_one_to_roll_back_to(out: Path) -> None:
    def broken() -> Iterator[File]:
        yield fixed("index.html", b"half")
        raise PublishError("a page cannot be made")

    for number in range(4):
        publish(page(number), out, NOW + number * MINUTE, keep=3)
    for number in (4, 5):
        with pytest.raises(PublishError, match="a page cannot be made"):
            publish(broken(), out, NOW + number * MINUTE, keep=3)

    assert (release_before(out).path / "index.html").read_bytes() == b"<p>2</p>"


def test_a_rolled_back_release_is_reused_first(out: Path, links: list[str]) -> None:
    for number in range(3):
        publish(page(number), out, NOW + number * MINUTE, keep=3)
    serve(release_before(out).path, out)
    links.clear()
    release = publish(page(3), out, NOW + 3 * MINUTE, keep=3)

    assert links == []
    kept = sorted((path / "index.html").read_bytes() for path in release.path.parent.iterdir() if path.is_dir())
    assert kept == [b"<p>0</p>", b"<p>1</p>", b"<p>3</p>"]


def test_the_list_of_releases_does_not_grow(out: Path) -> None:
    for number in range(6):
        minute(number, out)

    assert len((out.with_name("public.releases") / ".order").read_text().split()) == KEEP


def test_a_new_version_of_the_code_rebuilds_all_files() -> None:
    names = {path.name for path in made_files._source_files()}
    assert {"pages.py", "compress.py", "writing.py", "index.html"} <= names
