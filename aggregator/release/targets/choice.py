"""From the region file's `[target]` to what publishes there."""

from aggregator.config.destination import S3, Destination, Rsync
from aggregator.release.targets.folder import FolderTarget
from aggregator.release.targets.rsync import RsyncTarget
from aggregator.release.targets.s3 import S3Target
from aggregator.release.targets.target import Target


def target_of(destination: Destination) -> Target:
    """Asks nothing of the target yet."""
    if isinstance(destination, Rsync):
        return RsyncTarget(destination)
    return S3Target(destination) if isinstance(destination, S3) else FolderTarget()
