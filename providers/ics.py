"""iCalendar (RFC 5545): the public calendar in which a health service keeps its clinics.

Official: the service's own calendar, no key. Fills in: clinics to come with their hours, the sign-up link, the vaccines
that the description names, and the description as restriction ("Pfizer (Age 12+)", "Entrance A"). Cannot: counts; a
clinic to come is offered, a tentative one unknown, a cancelled one not available. What has no place ("Busy") or is over
is left out. Events that repeat are followed for eight weeks. An event that cannot be read, or that repeats more than
500 times in these weeks, is counted as unread.
"""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from aggregator.adapter import Adapter, Available, Listing, Page, Row, SlotListing, attr, fragment, ics, read

STATUS = {"CANCELLED": Available.NO, "TENTATIVE": Available.UNKNOWN}
LONGEST = 10_000  # characters of a description that are read


class Ics(Adapter):
    name = "ics"
    title = "iCalendar"
    expects = ("BEGIN:VCALENDAR", "END:VCALENDAR")
    reads_calendars = True
    may_be_empty = True  # a whole calendar without an event

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
        said = "\n".join(line for line in lines if not line.rstrip().endswith(":"))  # which led to the link
        available = STATUS.get(event.text("STATUS").upper())
        products = read.vaccines_in(said)
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
                    restrictions=said,
                )
                for time in times
            ),
        )
