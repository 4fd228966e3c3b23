"""The releases on disk, and which of them is served.

`<out>.releases/` holds a folder for each release. Next to each, `<name>.files` is its manifest and `<name>.changed`
lists the URL paths whose content it changed. `.order` names the releases in the order in which they were served. `out`
is a symbolic link to the served one, replaced atomically (rename(2)).

Only folders with the name of a release and unfinished files of killed processes are ever removed.
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
    """The releases of `out`; PublishError if `out` is "." or "..", which cannot become links."""

    def __init__(self, out: Path) -> None:
        if out.name in ("", ".."):
            raise PublishError(f"{out}: cannot become a link to a release; name a folder with --out")
        self.out = out
        self.folder = out.with_name(out.name + ".releases")

    def check(self) -> None:
        """Raises PublishError if `out` holds anything else: the link only replaces an older link or an empty folder."""
        if not self.out.is_symlink() and self.out.exists() and (not self.out.is_dir() or any(self.out.iterdir())):
            raise PublishError(
                f"{self.out}: is not a release but another file or folder, which stays; name another folder with --out"
            )

    def prepare(self) -> None:
        """Creates the folder of releases and removes the unfinished files of killed processes."""
        self.check()
        if self.out.exists() and not self.out.is_symlink():
            self.out.rmdir()
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.glob(UNFINISHED + "*"):
            _remove(path)

    def unfinished(self, name: str) -> Path:
        """Path of an unfinished file or folder; the next process removes it if this one is killed."""
        return self.folder / f"{UNFINISHED}{name}-{os.getpid()}"

    def unused_path(self, at: datetime) -> Path:
        """Path of a new release made at this time; a number tells releases of the same second apart."""
        name = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        existing = {path.name for path in self.folder.iterdir()}
        return self.folder / next(
            one for one in (name, *(f"{name}-{n}" for n in range(2, 1000))) if one not in existing
        )

    def served(self) -> Path | None:
        """Folder of the release being served; None before the first one."""
        return self.out.resolve() if self.out.is_symlink() and self.out.exists() else None

    def earlier(self) -> Path | None:
        """The release that was served before the current one; None if it is not on disk any more."""
        names = self._names()[:-1]
        return self.folder / names[-1] if names else None

    def serve(self, release: Path) -> None:
        """Switches the link to `release`, and makes it the newest unless it was served before."""
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
        """Removes all releases but the served one and the `keep - 1` before it, so also a rolled-back one."""
        names = self._names()[-keep:]
        for path in self._all():
            if _release_of(path) not in names:
                _remove(path)

    def expendable(self, keep: int) -> Path | None:
        """The release whose folder the next one may reuse: a rolled-back one, else the oldest if there are `keep`."""
        names = self._names()
        rolled_back = [path for path in self._all() if path.is_dir() and path.name not in names]
        oldest = [self.folder / names[0]] if 1 < len(names) >= keep else []
        return next(iter((*rolled_back, *oldest)), None)

    def _all(self) -> list[Path]:
        """Every release with its manifest and its list of changes."""
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
        on_disk = [name for name in names if (self.folder / name).is_dir()]
        return on_disk[: on_disk.index(served.name) + 1] if served.name in on_disk else [served.name]


def manifest_of(release: Path) -> Path:
    """Path of the release manifest; outside the folder, so that it is not served."""
    return release.with_name(release.name + FILES)


def changes_of(release: Path) -> Path:
    """Path of the list of URL paths that the release changed."""
    return release.with_name(release.name + CHANGED)


def _release_of(path: Path) -> str:
    """The name of the release that a file or folder belongs to."""
    return path.name.removesuffix(FILES).removesuffix(CHANGED)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
