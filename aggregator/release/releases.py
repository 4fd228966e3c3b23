"""The releases that are kept beside `out`, and which of them is served.

`<out>.releases/` holds a folder for each release; beside it `<name>.files` says what its files were made of, and
`<name>.changed` lists the addresses whose content is not what it was before. `.order` names the releases, the oldest
first. `out` is a link to one of them, replaced in one step (rename(2)). Once there are as many as are kept, the next is
made out of the oldest, so that what has not changed since is neither linked nor removed; until then out of a copy of
the first one (`.next-<n>`), made when that is served. Nothing is ever removed but what bears the name of a release of
ours, and what one of our processes left unfinished.
"""

import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from aggregator.errors import PublishError

UNFINISHED = ".unfinished-"
NEXT = ".next-"
ORDER = ".order"
FILES, CHANGED = ".files", ".changed"
RELEASE = re.compile(r"\d{8}T\d{6}Z(-\d+)?")


class Kept:
    """The releases of `out`; PublishError for "." and "..", which no link can take the place of."""

    def __init__(self, out: Path) -> None:
        if out.name in ("", ".."):
            raise PublishError(f"{out}: has no name that a link to a release could have; name a folder with --out")
        self.out = out
        self.folder = out.with_name(out.name + ".releases")

    def check(self) -> None:
        """PublishError where `out` is somebody's: an empty folder may be replaced by the link, and no other."""
        if not self.out.is_symlink() and self.out.exists() and (not self.out.is_dir() or any(self.out.iterdir())):
            raise PublishError(
                f"{self.out}: is not a release but a file or folder of its own; name another folder with --out"
            )

    def make_room(self) -> None:
        """Makes the folder of releases, and clears what a killed process left in it."""
        self.check()
        if self.out.exists() and not self.out.is_symlink():
            self.out.rmdir()
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.glob(UNFINISHED + "*"):
            _remove(path)

    def unfinished(self, name: str) -> Path:
        """Where to write what nobody may take for finished."""
        return self.folder / f"{UNFINISHED}{name}-{os.getpid()}"

    def free(self, at: datetime) -> Path:
        """Where a release of this instant belongs."""
        name = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        taken = {path.name for path in self.folder.iterdir()}
        return self.folder / next(one for one in (name, *(f"{name}-{n}" for n in range(2, 1000))) if one not in taken)

    def served(self) -> Path | None:
        return self.out.resolve() if self.out.is_symlink() and self.out.exists() else None

    def earlier(self) -> Path | None:
        """The release that was served before this one, if it is still there."""
        names = self._names()[:-1]
        return self.folder / names[-1] if names else None

    def serve(self, release: Path) -> None:
        """Switches to `release`."""
        names = self._names()
        if release.name not in names:
            unfinished = self.unfinished("order")
            unfinished.write_text("\n".join([*names, release.name]), encoding="utf-8")
            os.replace(unfinished, self.folder / ORDER)
        link = self.out.with_name(f".{self.out.name}.{os.getpid()}")
        link.unlink(missing_ok=True)
        link.symlink_to(Path(release.parent.name) / release.name)
        os.replace(link, self.out)

    def prune(self, keep: int) -> None:
        """Leaves the last `keep` releases up to the one that is served; one that was taken back goes, too.

        Of copies it leaves no more than the next releases need.
        """
        names = self._names()[-keep:]
        for path in self._ours():
            if _release_of(path) not in names:
                _remove(path)
        for path in self._copies()[keep - len(names) :]:
            self.discard(path)

    def discard(self, release: Path) -> None:
        """Removes what is not served, and first of all what says that it is whole."""
        for path in (files_of(release), release):
            _remove(path)

    def unneeded(self, keep: int) -> Path | None:
        """What goes with the next release: one that was taken back, a copy, or the oldest where `keep` are there."""
        names = self._names()
        back = [path for path in self._ours() if path.is_dir() and path.name not in names]
        oldest = [self.folder / names[0]] if 1 < len(names) >= keep else []
        return next(iter((*back, *self._copies(), *oldest)), None)

    def missing(self, keep: int) -> list[Path]:
        """Where copies belong that the next releases can be made out of, until `keep` releases are there."""
        copies = self._copies()
        places = (self.folder / f"{NEXT}{number}" for number in range(1, keep))
        return [place for place in places if place not in copies][: max(0, keep - len(self._names()) - len(copies))]

    def _copies(self) -> list[Path]:
        return sorted(path for path in self.folder.glob(NEXT + "*") if path.is_dir())

    def _ours(self) -> list[Path]:
        """The releases, and the files beside them."""
        return [path for path in self.folder.iterdir() if RELEASE.fullmatch(_release_of(path))]

    def _names(self) -> list[str]:
        """Of the releases that are there, from the oldest to the one that is served."""
        served = self.served()
        if served is None:
            return []
        try:
            names = (self.folder / ORDER).read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError):
            names = []
        there = [name for name in names if (self.folder / name).is_dir()]
        return there[: there.index(served.name) + 1] if served.name in there else [served.name]


def files_of(release: Path) -> Path:
    """Where it stands what the files of a release were made of; beside it, so that it is not served."""
    return release.with_name(release.name + FILES)


def changed_of(release: Path) -> Path:
    """Where it stands which addresses a release changed."""
    return release.with_name(release.name + CHANGED)


def _release_of(path: Path) -> str:
    """The name of the release that a file or folder is of."""
    return path.name.removesuffix(FILES).removesuffix(CHANGED)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
