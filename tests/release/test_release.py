"""A release is complete or it does not exist."""

import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import brotli
import pytest

from aggregator.errors import PublishError
from aggregator.faults import Faults
from aggregator.model import Stage
from aggregator.published_file import Copies, File, fixed
from aggregator.release import compress
from aggregator.release.compress import SUFFIXES
from aggregator.release.publisher import check_writable, publish
from aggregator.serving.headers import PRECOMPRESSED
from tests.support.content_encodings import UNPACK
from tests.support.records import MINUTE, NOW

CONTENT = {"index.html": b"<p>first</p>", "api/v1/locations.json": b'{"data": []}' * 100, "empty.txt": b""}
FIRST = [fixed(path, content, Copies.QUICK) for path, content in CONTENT.items()]
SECOND = [fixed("index.html", b"<p>second</p>", Copies.QUICK)]

PUBLISHER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from aggregator.published_file import fixed
from aggregator.release.publisher import publish

def files():
    yield fixed("index.html", b"half")
    print("half", flush=True)
    sys.stdin.read()

publish(files(), Path(sys.argv[1]), datetime(2021, 5, 13, 15, tzinfo=UTC))
"""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "public"


def served(out: Path) -> dict[str, bytes]:
    """What a visitor finds under `out`, without the precompressed copies."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.suffix not in SUFFIXES
    }


def releases(out: Path) -> list[str]:
    """Releases that are kept or unfinished."""
    folder = out.with_name("public.releases")
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_a_release_contains_the_given_files_and_reports_its_path_count_and_size(out: Path) -> None:
    release = publish(FIRST, out, NOW)
    assert served(out) == CONTENT
    assert (release.path.name, release.files, release.size) == ("20210513T140000Z", 3, 1212)
    assert out.resolve() == release.path


@pytest.mark.parametrize(
    ("copies", "suffixes"),
    [(Copies.NONE, set()), (Copies.GZIP, {".gz"}), (Copies.QUICK, {".br", ".gz"}), (Copies.BEST, {".br", ".gz"})],
)
def test_a_file_has_the_precompressed_copies_it_requests(out: Path, copies: Copies, suffixes: set[str]) -> None:
    content = CONTENT["api/v1/locations.json"]
    publish([fixed("locations.json", content, copies)], out, NOW)
    assert {path.suffix for path in out.iterdir()} == {".json", *suffixes}
    for suffix in suffixes:
        assert UNPACK[PRECOMPRESSED[suffix]]((out / f"locations.json{suffix}").read_bytes()) == content


def test_a_large_file_has_only_a_gzip_copy_because_brotli_takes_seconds(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compress, "LARGE", 100)
    for number, content in enumerate((b"small", b"large" * 100)):
        publish([fixed("locations.json", content, Copies.QUICK)], out, NOW + number * MINUTE, keep=1)
    assert {path.name for path in out.iterdir()} == {"locations.json", "locations.json.gz"}
    assert gzip.decompress((out / "locations.json.gz").read_bytes()) == b"large" * 100


def test_every_encoding_used_by_servers_is_written() -> None:
    assert set(SUFFIXES) == set(PRECOMPRESSED)


def test_equal_files_have_equal_copies_so_that_their_etags_stay_valid(out: Path) -> None:
    publish(FIRST, out, NOW)
    before = (out / "index.html.gz").read_bytes()
    publish(FIRST, out, NOW + MINUTE)
    assert (out / "index.html.gz").read_bytes() == before


def test_the_link_is_relative_so_that_the_folder_can_be_moved(out: Path, tmp_path: Path) -> None:
    publish(FIRST, out, NOW)
    (tmp_path / "site").mkdir()
    out.rename(tmp_path / "site" / "public")
    out.with_name("public.releases").rename(tmp_path / "site" / "public.releases")
    assert served(tmp_path / "site" / "public") == CONTENT


def test_a_new_release_replaces_the_last_one_and_recent_ones_are_kept(out: Path) -> None:
    for number in range(4):
        publish([fixed("index.html", str(number).encode())], out, NOW + number * MINUTE, keep=2)
    assert served(out) == {"index.html": b"3"}
    assert releases(out) == ["20210513T140200Z", "20210513T140300Z"]


