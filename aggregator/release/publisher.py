"""Publishes releases: writes one complete folder, then switches the link `out` to it atomically.

Until the switch the new release has a name that is not served, so a process killed at any moment leaves the last
release served and complete. The last few releases stay on disk for `aggregator rollback`.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from aggregator.errors import PublishError
from aggregator.faults import RAISE_ALL, Faults
from aggregator.published_file import File
from aggregator.release.disk import Folder
from aggregator.release.releases import Releases, changes_of, manifest_of
from aggregator.release.targets.target import Uploaded
from aggregator.release.writing import MAX_AGE, Manifest, ReleaseWriter, ServedRelease, load_manifest, save_manifest
from aggregator.serving import ASSETS
from aggregator.store import LockHeld, hold_lock, open_lock_file

KEEP = 3  # releases, unless the region file says otherwise (`keep_releases`)
LOCK = ".lock"  # in the folder of releases


class Release(NamedTuple):
    """A published release: its folder and its size without precompressed copies.

    `made`: how many files were rendered for it. `sent`: what the target received.
    """

    path: Path
    files: int
    size: int
    made: int
    manifest: Manifest
    sent: Uploaded = Uploaded(0, 0, 0)


@contextmanager
def only_publisher(out: Path) -> Iterator[None]:
    """Holds the lock on the releases of `out`; PublishError at once if another process, on any database, holds it.

    If the lock file cannot be created, there is no lock: publishing fails for the same reason, which `publish` reports.
    """
    path = Releases(out).folder / LOCK
    try:
        file = open_lock_file(path)
    except OSError:
        file = None
    try:
        with hold_lock(file) if file else nullcontext():
            yield
    except LockHeld as error:
        raise PublishError(
            f"{out}: process {error.holder} is publishing there, perhaps from another database, and holds {path}; "
            "give each database a folder of its own with --out, or wait for that process"
        ) from None


def publish(
    files: Iterable[File],
    out: Path,
    at: datetime,
    keep: int = KEEP,
    faults: Faults = RAISE_ALL,
    max_age: timedelta = MAX_AGE,
) -> Release:
    """Writes `files` as a new release of `out`, switches to it, and removes all but the last `keep` releases.

    A file that cannot be rendered is left out and noted in `faults`. Times of visits that files show are at most
    `max_age` behind. On PublishError the last release stays served.
    """
    releases = Releases(out)
    try:
        releases.prepare()
        served = _served_release(releases)
        final = releases.unused_path(at)
        new = releases.unfinished(final.name)
        writer = ReleaseWriter(new, served, _start_folder(new, releases.expendable(keep)), at, max_age, faults)
        for file in files:
            writer.write(file)
        writer.finish()
        save_manifest(writer.manifest, manifest_of(final))
        _list_changes(final, served.manifest, writer.manifest)
        new.rename(final)
        releases.serve(final)
        releases.prune(keep)
    except OSError as error:
        raise PublishError(
            f"{out}: the release cannot be written ({error}); the last release stays served. "
            "Free some space or name a folder you may write with --out"
        ) from error
    return _release(final, writer.manifest, writer.made)


def release_before(out: Path) -> Release:
    """Prepares the release before the current one to be served again; PublishError if there is none.

    It gets links to the assets of the current release, because cached pages still request them.
    """
    releases = Releases(out)
    served, release = releases.served(), releases.earlier()
    if served is None or release is None:
        raise PublishError(
            f"{out}: there is no earlier release to go back to; `keep_releases` in the region file sets how many stay"
        )
    leaving, manifest = load_manifest(manifest_of(served)), load_manifest(manifest_of(release))
    if not (leaving and manifest):
        raise PublishError(
            f"{releases.folder}: the manifest of {served.name} or {release.name} cannot be read; "
            "run `aggregator publish` to write a complete release"
        )
    try:
        folder = Folder(release)
        for path in leaving.keys() - manifest.keys():
            if path.startswith(ASSETS) and folder.link(served, path, leaving[path].copies):
                manifest[path] = leaving[path]
        save_manifest(manifest, manifest_of(release))
        _list_changes(release, leaving, manifest)
    except OSError as error:
        raise PublishError(f"{release}: cannot be prepared for serving ({error}); free some space") from error
    return _release(release, manifest, made=0)


def serve(release: Path, out: Path) -> None:
    """Switches `out` to a release on disk; on PublishError it keeps serving the current one."""
    try:
        Releases(out).serve(release)
    except OSError as error:
        raise PublishError(
            f"{out}: cannot be switched to {release.name} ({error}); "
            "it keeps serving the current release. Make its folder writable and try again"
        ) from error


def check_writable(out: Path) -> None:
    """Raises PublishError if no release of `out` could be written."""
    releases = Releases(out)
    try:
        releases.check()
        releases.folder.mkdir(parents=True, exist_ok=True)
        probe = releases.unfinished("probe")
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise PublishError(f"{out}: cannot be written to ({error}); name a folder you may write with --out") from error


def _served_release(releases: Releases) -> ServedRelease:
    served = releases.served()
    return ServedRelease(served, load_manifest(manifest_of(served)) if served else {})


def _start_folder(new: Path, expendable: Path | None) -> Manifest:
    """Creates the folder of a new release, from an expendable one if there is one; returns the manifest of its files.

    Starting from an old release saves linking every file, which takes longer than the rest of a large region's cycle.
    """
    manifest = load_manifest(manifest_of(expendable)) if expendable else {}
    if expendable and manifest:
        manifest_of(expendable).unlink()
        expendable.rename(new)
        return manifest
    new.mkdir()
    return {}


def _release(path: Path, manifest: Manifest, made: int) -> Release:
    return Release(path, len(manifest), sum(file.size for file in manifest.values()), made, manifest)


def _list_changes(release: Path, before: Manifest, now: Manifest) -> None:
    """Lists the URL paths that a cache should purge: new, changed, and removed ones."""
    changed = {
        path
        for path, entry in now.items()
        if (old := before.get(path)) is None or old.content_hash != entry.content_hash
    }
    changed |= before.keys() - now.keys()
    lines = sorted("/" + re.sub(r"(^|/)index\.html$", r"\1", path) + "\n" for path in changed)
    changes_of(release).write_text("".join(lines), encoding="utf-8")
