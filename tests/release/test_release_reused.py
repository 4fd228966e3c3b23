"""A release is made out of the one that goes with it: what has not changed since is not touched."""

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator import published_file as made_files
from aggregator.errors import PublishError
from aggregator.published_file import File, fixed
from aggregator.release.compress import TWINS
from aggregator.release.publisher import Release, earlier, get_ready, publish, serve
from aggregator.release.releases import files_of
from tests.support.records import MINUTE, NOW

KEEP = 2


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "public"


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names under which files were linked."""
    linked: list[str] = []
    link = os.link

    def counted(old: str, new: str) -> None:
        linked.append(Path(new).name)
        link(old, new)

    monkeypatch.setattr(os, "link", counted)
    return linked


def page(number: int, **more: bytes) -> list[File]:
    """A home page that differs with `number`, one that does not, and those of `more` by the name of their folder."""
    others = [fixed(f"{name}/index.html", content) for name, content in more.items()]
    return [fixed("index.html", b"<p>%d</p>" % number), fixed("about/index.html", b"about"), *others]


def minute(number: int, out: Path, files: list[File] | None = None) -> Release:
    return publish(page(number) if files is None else files, out, NOW + number * MINUTE, KEEP)


def names(out: Path) -> set[str]:
    """The files that are served, with their twins."""
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}


def with_twins(*paths: str) -> set[str]:
    return {path + suffix for path in paths for suffix in ("", *TWINS)}


WHOLE = with_twins("index.html", "about/index.html")


def test_what_did_not_change_is_not_linked_again(out: Path, links: list[str]) -> None:
    for number in range(3):
        minute(number, out)
    links.clear()
    release = minute(3, out)

    assert links == []
    assert (release.files, names(out)) == (2, WHOLE)
    assert (out / "index.html").read_bytes() == b"<p>3</p>"


def test_it_has_nothing_of_the_older_one_that_is_not_its_own(out: Path) -> None:
    minute(0, out, page(0, town=b"town", zip=b"zip"))
    minute(1, out, page(1, zip=b"zip"))
    minute(2, out)
    release = minute(3, out)

    assert names(out) == WHOLE
    assert sorted(path.name for path in release.path.iterdir() if path.is_dir()) == ["about"]


def test_what_is_as_it_was_two_releases_ago_is_the_file_of_the_last_one(out: Path) -> None:
    for number, content in enumerate((b"one", b"two", b"one")):
        minute(number, out, page(number, town=content))
    before = (out / "town/index.html").stat()
    minute(3, out, page(3, town=b"one"))

    assert os.path.samestat((out / "town/index.html").stat(), before)


def test_what_is_kept_and_what_is_served_meanwhile_stays_as_it_is(out: Path) -> None:
    releases = [minute(number, out).path for number in range(5)]

    assert not any(release.exists() for release in releases[:3])
    assert [(release / "index.html").read_bytes() for release in releases[3:]] == [b"<p>3</p>", b"<p>4</p>"]


@pytest.mark.parametrize("number", range(3))
def test_what_somebody_did_to_a_release_is_gone_with_it(out: Path, number: int) -> None:
    for each in range(6):
        minute(each, out)
        if each == number:
            (out / "about/index.html.br").unlink()
            (out / "about/mine.html").write_text("mine")

    assert names(out) == WHOLE


def test_one_that_breaks_off_is_of_no_use_to_the_next(out: Path) -> None:
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


def test_one_whose_list_is_lost_is_not_used(out: Path, links: list[str]) -> None:
    releases = [minute(number, out).path for number in range(3)]
    files_of(releases[1]).unlink()
    links.clear()
    minute(3, out)

    assert sorted(links) == sorted(Path(name).name for name in with_twins("about/index.html"))
    assert names(out) == WHOLE


def test_there_is_one_to_go_back_to_also_after_one_that_broke_off(out: Path) -> None:
    def broken() -> Iterator[File]:
        yield fixed("index.html", b"half")
        raise PublishError("a page cannot be made")

    for number in range(4):
        publish(page(number), out, NOW + number * MINUTE, keep=3)
    for number in (4, 5):
        with pytest.raises(PublishError, match="a page cannot be made"):
            publish(broken(), out, NOW + number * MINUTE, keep=3)

    assert (earlier(out).path / "index.html").read_bytes() == b"<p>2</p>"


def test_one_that_was_taken_back_goes_first(out: Path, links: list[str]) -> None:
    for number in range(3):
        publish(page(number), out, NOW + number * MINUTE, keep=3)
    serve(earlier(out).path, out)
    links.clear()
    release = publish(page(3), out, NOW + 3 * MINUTE, keep=3)

    assert links == []
    kept = sorted((path / "index.html").read_bytes() for path in release.path.parent.iterdir() if path.is_dir())
    assert kept == [b"<p>0</p>", b"<p>1</p>", b"<p>3</p>"]


def test_those_after_the_first_are_made_out_of_copies_of_it(out: Path, links: list[str]) -> None:
    get_ready(publish(page(0), out, NOW, keep=3), out, keep=3)
    links.clear()
    for number in (1, 2, 3):
        release = publish(page(number), out, NOW + number * MINUTE, keep=3)
        get_ready(release, out, keep=3)
        assert (release.path / "about/index.html").stat().st_nlink == 3

    assert links == []
    assert names(out) == WHOLE
    assert sorted((path / "index.html").read_bytes() for path in release.path.parent.iterdir() if path.is_dir()) == [
        b"<p>1</p>",
        b"<p>2</p>",
        b"<p>3</p>",
    ]


def test_a_copy_that_somebody_was_at_is_not_used_and_does_not_stay(out: Path) -> None:
    first = publish(page(0), out, NOW, keep=3)
    get_ready(first, out, keep=3)
    os.utime(first.path.parent / ".next-1.files", ns=(0, 0))
    (first.path.parent / ".next-1/about/mine.html").write_text("mine")
    for number in (1, 2):
        publish(page(number), out, NOW + number * MINUTE, keep=3)
        assert names(out) == WHOLE

    assert not list(first.path.parent.glob(".next-*"))


def test_where_there_is_no_room_for_copies_there_are_none(
    out: Path, links: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    release = publish(page(0), out, NOW, keep=3)

    def full(old: str, new: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(shutil, "copy2", full)
    get_ready(release, out, keep=3)

    assert [path.name for path in release.path.parent.iterdir() if path.is_dir()] == [release.path.name]


def test_the_list_of_releases_does_not_grow(out: Path) -> None:
    for number in range(6):
        minute(number, out)

    assert len((out.with_name("public.releases") / ".order").read_text().split()) == KEEP


def test_new_code_for_contents_or_copies_makes_all_files_again() -> None:
    names = {path.name for path in made_files._sources()}
    assert {"pages.py", "compress.py", "writing.py", "index.html"} <= names
