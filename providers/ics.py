"""iCalendar (RFC 5545): the public calendar in which a health service keeps its clinics.

Official: the service's own calendar, no key. Fills in: clinics to come with their hours, the sign-up link, the vaccines
that the description names, and the description as restriction ("Pfizer (Age 12+)", "Entrance A"). Cannot: counts; a
clinic to come is offered, a tentative one unknown, a cancelled one not available. What has no place ("Busy") or is over
is left out. Daily and weekly events are followed for eight weeks; what repeats otherwise is counted as unread.
"""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from aggregator.adapter import (
    Adapter,
    Available,
    Fetch,
    Html,
    Listing,
    Page,
    RecordError,
    SlotListing,
    SourceInfo,
    attr,
    vaccines_in,
)

AHEAD = timedelta(weeks=8)
PROPERTY = re.compile(r'^([\w-]+)((?:;[\w-]+=(?:"[^"]*"|[^":;]*))*):(.*)', re.MULTILINE)
WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FOLLOWED = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}
STATUS = {"CANCELLED": Available.NO, "TENTATIVE": Available.UNKNOWN}
ZONES = available_timezones()

Event = defaultdict[str, list[tuple[str, str]]]  # property -> parameters and value, each time that it stands there


class Ics(Adapter):
    name = "ics"
    title = "iCalendar"
    expects = ("BEGIN:VCALENDAR", "END:VCALENDAR")

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        self.today = fetch.today
        yield await fetch(source.url)

    def rows_of(self, page: Page) -> list[Event]:
        events = list(_events(page.text))
        moved: Event = defaultdict(list)  # UID of a series -> its RECURRENCE-IDs
        for event in events:
            moved[_value(event, "UID")] += event["RECURRENCE-ID"]
        for event in events:
            if not event["RECURRENCE-ID"]:  # what was moved stands apart, so its old time is left out of the series
                event["EXDATE"] += moved[_value(event, "UID")]
        return events

    def says_empty(self, page: Page) -> bool:
        return True  # a whole calendar without an event

    def listing(self, row: Event, page: Page, source: SourceInfo) -> Listing | None:
        times = list(_times(row, self.today))
        if not (times and row["LOCATION"]):
            return None
        note = Html(_value(row, "DESCRIPTION").replace("<br>", "\n"))
        url = attr(note, "a[href]", "href") or _value(row, "URL")
        note.strip_tags(["a"], recursive=True)
        lines = note.body.text().splitlines() if note.body else []
        said = "\n".join(line for line in lines if not line.rstrip().endswith(":"))  # which led to the link
        return Listing(
            name=_value(row, "SUMMARY"),
            address=_value(row, "LOCATION"),
            booking_url=url,
            external_ids=((self.name, f"{_value(row, 'UID')} {_value(row, 'DTSTART')}"),),
            slots=tuple(
                SlotListing(
                    start=start,
                    end=end,
                    available=STATUS.get(_value(row, "STATUS")),
                    products=vaccines_in(said),
                    booking_url=url,
                    restrictions=said,
                )
                for start, end in times
            ),
        )


def _events(calendar: str) -> Iterator[Event]:
    """The events of a calendar. A line that begins with a blank goes on with the one before; alarms are no events."""
    whole = re.sub(r"\r?\n[ \t]", "", calendar)
    for block in re.findall(r"^BEGIN:VEVENT(.*?)^END:VEVENT", whole, re.MULTILINE | re.DOTALL):
        event: Event = defaultdict(list)
        for name, parameters, value in PROPERTY.findall(block.partition("BEGIN:VALARM")[0]):
            event[name.upper()].append((parameters, value.strip()))
        yield event


def _value(event: Event, name: str) -> str:
    raw = event[name][0][1] if event[name] else ""
    return re.sub(r"\\(.)", lambda escaped: "\n" if escaped[1] in "nN" else escaped[1], raw)


def _moments(event: Event, name: str) -> list[datetime]:
    """Midnight for a day; naive, and so the source's, where no zone is named that is known here."""
    return [_moment(value, parameters) for parameters, values in event[name] for value in values.split(",")]


def _moment(value: str, parameters: str) -> datetime:
    moment, zone = datetime.fromisoformat(value), re.search(r'TZID="?([^;"]+)', parameters)
    if zone and zone[1] in ZONES and moment.tzinfo is None:  # Outlook writes "Eastern Standard Time"
        return moment.replace(tzinfo=ZoneInfo(zone[1]))
    return moment


def _times(event: Event, today: date) -> Iterator[tuple[str, str]]:
    """Start and end of the times of an event that are not over; of whole days the first and the last."""
    first, left_out = _moments(event, "DTSTART")[0], _moments(event, "EXDATE")
    days = "T" not in _value(event, "DTSTART")
    lengths = [end - first - timedelta(days=days) for end in _moments(event, "DTEND")]  # of days: to the day after
    repeats = _value(event, "RRULE")
    for start in _starts(first, repeats, today) if repeats else [first]:
        end = start + lengths[0] if lengths else start
        if start not in left_out and end.date() >= today:
            written = [f"{moment:%Y-%m-%d}" if days else moment.isoformat() for moment in (start, end)]
            yield written[0], written[1] if end > start else ""


def _starts(first: datetime, repeats: str, today: date) -> Iterator[datetime]:
    """The times of a repeated event until eight weeks from `today`, past ones too; RecordError for other kinds."""
    rule = dict(part.split("=", 1) for part in repeats.split(";"))
    until = rule.get("UNTIL", "9").ljust(16, "~")
    if rule["FREQ"] not in ("DAILY", "WEEKLY") or rule.keys() - FOLLOWED or first.year < today.year - 10:
        if f"{today:%Y%m%d}" <= until:
            raise RecordError("RRULE", repeats, "is neither daily nor weekly, or older than ten years")
        return
    interval, left = int(rule.get("INTERVAL", 1)), int(rule.get("COUNT", 10_000))
    weekly = rule["FREQ"] == "WEEKLY"
    days = rule["BYDAY"].split(",") if "BYDAY" in rule else [WEEK[first.weekday()]] if weekly else WEEK
    into_week = (first.weekday() - WEEK.index(rule.get("WKST", "MO"))) % 7
    for number in range((today + AHEAD - first.date()).days):
        start = first + timedelta(days=number)
        due = (number + into_week) // 7 if weekly else number
        if due % interval or WEEK[start.weekday()] not in days:
            continue
        utc = start.astimezone(UTC) if start.tzinfo else start  # UNTIL is in UTC where the start has a zone
        if not left or f"{utc:%Y%m%dT%H%M%S}" > until:
            return
        left -= 1
        yield start
