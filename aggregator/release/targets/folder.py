"""The default target: the folder of `--out`, which a web server on this machine serves."""

from datetime import datetime
from pathlib import Path

from aggregator.release.targets.target import Uploaded
from aggregator.release.writing import Manifest


class FolderTarget:
    """Sends nothing: the switched link is the publication."""

    def publish(self, release: Path, manifest: Manifest, at: datetime) -> Uploaded:
        return Uploaded(0, 0, 0)
