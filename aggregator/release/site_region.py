"""Which region the published site is of, so that no other region's site replaces it."""

from pathlib import Path

import msgspec

from aggregator.config import Region
from aggregator.errors import ConfigError

FRESHNESS = "freshness.json"


class SiteRegion(msgspec.Struct, frozen=True):
    """What `freshness.json` says about the region of a release."""

    region: str
    made_up: bool = False


def region_of_site(folder: Path) -> SiteRegion | None:
    """The region of the release in `folder`; None if there is none, or it can't be read."""
    try:
        return msgspec.json.decode((folder / FRESHNESS).read_bytes(), type=SiteRegion)
    except (OSError, msgspec.MsgspecError):
        return None


def check_site(out: Path, region: Region) -> None:
    """ConfigError if `out` serves the site of another region; a made-up one gives way to any."""
    served = region_of_site(out)
    if served and served.region != region.name and not served.made_up:
        raise ConfigError(
            f"{out}: serves the site of region {served.region!r}, which {region.name!r} must not replace; give each "
            f"region a folder of its own with --out, or remove the site: rm -r {out} {out}.releases"
        )


def check_earlier(release: Path, region: Region) -> None:
    """ConfigError if a release that is to be served again is of another region, as after a demo."""
    found = region_of_site(release)
    if found and found.region != region.name:
        raise ConfigError(
            f"{release}: is of region {found.region!r}, so {region.name!r} can't go back to it; wait for the next cycle"
        )
