"""A release: the complete published folder, written with its precompressed copies, switched in atomically, and sent on.

`publisher` makes and switches one; `releases` knows those that are kept; `targets/` sends one to another machine or to
a bucket.
"""

from aggregator.release.publisher import Release, check_writable, only_publisher, publish, release_before, serve
from aggregator.release.site_region import check_earlier, check_site
from aggregator.release.targets.choice import target_of

__all__ = [
    "Release",
    "check_earlier",
    "check_site",
    "check_writable",
    "only_publisher",
    "publish",
    "release_before",
    "serve",
    "target_of",
]