def test_two_releases_in_one_second_are_kept_apart(out: Path) -> None:
    publish(FIRST, out, NOW)
    publish(SECOND, out, NOW + timedelta(milliseconds=1))
    assert served(out) == {"index.html": b"<p>second</p>"}
    assert releases(out) == ["20210513T140000Z", "20210513T140000Z-2"]


def test_a_failure_halfway_leaves_the_last_release_served_and_complete(out: Path) -> None:
    def half() -> Iterator[File]:
        yield SECOND[0]
        raise PublishError("a page cannot be made")

    publish(FIRST, out, NOW)
    with pytest.raises(PublishError, match="a page cannot be made"):
        publish(half(), out, NOW + MINUTE)
    assert served(out) == CONTENT


def test_leftovers_of_a_killed_process_are_not_served_and_the_next_one_removes_them(out: Path) -> None:
    publish(FIRST, out, NOW)
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", PUBLISHER, str(out)], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert served(out) == CONTENT
    assert any(name.startswith(".unfinished-") for name in releases(out))
    publish(SECOND, out, NOW + MINUTE)
    assert served(out) == {"index.html": b"<p>second</p>"}
    assert releases(out) == ["20210513T140000Z", "20210513T140100Z"]


def test_a_process_killed_before_the_switch_leaves_the_last_release(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(old: Path, new: Path) -> None:
        raise KeyboardInterrupt

    publish(FIRST, out, NOW)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", killed)
        publish(SECOND, out, NOW + MINUTE)
    assert served(out) == CONTENT
    publish(SECOND, out, NOW + MINUTE)
    assert served(out) == {"index.html": b"<p>second</p>"}


def test_a_full_disk_leaves_the_last_release_and_explains_what_to_do(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    publish(FIRST, out, NOW)
    with monkeypatch.context() as patch, pytest.raises(PublishError, match=r"No space left .* Free some space"):
        patch.setattr(Path, "write_bytes", full)
        publish(SECOND, out, NOW + MINUTE)
    assert served(out) == CONTENT


def test_an_empty_folder_is_replaced(out: Path) -> None:
    out.mkdir()
    publish(FIRST, out, NOW)
    assert served(out) == CONTENT


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_folder_or_file_of_the_user_is_refused_and_left_unchanged(out: Path, what: str) -> None:
    mine = out / "thesis.txt" if what == "folder" else out
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("years of work")
    for refused in (lambda: publish(FIRST, out, NOW), lambda: check_writable(out)):
        with pytest.raises(PublishError, match=r"public: is not a release .* name another folder with --out"):
            refused()
    assert mine.read_text() == "years of work"


def test_a_file_in_place_of_the_releases_is_an_error(out: Path) -> None:
    out.with_name("public.releases").touch()
    for refused in (lambda: publish(FIRST, out, NOW), lambda: check_writable(out)):
        with pytest.raises(PublishError, match=r"public: .* --out"):
            refused()


def test_a_link_to_a_deleted_release_is_recreated(out: Path) -> None:
    publish(FIRST, out, NOW).path.rename(out.with_name("elsewhere"))
    assert not out.exists()
    publish(SECOND, out, NOW + MINUTE)
    assert served(out) == {"index.html": b"<p>second</p>"}


@pytest.mark.parametrize("out", [Path(), Path("..")], ids=["here", "above"])
def test_an_output_path_without_a_name_is_refused(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    (tmp_path / "work" / "mine").touch()
    for refused in (lambda: publish(FIRST, out, NOW), lambda: check_writable(out)):
        with pytest.raises(PublishError, match="--out"):
            refused()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["mine", "work"]


def test_checking_the_folder_leaves_no_files_behind(out: Path) -> None:
    check_writable(out)
    assert releases(out) == []
    assert not out.exists()


# --- unchanged files are not rebuilt ----------------------------------------------------------------------------------


class Maker:
    """Counts how often a file is built."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def file(self, path: str, key: bytes, content: str = "", *, dated: bool = True) -> File:
        def make() -> bytes:
            self.made.append(path)
            return (content or f"{path} {len(self.made)}").encode()

        return File(path, key, make, dated, copies=Copies.QUICK)


def test_a_file_with_unchanged_inputs_is_linked_with_its_copies(out: Path) -> None:
    maker = Maker()
    publish([maker.file("a.html", b"one"), maker.file("b.html", b"one")], out, NOW)
    release = publish([maker.file("a.html", b"one"), maker.file("b.html", b"two")], out, NOW + MINUTE)

    assert maker.made == ["a.html", "b.html", "b.html"]
    assert (release.files, release.made, release.size) == (2, 1, 16)
    assert served(out) == {"a.html": b"a.html 1", "b.html": b"b.html 3"}
    assert gzip.decompress((out / "a.html.gz").read_bytes()) == b"a.html 1"


def test_a_file_without_a_key_is_always_rebuilt(out: Path) -> None:
    maker = Maker()
    for number in range(3):
        publish([maker.file("index.html", b"")], out, NOW + number * MINUTE)

    assert len(maker.made) == 3


@pytest.mark.parametrize("path", [f"place/{number}/index.html" for number in range(5)])
def test_displayed_times_are_never_older_than_stale_after(out: Path, path: str) -> None:
    maker = Maker()
    ages: list[int] = []
    for minute in range(30):
        before = len(maker.made)
        publish([maker.file(path, b"key")], out, NOW + minute * MINUTE, max_age=timedelta(minutes=10))
        ages.append(0 if len(maker.made) > before else ages[-1] + 1)
    assert max(ages) < 10
    assert 3 <= len(maker.made) <= 5


def test_files_become_due_at_different_times(out: Path) -> None:
    made = []
    for minute in range(1, 20):
        maker = Maker()
        files = [maker.file(f"place/{number}/index.html", b"key") for number in range(100)]
        publish(files, out, NOW + minute * MINUTE)
        made.append(len(maker.made))
    assert made[0] == 100
    assert max(made[1:]) < 30


def test_an_incomplete_file_is_rebuilt_immediately(out: Path) -> None:
    faults, maker = Faults(), Maker()

    def half() -> bytes:
        faults.note(Stage.LISTS, "a place", ValueError("cannot be shown"))
        return b"half"

    publish([File("zip/01999/index.html", b"key", half)], out, NOW, faults=faults)
    publish([maker.file("zip/01999/index.html", b"key")], out, NOW + timedelta(seconds=1))
    assert len(maker.made) == 1


def test_a_file_without_visit_times_is_not_rebuilt_for_its_age(out: Path) -> None:
    maker = Maker()
    for number in range(3):
        publish([maker.file("feeds/all.atom", b"key", dated=False)], out, NOW + number * 60 * MINUTE)

    assert len(maker.made) == 1


def test_an_asset_is_built_once_and_kept_for_an_hour_after_its_last_use(out: Path) -> None:
    maker = Maker()
    publish([maker.file("assets/page.1.js", b"old", dated=False)], out, NOW)
    publish([maker.file("assets/page.1.js", b"old", dated=False)], out, NOW + 30 * MINUTE)
    for minute, expected in ((31, {"page.1.js", "page.2.js"}), (89, {"page.1.js", "page.2.js"}), (91, {"page.2.js"})):
        publish([maker.file("assets/page.2.js", b"new", dated=False)], out, NOW + minute * MINUTE)
        assert {path.removeprefix("assets/") for path in served(out)} == expected
    assert maker.made == ["assets/page.1.js", "assets/page.2.js"]


def test_a_file_whose_copy_was_deleted_is_rebuilt(out: Path) -> None:
    maker = Maker()
    publish([maker.file("a.html", b"one")], out, NOW)
    (out / "a.html.br").unlink()
    publish([maker.file("a.html", b"one")], out, NOW + MINUTE)

    assert len(maker.made) == 2
    assert brotli.decompress((out / "a.html.br").read_bytes()) == served(out)["a.html"]


@pytest.mark.parametrize("damage", [b"", b"not a manifest"])
def test_without_a_readable_manifest_everything_is_rebuilt(out: Path, damage: bytes) -> None:
    maker = Maker()
    release = publish([maker.file("a.html", b"one")], out, NOW)
    release.path.with_name(release.path.name + ".files").write_bytes(damage)
    publish([maker.file("a.html", b"one")], out, NOW + MINUTE)

    assert len(maker.made) == 2


def test_without_hard_links_files_are_copied(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(old: Path, new: Path) -> None:
        raise OSError(95, "Operation not supported")

    maker = Maker()
    publish([maker.file("a.html", b"one")], out, NOW)
    monkeypatch.setattr(os, "link", refused)
    publish([maker.file("a.html", b"one")], out, NOW + MINUTE)

    assert (maker.made, served(out)) == (["a.html"], {"a.html": b"a.html 1"})
