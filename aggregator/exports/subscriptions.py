"""Lists the files that people subscribe to: a calendar per place, and Atom feeds, in the region's first language."""

from collections.abc import Iterator
from functools import partial

from aggregator.config import Region
from aggregator.exports.atom import Feeds
from aggregator.exports.ics import calendar_file
from aggregator.faults import RAISE_ALL, Faults
from aggregator.geography import Atlas
from aggregator.model import Snapshot
from aggregator.published_file import ContentKeys, File, digest
from aggregator.wording import render_context, site_root


def subscription_files(
    snapshot: Snapshot, region: Region, content_keys: ContentKeys, atlas: Atlas, faults: Faults = RAISE_ALL
) -> Iterator[File]:
    """Every calendar file and feed, under each id that a place has or had, so that old subscriptions keep working."""
    places = (*snapshot.places, *snapshot.gone)
    context, site = render_context(snapshot, region, region.languages[0]), site_root(region.url)
    shared = digest(region.url, context.language.tag)
    for place in places:
        page = f"{site}place/{place.id}/" if site else ""
        make = partial(calendar_file, place, page, context)
        for name in (place.id, *place.aliases):
            yield File(f"place/{name}/slots.ics", shared + content_keys[place.id], make, dated=False)
    feeds = Feeds(region, context, content_keys, faults)
    yield from feeds.files(places, atlas.codes_nearby())
