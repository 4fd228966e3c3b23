"""The releases kept beside `out`, and which of them is served.

`<out>.releases/` has a folder for each release. Beside each, `<name>.files` is its manifest and `<name>.changed` lists
the addresses whose content it changed. `.order` names the releases in the order in which they were served. `out` is a
link to one of them, replaced in one step (rename(2)).

Only folders with the name of a release, and what a killed process left unfinished, are ever removed.
"""

import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from aggregator.errors import PublishError

UNFINISHED = ".unfinished-"
ORDER = ".order"
FILES, CHANGED = ".files", ".changed"
RELEASE = re.compile(r"\d{8}T\d{6}Z(-\d+)?")


class Releases:
    """The releases of `out`; PublishError for "." and "..", which cannot become links."""

    def __init__(self, out: Path) -> None:
        if out.name in ("", ".."):
            raise PublishError(f"{out}: has no name that a link to a release could have; name a folder with --out")
        self.out = out
        self.folder = out.with_name(out.name + ".releases")

    def check(self) -> None:
        """PublishError if `out` belongs to somebody else: the link may replace an empty folder and nothing more."""
        if not self.out.is_symlink() and self.out.exists() and (not self.out.is_dir() or any(self.out.iterdir())):
            raise PublishError(
                f"{self.out}: is not a release but a file or folder of its own; name another folder with --out"
            )

    def prepare(self) -> None:
        """Creates the folder of releases, and removes what a killed process left in it."""
        self.check()
        if self.out.exists() and not self.out.is_symlink():
            self.out.rmdir()
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.glob(UNFINISHED + "*"):
            _remove(path)

    def unfinished(self, name: str) -> Path:
        """A path for something unfinished, which the next process removes if this one is killed."""
        return self.folder / f"{UNFINISHED}{name}-{os.getpid()}"

    def unused_path(self, at: datetime) -> Path:
        """The path of a new release made at this time."""
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
        """Removes all releases but the last `keep` up to the one being served; one that was taken back goes, too."""
        names = self._names()[-keep:]
        for path in self._all():
            if _release_of(path) not in names:
                _remove(path)

    def expendable(self, keep: int) -> Path | None:
        """The release to build the next one from: one that was taken back, or the oldest if there are `keep`."""
        names = self._names()
        taken_back = [path for path in self._all() if path.is_dir() and path.name not in names]
        oldest = [self.folder / names[0]] if 1 < len(names) >= keep else []
        return next(iter((*taken_back, *oldest)), None)

    def _all(self) -> list[Path]:
        """Every release and the files beside it."""
        return [path for path in self.folder.iterdir() if RELEASE.fullmatch(_release_of(path))]

    def _names(self) -> list[str]:
        """Names of the releases on disk, from the oldest to the one being served."""
        served = self.served()
        if served is None:
            return []
        try:
            names = (self.folder / ORDER).read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError):
            names = []
        there = [name for name in names if (self.folder / name).is_dir()]
        return there[: there.index(served.name) + 1] if served.name in there else [served.name]


def manifest_of(release: Path) -> Path:
    """Path of the release manifest; beside the release, so that it is not served."""
    return release.with_name(release.name + FILES)


def changes_of(release: Path) -> Path:
    """Path of the list of addresses that the release changed."""
    return release.with_name(release.name + CHANGED)


def _release_of(path: Path) -> str:
    """The name of the release that a file or folder belongs to."""
    return path.name.removesuffix(FILES).removesuffix(CHANGED)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
