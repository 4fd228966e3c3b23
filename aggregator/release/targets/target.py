"""The interface of a target."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from aggregator.release.writing import Manifest


class Uploaded(NamedTuple):
    """Files sent, bytes sent, and files (rsync: whole releases) removed from the target."""

    files: int
    size: int
    removed: int


class Target(Protocol):
    """A place to which releases are published."""

    def publish(self, release: Path, manifest: Manifest, at: datetime) -> Uploaded:
        """Makes the target serve the files of `manifest`, as they are in the folder `release`.

        `release` is in the folder of releases, where the target may also keep files of its own. On PublishError the
        target keeps serving the last release.
        """
        ...
