"""Visits of adapters without a recording in this repository, made from the pages of their own tests."""

import json
from collections.abc import Callable

from aggregator import registry
from aggregator.har.document import Content, Entry, Pair, RecordedRequest, RecordedResponse
from aggregator.har.recording import Recording
from aggregator.kit.contract import Subject
from tests.support import pages, smart_feeds


def _prepmod() -> Subject:
    return _subject("prepmod", pages.SEARCH, {pages.SEARCH: pages.search(pages.clinic(note="Town residents only"))})


def _smart_scheduling_links() -> Subject:
    telephone = {"system": "phone", "value": "617-555-0100"}
    place = smart_feeds.location(telecom=[telephone], identifier=[{"system": "https://cdc.gov", "value": "7"}])
    stated = smart_feeds.extension("vaccine-product", "Moderna")
    files = {
        smart_feeds.MANIFEST: smart_feeds.manifest(),
        smart_feeds.LOCATIONS: json.dumps(place),
        smart_feeds.SCHEDULES: json.dumps(smart_feeds.schedule("7", stated)),
        smart_feeds.SLOTS: json.dumps(smart_feeds.slot("7", smart_feeds.extension("slot-capacity", 3, "Integer"))),
    }
    return _subject("smart_scheduling_links", smart_feeds.MANIFEST, files)


MADE: dict[str, Callable[[], Subject]] = {
    "prepmod": _prepmod,
    "smart_scheduling_links": _smart_scheduling_links,
}


def _subject(provider: str, url: str, bodies: dict[str, str]) -> Subject:
    """A visit of a source at `url`; `bodies` by address."""
    entries = tuple(
        Entry(
            started_date_time=pages.NOW,
            request=RecordedRequest(method="GET", url=address),
            response=RecordedResponse(status=200, content=Content(text=body), headers=(_kind(body),)),
        )
        for address, body in bodies.items()
    )
    return Subject(pages.source(url, provider=provider), registry.load(provider), Recording(entries))


def _kind(body: str) -> Pair:
    return Pair("content-type", "text/html" if body.startswith("<") else "application/json")
