"""The folder of `--out`, served where it is: a release that is switched in there is published."""

from datetime import datetime
from pathlib import Path

from aggregator.release.targets.target import Uploaded
from aggregator.release.writing import Manifest


class FolderTarget:
    """Nothing is left to do for it."""

    def publish(self, release: Path, manifest: Manifest, at: datetime) -> Uploaded:
        return Uploaded(0, 0, 0)
