"""A release on another machine: rsync to a folder, and through a fake ssh that runs the remote side locally."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.config.destination import Rsync, Ssh
from aggregator.errors import PublishError
from aggregator.published_file import Copies, fixed
from aggregator.release.publisher import Release, publish, release_before
from aggregator.release.targets.rsync import RsyncTarget
from tests.support.records import MINUTE, NOW

pytestmark = pytest.mark.skipif(not shutil.which("rsync"), reason="rsync is not installed")

SSH = """#!/bin/sh
echo "$*" > {log}
while [ "${{1#-}}" != "$1" ]; do [ "$1" = -l ] && shift; shift; done
shift
exec sh -c "$*"
"""
PUBLISHER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from aggregator.config.destination import Rsync
from aggregator.release.targets.rsync import RsyncTarget

program, destination, release = sys.argv[1:]
RsyncTarget(Rsync(destination=destination), program).publish(Path(release), {}, datetime(2021, 5, 13, 14, tzinfo=UTC))
"""


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """The folder of the other machine for the site."""
    (tmp_path / "web").mkdir()
    return tmp_path / "web"


@pytest.fixture
def target(web: Path) -> RsyncTarget:
    return RsyncTarget(Rsync(destination=f"{web}/site"))


def made(tmp_path: Path, number: int, machine: str = "one") -> Release:
    """A release of `machine`, with a page that depends on `number` and a constant page."""
    files = [
        fixed("index.html", b"<p>%d</p>" % number, Copies.QUICK),
        fixed("about/index.html", b"<p>about</p>", Copies.QUICK),
    ]
    return publish(files, tmp_path / machine / "public", NOW + number * MINUTE)


def send(target: RsyncTarget, release: Release, at: int = 0) -> None:
    """`at` is minutes after NOW."""
    target.publish(release.path, release.manifest, NOW + at * MINUTE)


def served(web: Path) -> dict[str, bytes]:
    site = web / "site"
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*.html")}


def program(tmp_path: Path, script: str) -> str:
    path = tmp_path / "program"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


def test_a_release_is_sent_with_its_copies_and_the_link_points_to_it(web: Path, tmp_path: Path) -> None:
    release = made(tmp_path, 1)
    uploaded = RsyncTarget(Rsync(destination=f"{web}/site")).publish(release.path, release.manifest, NOW)

    assert served(web) == {"index.html": b"<p>1</p>", "about/index.html": b"<p>about</p>"}
    assert (uploaded.files, uploaded.removed) == (6, 0)
    assert (web / "site/index.html.br").read_bytes() == (release.path / "index.html.br").read_bytes()
    assert str((web / "site").readlink()) == f"site.releases/{release.path.name}"


def test_unchanged_files_are_not_sent_again_and_stay_the_same_files(
    target: RsyncTarget, web: Path, tmp_path: Path
) -> None:
    send(target, made(tmp_path, 1))
    before = (web / "site/about/index.html").stat()
    release = made(tmp_path, 2)

    assert target.publish(release.path, release.manifest, NOW).files == 3
    assert served(web)["index.html"] == b"<p>2</p>"
    assert os.path.samestat((web / "site/about/index.html").stat(), before)


