"""One rendering of the site in one language: what every view needs to say things."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from aggregator.config import Region
from aggregator.model import Snapshot
from aggregator.wording.calendar import LocalDates
from aggregator.wording.languages import Language, language
from aggregator.wording.words import Words


class RenderContext:
    """`words` says things, `time` is the region's; `public_urls` are where a person looks at each source."""

    def __init__(self, site_language: Language, zone: ZoneInfo, now: datetime, public_urls: Mapping[str, str]) -> None:
        self.language = site_language
        self.words = _words(site_language)
        self.time = LocalDates(site_language, zone, now)
        self.public_urls = public_urls
        self._calendars = {zone.key: self.time}

    def local(self, zone: str) -> LocalDates:
        """The calendar of an IANA zone."""
        if zone not in self._calendars:
            self._calendars[zone] = LocalDates(self.language, ZoneInfo(zone), self.time.now)
        return self._calendars[zone]


def render_context(snapshot: Snapshot, region: Region, tag: str) -> RenderContext:
    """What every view needs to say things in the language `tag` of what is known at the snapshot's instant."""
    public_urls = {source.name: source.url for source in snapshot.sources}
    return RenderContext(language(tag, region.country), region.zone, snapshot.generated_at, public_urls)


@lru_cache
def _words(site_language: Language) -> Words:
    return Words(site_language)
