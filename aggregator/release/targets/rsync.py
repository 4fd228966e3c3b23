"""A release on another machine, by rsync over ssh: a folder beside a link, as in `aggregator.release.releases`.

The release is sent into a folder of its own, in which unchanged files are hard links to those of the last one; then the
link is replaced, which rsync does in one step. On the other side nothing but rsync is run, so that a key may be
restricted to it (rrsync). Old releases go as they go here; nothing else there is ever removed.
"""

import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import NamedTuple

from aggregator.config import Rsync, Ssh
from aggregator.errors import PublishError, excerpt
from aggregator.release.releases import RELEASE
from aggregator.release.targets.lease import DEADLINE, Lease, decode, encode, owner_of, refuse_other
from aggregator.release.targets.target import Uploaded
from aggregator.release.writing import Manifest

SILENCE = 60  # seconds without a byte from the other side
LEASE = ".lease"
NANOSECONDS = "--modify-window=-1"  # by whole seconds, one "1" would be as good as another
READABLE = "--chmod=D755,F644"  # by the web server, whatever this process's umask


class TargetState(NamedTuple):
    """What stands at the target: the releases, who published last, and whether another than our link has its place."""

    releases: set[str]
    served: str
    lease: Lease | None
    foreign: bool


class RsyncTarget:
    """`program` is rsync; `clock` counts seconds, for the deadline of a publication."""

    def __init__(self, place: Rsync, program: str = "rsync", clock: Callable[[], float] = monotonic) -> None:
        self._program, self._clock = program, clock
        self._where = place.destination
        self._parent, _, self._link = place.destination.rpartition("/")
        self._folder = f"{self._link}.releases"
        self._shell = _shell(place.ssh)
        self._until = 0.0

    def publish(self, release: Path, manifest: Manifest, at: datetime) -> Uploaded:
        self._until = self._clock() + DEADLINE
        try:
            lease = Lease(owner_of(release.parent), at)
            seen = self._seen(lease)
            self._put_lease(lease)
            files, size = self._send(release, seen)
            self._seen(lease)  # two machines may have found the target free at the same moment
            return Uploaded(files, size, self._switch(release, seen))
        except OSError as error:
            raise PublishError(
                f"{self._where}: cannot be published to ({error}); it serves what it did. Is rsync installed?"
            ) from error

    def _seen(self, lease: Lease) -> TargetState:
        """PublishError where the place of the link is somebody's, or another machine publishes there."""
        with TemporaryDirectory() as folder:
            names = (f"/{self._link}", f"/{self._folder}/", f"/{self._folder}/*/", f"/{self._folder}/{LEASE}")
            self._rsync("-rl", *_only(names), f"{self._parent}/", f"{folder}/")
            seen = _look(Path(folder) / self._link, Path(folder) / self._folder)
        if seen.foreign:
            raise PublishError(
                f"{self._where}: is not a link to a release but somebody's file or folder; "
                "name another [target] destination, or move it away"
            )
        refuse_other(seen.lease, lease.owner, lease.renewed, self._where)
        return seen

    def _put_lease(self, lease: Lease) -> None:
        with TemporaryDirectory() as folder:
            releases = Path(folder) / self._folder
            releases.mkdir()
            (releases / LEASE).write_bytes(encode(lease))
            self._rsync("-r", READABLE, f"{folder}/{self._folder}", f"{self._parent}/")

    def _send(self, release: Path, seen: TargetState) -> tuple[int, int]:
        """How many files were sent, and their bytes."""
        last = [f"--link-dest=../{seen.served}"] if seen.served else []
        there = f"{self._parent}/{self._folder}/{release.name}/"
        said = self._rsync(
            "-rlpt", NANOSECONDS, READABLE, *last, "--stats", "--no-human-readable", f"{release}/", there
        )
        sent = re.search(r"regular files transferred: (\d+)", said)
        size = re.search(r"transferred file size: (\d+)", said)
        return int(sent[1]) if sent else 0, int(size[1]) if size else 0

    def _switch(self, release: Path, seen: TargetState) -> int:
        """Replaces the link, and removes the releases that are not kept here any more; how many."""
        kept = {path.name for path in release.parent.iterdir()}
        old = sorted(seen.releases - kept - {release.name})
        with TemporaryDirectory() as folder:
            (Path(folder) / self._folder).mkdir()
            (Path(folder) / self._link).symlink_to(f"{self._folder}/{release.name}")
            names = [f"/{self._link}", f"/{self._folder}/", *(f"/{self._folder}/{name}/***" for name in old)]
            self._rsync("-rl", "--delete-after", *_only(names), f"{folder}/", f"{self._parent}/")
        return len(old)

    def _rsync(self, *arguments: str) -> str:
        """What rsync says; PublishError with the reason where it fails."""
        command = [self._program, f"--rsh={self._shell}", f"--timeout={SILENCE}", *arguments]
        try:
            done = subprocess.run(  # noqa: S603  # no shell; the region file's patterns keep options out
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=max(self._until - self._clock(), 0.1),
                env=os.environ | {"LC_ALL": "C"},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PublishError(
                f"{self._where}: not all was sent within {DEADLINE / 60:.0f} minutes; it serves what it did"
            ) from None
        if done.returncode:
            lines = (line.strip(" @\r") for line in done.stderr.splitlines())  # ssh frames its warnings with @
            reason = next(filter(None, lines), f"exit code {done.returncode}")
            raise PublishError(
                f"{self._where}: rsync failed: {excerpt(reason, 200)}; it serves what it did, "
                f"and the next publication goes on. Try `ssh` to it as the user that runs this"
            )
        return done.stdout


def _look(link: Path, folder: Path) -> TargetState:
    """From a copy of the target without the files of its releases."""
    releases = {path.name for path in folder.iterdir() if RELEASE.fullmatch(path.name)} if folder.is_dir() else set()
    lease = decode((folder / LEASE).read_bytes()) if (folder / LEASE).is_file() else None
    if not link.is_symlink():
        return TargetState(releases, "", lease, foreign=link.exists())
    target = link.readlink()
    ours = target.parent.name == folder.name and target.name in releases
    return TargetState(releases, target.name if ours else "", lease, foreign=False)


def _only(names: Iterable[str]) -> list[str]:
    """Options with which rsync sees nothing else."""
    return [*(f"--include={name}" for name in names), "--exclude=*"]


def _shell(ssh: Ssh) -> str:
    options = {
        "BatchMode": "yes",  # nobody is there to answer
        "ConnectTimeout": "20",
        "ServerAliveInterval": "20",
        "Port": str(ssh.port or ""),
        "IdentityFile": ssh.identity_file,
        "UserKnownHostsFile": ssh.known_hosts_file,
    }
    return shlex.join(["ssh", *(f"-o{name}={value}" for name, value in options.items() if value)])
