"""iCalendar (RFC 5545): the public calendar in which a health service lists its clinics.

- Official: the service's own calendar; no key.
- Fills in: future clinics with their hours, the sign-up link, the vaccines that the description names, and the
  description as a restriction ("Pfizer (Age 12+)", "Entrance A").
- Cannot fill in: counts.
- A future clinic is YES, a tentative one UNKNOWN, a cancelled one NO. Past events and events without a location
  ("Busy") are skipped.
- Repeating events are expanded for eight weeks. An event that we cannot read, or that repeats more than 500 times in
  these weeks, counts as a failed row.
"""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from aggregator.adapter import Adapter, Available, Listing, Page, Row, SlotListing, attr, fragment, ics, read, vaccines

STATUS = {"CANCELLED": Available.NO, "TENTATIVE": Available.UNKNOWN}
LONGEST = 10_000  # characters; the rest of a description is ignored


class Ics(Adapter):
    name = "ics"
    title = "iCalendar"
    expects = ("BEGIN:VCALENDAR", "END:VCALENDAR")
    reads_calendars = True
    may_be_empty = True  # a complete calendar without events is legitimate

    def rows_of(self, page: Page) -> Iterable[ics.Event]:
        return ics.events(page.text, page.url)

    def listing(self, row: Row) -> Listing | None:
        event: ics.Event = row.value
        if not event.text("LOCATION"):
            return None
        now, zone = row.page.answer.fetched_at, ZoneInfo(row.source.time_zone)
        times = event.times(now, zone)
        if not times:
            return None
        note = fragment((event.text("DESCRIPTION") or event.text("X-ALT-DESC"))[:LONGEST].replace("<br>", "\n"))
        url = read.first_link(attr(note, "a[href]", "href"), event.text("URL"))
        note.strip_tags(["a"], recursive=True)
        lines = note.body.text().splitlines() if note.body else []
        terms = "\n".join(line for line in lines if not line.rstrip().endswith(":"))  # labels of links
        available = STATUS.get(event.text("STATUS").upper())
        products = vaccines.named_in(terms)
        return Listing(
            name=event.text("SUMMARY"),
            address=event.text("LOCATION"),
            booking_url=url,
            external_ids=((self.name, event.id),) if event.id else (),
            complete=event.complete(now, zone),
            slots=tuple(
                SlotListing(
                    start=time.start,
                    end=time.end,
                    available=available,
                    products=products,
                    booking_url=url,
                    restrictions=terms,
                )
                for time in times
            ),
        )