def test_the_web_server_can_read_it_whatever_the_umask(target: RsyncTarget, web: Path, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        send(target, made(tmp_path, 1))
    finally:
        os.umask(before)
    assert stat.S_IMODE((web / "site/about").stat().st_mode) == 0o755
    assert stat.S_IMODE((web / "site/about/index.html").stat().st_mode) == 0o644


def test_the_remote_keeps_as_many_releases_as_here_and_removes_nothing_else(
    target: RsyncTarget, web: Path, tmp_path: Path
) -> None:
    (web / "other").mkdir()
    (web / "other/file").write_text("mine")
    send(target, made(tmp_path, 1))
    (web / "site.releases/notes.txt").write_text("mine")
    for number in range(2, 5):
        send(target, made(tmp_path, number))

    here = {path.name for path in (tmp_path / "one/public.releases").iterdir() if path.is_dir()}
    assert {path.name for path in (web / "site.releases").iterdir()} == here | {"notes.txt", ".lease"}
    assert (web / "other/file").read_text() == "mine"


def test_rollback_switches_the_link_back(target: RsyncTarget, web: Path, tmp_path: Path) -> None:
    first = made(tmp_path, 1)
    send(target, first)
    send(target, made(tmp_path, 2))
    send(target, release_before(tmp_path / "one/public"))

    assert served(web)["index.html"] == b"<p>1</p>"
    assert str((web / "site").readlink()).endswith(first.path.name)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_folder_or_file_of_the_user_is_refused_and_left_unchanged(
    target: RsyncTarget, web: Path, tmp_path: Path, what: str
) -> None:
    mine = web / "site" / "thesis.txt" if what == "folder" else web / "site"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("years of work")
    with pytest.raises(PublishError, match="web/site: is not a link to a release but another file or folder"):
        send(target, made(tmp_path, 1))
    assert mine.read_text() == "years of work"
    assert not (web / "site.releases").exists()


def test_a_second_machine_is_refused_until_the_first_was_silent_for_ten_minutes(
    target: RsyncTarget, web: Path, tmp_path: Path
) -> None:
    send(target, made(tmp_path, 1, "one"), at=0)
    second = made(tmp_path, 2, "two")
    with pytest.raises(PublishError, match=r"another machine .* published there at .* only one may"):
        send(target, second, at=9)
    assert served(web)["index.html"] == b"<p>1</p>"
    send(target, second, at=10)
    assert served(web)["index.html"] == b"<p>2</p>"


def test_of_two_machines_that_start_at_once_only_one_switches(web: Path, tmp_path: Path) -> None:
    meddling = f"""case "$*" in
*--stats*) echo '{{"owner": "two", "renewed": "2021-05-13T14:00:00Z"}}' > {web}/site.releases/.lease;; esac
exec rsync "$@" """
    target = RsyncTarget(Rsync(destination=f"{web}/site"), program(tmp_path, meddling))
    with pytest.raises(PublishError, match=r"another machine \(two;"):
        send(target, made(tmp_path, 1))
    assert not (web / "site").exists()


@pytest.mark.parametrize(
    "content", ["", "{}", '{"owner": 3}', "\udcff", '{"owner": "x", "renewed": "9999-01-01T00:00:00Z"}']
)
def test_an_invalid_or_outdated_lease_blocks_nobody(
    target: RsyncTarget, web: Path, tmp_path: Path, content: str
) -> None:
    (web / "site.releases").mkdir()
    (web / "site.releases/.lease").write_bytes(content.encode("utf-8", "surrogateescape"))
    send(target, made(tmp_path, 1))
    assert served(web)["index.html"] == b"<p>1</p>"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'rsync: write failed: No space left on device (28)' >&2; exit 11", "No space left on device"),
        ("echo 'me@web: Permission denied (publickey).' >&2; exit 255", r"Permission denied \(publickey\)"),
        ("exit 30", "exit code 30"),
    ],
)
def test_a_failure_gives_its_reason(web: Path, tmp_path: Path, script: str, reason: str) -> None:
    target = RsyncTarget(Rsync(destination=f"{web}/site"), program(tmp_path, script))
    with pytest.raises(PublishError, match=rf"web/site: rsync failed: .*{reason}.*; it keeps serving the last release"):
        send(target, made(tmp_path, 1))


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"nowhere/site: rsync failed: .*No such file or directory"):
        send(RsyncTarget(Rsync(destination=f"{tmp_path}/nowhere/site")), made(tmp_path, 1))


def test_a_missing_rsync_is_reported(web: Path, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="Is rsync installed"):
        send(RsyncTarget(Rsync(destination=f"{web}/site"), str(tmp_path / "nothing")), made(tmp_path, 1))


def test_an_unresponsive_remote_times_out_and_the_old_site_stays(
    target: RsyncTarget, web: Path, tmp_path: Path
) -> None:
    send(target, made(tmp_path, 1))
    os.mkfifo(tmp_path / "silence")
    hanging = program(tmp_path, f'case "$*" in *--stats*) exec cat {tmp_path}/silence;; esac; exec rsync "$@"')
    ticks = iter([0.0, 0.0, 0.0])
    with pytest.raises(
        PublishError, match="not all files were sent within 8 minutes; it keeps serving the last release"
    ):
        send(
            RsyncTarget(Rsync(destination=f"{web}/site"), hanging, lambda: next(ticks, 480.0)),
            made(tmp_path, 2),
        )
    assert served(web)["index.html"] == b"<p>1</p>"


def test_a_process_killed_halfway_leaves_the_old_site_and_the_next_completes(
    target: RsyncTarget, web: Path, tmp_path: Path
) -> None:
    send(target, made(tmp_path, 1))
    old, release = served(web), made(tmp_path, 2)
    for name in ("half", "hold"):
        os.mkfifo(tmp_path / name)
    stopping = program(
        tmp_path,
        f"""case "$*" in *--stats*) rsync --exclude=/about "$@"; echo half > {tmp_path}/half; cat {tmp_path}/hold;; esac
exec rsync "$@" """,
    )
    arguments = [sys.executable, "-c", PUBLISHER, stopping, f"{web}/site", str(release.path)]
    with subprocess.Popen(arguments, start_new_session=True) as process:
        assert (tmp_path / "half").read_text() == "half\n"
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    assert served(web) == old
    assert [path.name for path in (web / "site.releases" / release.path.name).iterdir() if path.is_dir()] == []
    send(target, release)
    assert served(web) == {"index.html": b"<p>2</p>", "about/index.html": b"<p>about</p>"}


def test_ssh_never_asks_for_a_password_and_uses_the_region_files_options(
    web: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    ssh = tmp_path / "bin" / "ssh"
    ssh.write_text(SSH.format(log=tmp_path / "asked"))
    ssh.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    options = Ssh(port=2222, identity_file="~/.ssh/site")
    send(RsyncTarget(Rsync(destination=f"www@web.example.org:{web}/site", ssh=options)), made(tmp_path, 1))

    assert served(web)["index.html"] == b"<p>1</p>"
    command = (tmp_path / "asked").read_text()
    assert command.startswith("-oBatchMode=yes ")
    for part in (" -oPort=2222 ", " -oIdentityFile=~/.ssh/site ", " -l www web.example.org rsync --server "):
        assert part in command
