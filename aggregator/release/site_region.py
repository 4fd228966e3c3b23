"""Checks which region a release belongs to, so that no region replaces the site of another."""

from pathlib import Path

import msgspec

from aggregator.config import Region
from aggregator.errors import ConfigError

FRESHNESS = "freshness.json"


class SiteRegion(msgspec.Struct, frozen=True):
    """The fields of `freshness.json` that name the region of a release."""

    region: str
    made_up: bool = False


def region_of_site(folder: Path) -> SiteRegion | None:
    """The region of the release in `folder`; None if there is no release or its `freshness.json` is unreadable."""
    try:
        return msgspec.json.decode((folder / FRESHNESS).read_bytes(), type=SiteRegion)
    except (OSError, msgspec.MsgspecError):
        return None


def check_site(out: Path, region: Region) -> None:
    """Raises ConfigError if `out` serves another region, unless that one is made up."""
    served = region_of_site(out)
    if served and served.region != region.name and not served.made_up:
        raise ConfigError(
            f"{out}: serves the site of region {served.region!r}, which {region.name!r} must not replace; give each "
            f"region a folder of its own with --out, or remove the site: rm -r {out} {out}.releases"
        )


def check_earlier(release: Path, region: Region) -> None:
    """Raises ConfigError if the release to roll back to belongs to another region, as after a demo."""
    found = region_of_site(release)
    if found and found.region != region.name:
        raise ConfigError(
            f"{release}: belongs to region {found.region!r}, so {region.name!r} can't go back to it; "
            "wait for the next cycle"
        )
