"""What the page says, in English: dates, times, counts, ages, outcomes. The one place a translation has to replace.

Pure functions from values to plain text. Nothing here is escaped; the templates do that.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.model import Available, LocationType, Outcome

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
KINDS = {
    LocationType.PHARMACY: "Pharmacy",
    LocationType.MASS_VAX: "Large site",
    LocationType.CLINIC: "Clinic",
    LocationType.MOBILE_CLINIC: "Mobile clinic",
}
OUTCOMES = {
    Outcome.OK: "Answers",
    Outcome.EMPTY: "Answers, and lists nothing",
    Outcome.BUSY: "Holds people in a line",
    Outcome.BLOCKED: "Does not let us look",
    Outcome.CHANGED: "Has changed its page",
    Outcome.DOWN: "Does not answer",
    None: "Not visited yet",
}
# follows the title of a booking system, or "the booking site"
TROUBLES = {
    Outcome.BUSY: "is holding people in a line",
    Outcome.BLOCKED: "does not let us look",
    Outcome.CHANGED: "has changed its page, and we are on it",
    Outcome.DOWN: "does not answer",
}
DOSES: dict[tuple[str, ...], str] = {("1",): "first dose only", ("2",): "second dose only", ("3",): "third dose only"}
NUMBER_NOT_STATED = "appointments available, number not stated"
NOT_SURE = "not sure whether any are left"
NOT_KNOWN = "not known"
NO_TOWN = "Town not stated"
DIRECTIONS = "Directions"

Words = Callable[[str], str]  # from a host or a phone number to the text of a link


class Calendar:
    """Dates and times of one zone as text, seen from `now` (aware)."""

    def __init__(self, zone: ZoneInfo, now: datetime) -> None:
        self.zone = zone
        self.now = now
        self.today = now.astimezone(zone).date()
        self._stamps: dict[datetime, str] = {}

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def full(self, at: datetime) -> str:
        """`Thursday, May 13 at 10:19 PM EDT`."""
        local = self.local(at)
        day = f"{WEEKDAYS[local.weekday()]}, {MONTHS[local.month - 1]} {local.day}{self._year(local)}"
        return f"{day} at {clock(local)} {local.tzname()}"

    def day(self, day: date) -> str:
        """`Thu May 13`; with the year where it is not this one."""
        return f"{WEEKDAYS[day.weekday()][:3]} {self.short_day(day)}"

    def short_day(self, day: date) -> str:
        """`May 13`; with the year where it is not this one."""
        return f"{MONTHS[day.month - 1][:3]} {day.day}{self._year(day)}"

    def at(self, at: datetime) -> str:
        """`at 10:19 PM`; with the day where it is not today."""
        local = self.local(at)
        other_day = "" if local.date() == self.today else f" on {self.day(local.date())}"
        return f"at {clock(local)}{other_day}"

    def stamp(self, at: datetime) -> str:
        """`May 13, 10:19 PM`."""
        if at not in self._stamps:
            local = self.local(at)
            self._stamps[at] = f"{self.short_day(local.date())}, {clock(local)}"
        return self._stamps[at]

    def before_made(self, at: datetime) -> str:
        """`25 minutes before this page was made`."""
        return f"{age(self.now - at)} before this page was made"

    def days(self, first: date, last: date) -> str:
        """One day, or a span of days of which one is meant."""
        if first == last:
            return self.day(first)
        return f"Some day from {self.short_day(first)} to {self.short_day(last)}; the exact day is not stated"

    def _year(self, day: date) -> str:
        return "" if day.year == self.today.year else f", {day.year}"


def clock(local: datetime) -> str:
    """`10:19 PM`."""
    return f"{local.hour % 12 or 12}:{local.minute:02} {'AM' if local.hour < 12 else 'PM'}"


def hours(first: datetime, last: datetime) -> str:
    return clock(first) if first == last else f"{clock(first)} – {clock(last)}"


def age(span: timedelta) -> str:
    """`25 minutes`, `2 hours`, `3 days`: rounded down, never less than a minute."""
    minutes = max(1, int(span.total_seconds() // 60))
    if minutes < 120:
        return number(minutes, "minute")
    return number(minutes // 60, "hour") if minutes < 48 * 60 else number(minutes // 1440, "day")


def number(count: int, noun: str) -> str:
    """`1 place`, `1,200 places`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def appointments(count: int | None) -> str:
    """How many there are; None: some."""
    return NUMBER_NOT_STATED if count is None else number(count, "appointment")


def total(counts: Sequence[int | None]) -> str:
    """How many the slots of one day add up to, where some may not state their number."""
    stated = [count for count in counts if count is not None]
    if len(stated) == len(counts):
        return appointments(sum(stated))
    return f"at least {appointments(sum(stated))}" if sum(stated) else NUMBER_NOT_STATED


