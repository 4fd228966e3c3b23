"""A release: one complete published folder, switched in atomically.

A release is written beside the others under a name that is not served, then the link `out` is switched to it; so a
process killed at any instant leaves the last release served whole. The last ones are kept, for `aggregator rollback`.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from aggregator.errors import PublishError
from aggregator.faults import RAISE_ALL, Faults
from aggregator.published_file import File
from aggregator.release.disk import Folder, untouched
from aggregator.release.releases import Kept, changed_of, files_of
from aggregator.release.targets.target import Uploaded
from aggregator.release.writing import Manifest, Writer, load_manifest, save_manifest
from aggregator.serving.headers import ASSETS
from aggregator.store.lock import LockHeld, hold_lock, open_lock_file

KEEP = 3
LOCK = ".lock"  # beside the releases


class Release(NamedTuple):
    """What was published: where, how many files and bytes (without their compressed twins), how many made anew.

    `sent` is what the region's target got of it.
    """

    path: Path
    files: int
    size: int
    made: int
    manifest: Manifest
    sent: Uploaded = Uploaded(0, 0, 0)


@contextmanager
def only_publisher(out: Path) -> Iterator[None]:
    """Holds the lock of the releases of `out`; PublishError at once if another process, on any database, holds it.

    Where no lock can be made, nothing can be published either, and that is for `publish` to say.
    """
    path = Kept(out).folder / LOCK
    try:
        file = open_lock_file(path)
    except OSError:
        file = None
    try:
        with hold_lock(file) if file else nullcontext():
            yield
    except LockHeld as error:
        raise PublishError(
            f"{out}: process {error.holder} publishes there, perhaps from another database, and holds {path}; "
            "give each database a folder of its own with --out, or wait for that process"
        ) from None


def publish(files: Iterable[File], out: Path, at: datetime, keep: int = KEEP, faults: Faults = RAISE_ALL) -> Release:
    """Writes `files` as a new release of `out` and switches to it; `keep` releases stay, with this one.

    A file that cannot be made is left out and noted in `faults`. PublishError says what stands in the way of the whole;
    the release before stays served.
    """
    kept = Kept(out)
    try:
        kept.make_room()
        last = kept.served()
        known = load_manifest(files_of(last)) if last else {}
        final = kept.free(at)
        new = kept.unfinished(final.name)
        writer = Writer(new, last, known, _begin(new, kept.unneeded(keep)), at, faults)
        for file in files:
            writer.write(file)
        writer.finish()
        save_manifest(writer.manifest, files_of(final))
        _list_changed(final, known, writer.manifest)
        new.rename(final)
        kept.serve(final)
        kept.prune(keep)
    except OSError as error:
        raise PublishError(
            f"{out}: the release cannot be written ({error}); the last one stays served. "
            "Free some space or name a folder you may write with --out"
        ) from error
    return _release(final, writer.manifest, writer.made)


def _begin(new: Path, old: Path | None) -> Manifest:
    """Makes the folder of a new release, where it can be out of an `old` one; what it holds then."""
    there = load_manifest(files_of(old)) if old else {}
    if old and there and untouched(old, there, files_of(old)):
        files_of(old).unlink()
        old.rename(new)
        return there
    new.mkdir()
    return {}


def get_ready(release: Release, out: Path, keep: int = KEEP) -> None:
    """Copies a release that is served, as links, so that the next ones can be made out of that; there may be no room.

    A first release of a large region has a million files: what the next would have to wait for is done before.
    """
    kept = Kept(out)
    for place in kept.missing(keep):
        new = kept.unfinished(place.name)
        try:
            new.mkdir()
            folder = Folder(new)
            if not all(folder.take_over(release.path, path) for path in release.manifest):
                return kept.discard(new)
            new.rename(place)
            save_manifest(release.manifest, files_of(place))
        except OSError:
            kept.discard(new)
            return kept.discard(place)


def earlier(out: Path) -> Release:
    """The release that was served before this one, ready to be served again; PublishError where there is none.

    The assets of the one that is served are linked into it: pages of it, in some cache, still ask for them.
    """
    kept = Kept(out)
    served, release = kept.served(), kept.earlier()
    if served is None or release is None:
        raise PublishError(
            f"{out}: there is no earlier release to go back to; `keep_releases` of the region file says how many stay"
        )
    leaving, manifest = load_manifest(files_of(served)), load_manifest(files_of(release))
    if not (leaving and manifest):
        raise PublishError(
            f"{kept.folder}: the list of what {served.name} or {release.name} holds cannot be read; "
            "run `aggregator publish` for a whole release"
        )
    try:
        folder = Folder(release)
        for path in leaving.keys() - manifest.keys():
            if path.startswith(ASSETS) and folder.take_over(served, path):
                manifest[path] = leaving[path]
        save_manifest(manifest, files_of(release))
        _list_changed(release, leaving, manifest)
    except OSError as error:
        raise PublishError(f"{release}: cannot be made ready ({error}); free some space") from error
    return _release(release, manifest, made=0)


def serve(release: Path, out: Path) -> None:
    """Switches `out` to a release that is kept."""
    try:
        Kept(out).serve(release)
    except OSError as error:
        raise PublishError(f"{out}: cannot be switched to {release.name} ({error}); it serves what it did") from error


def check_writable(out: Path) -> None:
    """PublishError where a release of `out` could not be written."""
    kept = Kept(out)
    try:
        kept.check()
        kept.folder.mkdir(parents=True, exist_ok=True)
        probe = kept.unfinished("probe")
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise PublishError(f"{out}: cannot be written to ({error}); name a folder you may write with --out") from error


def _release(path: Path, manifest: Manifest, made: int) -> Release:
    return Release(path, len(manifest), sum(file.size for file in manifest.values()), made, manifest)


def _list_changed(release: Path, before: Manifest, now: Manifest) -> None:
    """Writes the addresses that a cache should forget: of what is new, holds something else, or is gone."""
    changed = {path for path, made in now.items() if (old := before.get(path)) is None or old.content != made.content}
    changed |= before.keys() - now.keys()
    lines = sorted("/" + re.sub(r"(^|/)index\.html$", r"\1", path) + "\n" for path in changed)
    changed_of(release).write_text("".join(lines), encoding="utf-8")
