"""What every target can do."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from aggregator.release.writing import Manifest


class Uploaded(NamedTuple):
    """How many files were sent, their bytes as sent, and how many files were removed."""

    files: int
    size: int
    removed: int


class Target(Protocol):
    """A place to which releases are published."""

    def publish(self, release: Path, manifest: Manifest, at: datetime) -> Uploaded:
        """Makes the target serve the files of `manifest`, as they are in the folder `release`.

        `release` stands among the others of its `out`; what this machine has to remember of the target is kept there.
        PublishError says what stands in the way; the target goes on serving what it did.
        """
        ...
