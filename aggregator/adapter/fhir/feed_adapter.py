"""The base class for SMART Scheduling Links feeds: fetches the files of a manifest and joins their records.

A file that cannot be fetched or is damaged is lost alone, and makes the visit partial.
"""

from collections.abc import Iterable
from typing import ClassVar

from aggregator.adapter.base import Adapter
from aggregator.adapter.fhir.feed import Feed, Joined
from aggregator.adapter.fhir.manifest import KINDS, outputs
from aggregator.adapter.page import Page
from aggregator.adapter.protocols import Fetch, Pages, SourceInfo
from aggregator.errors import RecordError


class FeedAdapter(Adapter):
    """Base class: one row for each Location in the region; `row.value` is a `Joined`, or its error.

    `row.page` is the manifest. The option `service_type` is the code or name of the service to read.
    """

    options: ClassVar = {"service_type": ()}
    may_be_empty = True  # a valid manifest whose files list no location in the region

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        manifest = await fetch(source.url)
        feed = Feed(manifest.url, source.states, source.options.get("service_type", ""))
        files = outputs(manifest.json, manifest.url, source.states)
        for file in sorted(files, key=lambda file: KINDS.index(file.kind)):
            if feed.wants(file.kind):
                page = await fetch.try_fetch(file.url)
                feed.add(file, page.text if page else None)
        for loss in feed.losses():
            fetch.damaged(loss.url, loss.reason)
        yield manifest.with_context(feed)

    def rows_of(self, page: Page) -> Iterable[Joined | RecordError]:
        feed: Feed = page.context
        return feed.rows()
