"""From the region file's `[target]` to what publishes there."""

from aggregator.config import S3, Destination, Rsync
from aggregator.release.targets.folder import FolderTarget
from aggregator.release.targets.target import Target


def target_of(destination: Destination) -> Target:
    """Asks nothing of the target yet. Imports only what is configured: a cycle in a process of its own pays for it."""
    if isinstance(destination, Rsync):
        from aggregator.release.targets.rsync import RsyncTarget

        return RsyncTarget(destination)
    if isinstance(destination, S3):
        from aggregator.release.targets.s3 import S3Target

        return S3Target(destination)
    return FolderTarget()