def headline(available: Available, count: int | None, days_stated: bool) -> str:
    """The answer for one place, in a line."""
    if available is not Available.YES:
        return "No appointments" if available is Available.NO else "Not known"
    said = appointments(count)
    return said[0].upper() + said[1:] + ("" if days_stated else "; days not stated")


def answer(available: Available, count: int | None) -> str:
    """The same in a line of history, after the time."""
    if available is Available.YES:
        return appointments(count)
    return "none" if available is Available.NO else "not known"


def unknown(outcome: Outcome | None, expired: bool) -> str:
    """Why the answer for a place is not known."""
    if outcome in TROUBLES:
        return f"Not known: the booking site {TROUBLES[outcome]}"
    if outcome is None:
        return "Not known: not looked at yet"
    return "Not known: our last answer is too old" if expired else "Not known: the booking site does not say"


def checked(available: Available, stale: bool) -> str:
    """Goes before the time we looked."""
    if available is Available.NO:
        return "No appointments when last checked"
    return "Last checked" if stale else "Checked"


def doubt(outcome: Outcome | None, stale: bool) -> str:
    """Goes after the time we looked."""
    if outcome in TROUBLES:
        return f" — since then the booking site {TROUBLES[outcome]}"
    return " — it may have changed" if stale else ""


def book_at(host: str) -> str:
    return f"Book at {host}"


def book_day_at(day: str, host: str) -> str:
    """`day`: "" for a span of days."""
    return f"Book {day} at {host}" if day else book_at(host)


def look_at(host: str) -> str:
    return f"Look yourself at {host}"


def more_at(host: str) -> str:
    return f"More at {host}"


def call_to_book(number: str) -> str:
    return f"Call to book: {number}"


def call(number: str) -> str:
    return f"Call {number}"


def times(starts: Sequence[datetime], limit: int) -> str:
    """`9:00 AM, 9:15 AM and 3 more`."""
    more = f" and {len(starts) - limit:,} more" if len(starts) > limit else ""
    return ", ".join(clock(start) for start in starts[:limit]) + more


def gone(source: str, since: str) -> str:
    return f"No longer listed by {source} since {since}."


def trouble(outcome: Outcome | None, answered: bool) -> str:
    """Why a booking system could not be read, after its title; `answered`: it could at some time before."""
    if outcome is None:
        return "has not been looked at yet; its places may be missing here."
    kept = (
        "what we last knew is shown with its time"
        if answered
        else "its places are missing here, not without appointments"
    )
    return f"{TROUBLES[outcome]}; {kept}."


def summary(offers: int, unknowns: int, places: int) -> str:
    """`8 of 40 places have appointments; 3 are not known.`"""
    said = f"{offers:,} of {number(places, 'place')} {'has' if offers == 1 else 'have'} appointments"
    return f"{said}; {unknowns:,} {'is' if unknowns == 1 else 'are'} not known." if unknowns else f"{said}."


def tagline(service: str, sources: int) -> str:
    article = "an" if service[:1].lower() in "aeiou" else "a"
    return (
        f"Where you can still get {article} {service} appointment, gathered from {number(sources, 'booking system')}."
    )


def no_offers(troubled: int) -> str:
    """What stands where the offers would be, when places are known but none has any."""
    unread = (
        f"We could not read {number(troubled, 'booking system')} just now: look there yourself, the links are above."
        if troubled
        else "Every booking system answered."
    )
    return f"No place we could read has appointments right now. {unread} Look again soon: appointments come and go."


def no_places(troubled: int, sources: int) -> str:
    """What stands there when no place is known at all."""
    if sources == 0:
        return "This site does not read any booking system yet, so it cannot say where appointments are."
    if troubled == sources:
        return (
            "We have not been able to read any booking system yet, so we cannot say where appointments are. "
            "That does not mean that there are none: look there yourself, the links are above."
        )
    unread = " Others could not be read; the links to them are above." if troubled else ""
    return f"The booking systems that answered list no place at the moment.{unread} Look again later."


def restriction_label(days: str) -> str:
    return f"Restriction ({days}):" if days else "Restriction:"


def listed(days: Sequence[str]) -> str:
    """The first three, and how many more."""
    more = f" and {len(days) - 3} more" if len(days) > 3 else ""
    return ", ".join(days[:3]) + more


def first_words(text: str, limit: int) -> str:
    """The beginning of a long text, cut between words."""
    return text if len(text) <= limit else text[:limit].rsplit(None, 1)[0] + " …"


def phone(text: str) -> str:
    """`+14135550100` as people here write it; any other form as it is."""
    if len(text) == 12 and text.startswith("+1") and text[1:].isdigit():
        return f"({text[2:5]}) {text[5:8]}-{text[8:]}"
    return text


def volume(count: int) -> str:
    """Bytes as `812 B`, `45 kB`, `1.3 MB`."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"
