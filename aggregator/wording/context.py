"""What every view needs for one rendering of the site in one language."""

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
    """`words`: the sentences. `time`: dates in the region's zone. `public_urls`: source -> the page for people.

    `shows_kinds`: whether the page names the kind of each place.
    """

    def __init__(
        self,
        site_language: Language,
        zone: ZoneInfo,
        now: datetime,
        public_urls: Mapping[str, str],
        *,
        shows_kinds: bool = True,
    ) -> None:
        self.language = site_language
        self.words = _words(site_language)
        self.time = LocalDates(site_language, zone, now)
        self.public_urls = public_urls
        self.shows_kinds = shows_kinds
        self._calendars = {zone.key: self.time}

    def local(self, zone: str) -> LocalDates:
        """The dates and times of an IANA time zone."""
        if zone not in self._calendars:
            self._calendars[zone] = LocalDates(self.language, ZoneInfo(zone), self.time.now)
        return self._calendars[zone]


def render_context(snapshot: Snapshot, region: Region, tag: str) -> RenderContext:
    """The context for rendering a snapshot in the language `tag`; its "now" is the time of the snapshot."""
    public_urls = {source.name: source.url for source in snapshot.sources}
    return RenderContext(
        language(tag, region.country),
        region.zone,
        snapshot.generated_at,
        public_urls,
        shows_kinds="kind" in region.service.choices,
    )


@lru_cache
def _words(site_language: Language) -> Words:
    return Words(site_language)
