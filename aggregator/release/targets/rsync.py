"""Publishes to another machine by rsync over ssh: release folders and a link, as in `aggregator.release.releases`.

Each release is sent into its own folder, in which unchanged files are hard links to the last release; then rsync
replaces the link atomically. The other machine runs nothing but rsync, so the ssh key may be restricted to it (rrsync).
Releases that were removed here are removed there; nothing else on that machine is.
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
from aggregator.release.targets.lease import DEADLINE, Lease, check_lease, decode, encode, owner_of
from aggregator.release.targets.target import Uploaded
from aggregator.release.writing import Manifest

IO_TIMEOUT = 60  # seconds without a byte from the other machine
LEASE = ".lease"
COMPARE_NANOSECONDS = (
    "--modify-window=-1"  # rsync compares sizes and whole seconds by default and would miss a quick change
)
READABLE = "--chmod=D755,F644"  # the web server has to read the files, whatever the umask of this process


class TargetState(NamedTuple):
    """The target before a publication: its releases, the served one ("" if none), and the lease.

    `foreign`: a file, a folder or another link is in the place of the link.
    """

    releases: set[str]
    served: str
    lease: Lease | None
    foreign: bool


class RsyncTarget:
    """Another machine as a target. `program` is rsync; `clock` returns seconds and measures the deadline."""

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
            state = self._inspect(lease)
            self._put_lease(lease)
            files, size = self._send(release, state)
            self._inspect(lease)  # two machines may have found the target free at the same moment
            return Uploaded(files, size, self._switch(release, state))
        except OSError as error:
            raise PublishError(
                f"{self._where}: cannot be published to ({error}); it keeps serving the last release. "
                "Is rsync installed?"
            ) from error

    def _inspect(self, lease: Lease) -> TargetState:
        """The state of the target; PublishError if its link is foreign or another machine holds the lease."""
        with TemporaryDirectory() as folder:
            names = (f"/{self._link}", f"/{self._folder}/", f"/{self._folder}/*/", f"/{self._folder}/{LEASE}")
            self._rsync("-rl", *_include_only(names), f"{self._parent}/", f"{folder}/")
            state = _read_state(Path(folder) / self._link, Path(folder) / self._folder)
        if state.foreign:
            raise PublishError(
                f"{self._where}: is not a link to a release but another file or folder; "
                "name another [target] destination, or move it away"
            )
        check_lease(state.lease, lease.owner, lease.renewed, self._where)
        return state

    def _put_lease(self, lease: Lease) -> None:
        with TemporaryDirectory() as folder:
            releases = Path(folder) / self._folder
            releases.mkdir()
            (releases / LEASE).write_bytes(encode(lease))
            self._rsync("-r", READABLE, f"{folder}/{self._folder}", f"{self._parent}/")

    def _send(self, release: Path, state: TargetState) -> tuple[int, int]:
        """Sends the release; returns how many files were sent, and their bytes."""
        last = [f"--link-dest=../{state.served}"] if state.served else []
        there = f"{self._parent}/{self._folder}/{release.name}/"
        statistics = self._rsync(
            "-rlpt", COMPARE_NANOSECONDS, READABLE, *last, "--stats", "--no-human-readable", f"{release}/", there
        )
        sent = re.search(r"regular files transferred: (\d+)", statistics)
        size = re.search(r"transferred file size: (\d+)", statistics)
        return int(sent[1]) if sent else 0, int(size[1]) if size else 0

    def _switch(self, release: Path, state: TargetState) -> int:
        """Replaces the link and removes the releases that are not on this machine any more; returns how many."""
        local = {path.name for path in release.parent.iterdir()}
        old = sorted(state.releases - local - {release.name})
        with TemporaryDirectory() as folder:
            (Path(folder) / self._folder).mkdir()
            (Path(folder) / self._link).symlink_to(f"{self._folder}/{release.name}")
            names = [f"/{self._link}", f"/{self._folder}/", *(f"/{self._folder}/{name}/***" for name in old)]
            self._rsync("-rl", "--delete-after", *_include_only(names), f"{folder}/", f"{self._parent}/")
        return len(old)

    def _rsync(self, *arguments: str) -> str:
        """Runs rsync and returns its output; PublishError with its reason if it fails."""
        command = [self._program, f"--rsh={self._shell}", f"--timeout={IO_TIMEOUT}", *arguments]
        try:
            result = subprocess.run(  # noqa: S603  # no shell; the region file's patterns keep options out
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
                f"{self._where}: not all files were sent within {DEADLINE / 60:.0f} minutes; "
                "it keeps serving the last release, and the next publication sends the rest"
            ) from None
        if result.returncode:
            lines = (line.strip(" @\r") for line in result.stderr.splitlines())  # ssh frames its warnings with @
            reason = next(filter(None, lines), f"exit code {result.returncode}")
            raise PublishError(
                f"{self._where}: rsync failed: {excerpt(reason, 200)}; it keeps serving the last "
                "release, and the next publication sends the rest. Try `ssh` to it as the user that runs `aggregator`"
            )
        return result.stdout


def _read_state(link: Path, folder: Path) -> TargetState:
    """Reads the state from a local copy of the target that lacks the files of its releases."""
    releases = {path.name for path in folder.iterdir() if RELEASE.fullmatch(path.name)} if folder.is_dir() else set()
    lease = decode((folder / LEASE).read_bytes()) if (folder / LEASE).is_file() else None
    if not link.is_symlink():
        return TargetState(releases, "", lease, foreign=link.exists())
    target = link.readlink()
    ours = target.parent.name == folder.name and target.name in releases
    return TargetState(releases, target.name if ours else "", lease, foreign=False)


def _include_only(names: Iterable[str]) -> list[str]:
    """rsync options that include these names and exclude all others."""
    return [*(f"--include={name}" for name in names), "--exclude=*"]


def _shell(ssh: Ssh) -> str:
    options = {
        "BatchMode": "yes",  # no one is there to type a password
        "ConnectTimeout": "20",
        "ServerAliveInterval": "20",
        "Port": str(ssh.port or ""),
        "IdentityFile": ssh.identity_file,
        "UserKnownHostsFile": ssh.known_hosts_file,
    }
    return shlex.join(["ssh", *(f"-o{name}={value}" for name, value in options.items() if value)])
