"""Releases: complete published folders, written next to each other and switched atomically.

`publisher` runs one publication, from the list of files to the switch. `writing` renders or links each file and keeps
the manifest; `compress` makes the precompressed copies, `disk` the files. `releases` keeps the folders and says which
one is served. `site_region` keeps one region from replacing another's site. `targets` sends a release to another
machine or a bucket.

Other rooms use `publish`, then `target_of(…).publish`; `release_before` and `serve` roll back; the checks run first.
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
