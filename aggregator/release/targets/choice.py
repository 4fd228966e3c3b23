"""Builds the target that `[target]` of the region file names."""

from aggregator.config import S3, Destination, Rsync
from aggregator.release.targets.folder import FolderTarget
from aggregator.release.targets.target import Target


def target_of(destination: Destination) -> Target:
    """The target, not connected yet. Imports only the configured one, because each cycle may be a new process."""
    if isinstance(destination, Rsync):
        from aggregator.release.targets.rsync import RsyncTarget

        return RsyncTarget(destination)
    if isinstance(destination, S3):
        from aggregator.release.targets.s3 import S3Target

        return S3Target(destination)
    return FolderTarget()
