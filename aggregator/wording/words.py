"""What the pages say of places and booking systems, in any language: sentences from values.

Nothing here is escaped; the templates do that. `message` marks an English text for the catalogues where it stands.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from aggregator.model import Available, LocationType, Outcome, Slot, Stage
from aggregator.wording.calendar import LocalDates
from aggregator.wording.languages import Language


def message(english: str) -> str:
    """Marks a text for translation; it is said later."""
    return english


KINDS = {
    LocationType.PHARMACY: message("Pharmacy"),
    LocationType.MASS_VAX: message("Large site"),
    LocationType.CLINIC: message("Clinic"),
    LocationType.MOBILE_CLINIC: message("Mobile clinic"),
}
OUTCOMES = {
    Outcome.OK: message("Answers"),
    Outcome.EMPTY: message("Answers, and lists nothing"),
    Outcome.BUSY: message("Holds people in a line"),
    Outcome.BLOCKED: message("Does not let us look"),
    Outcome.CHANGED: message("Has changed its page"),
    Outcome.DOWN: message("Does not answer"),
    None: message("Not visited yet"),
}
# each a whole sentence: what follows a title in one language stands before it in another
FAILURES = {
    Outcome.BUSY: message("The booking site is holding people in a line"),
    Outcome.BLOCKED: message("The booking site does not let us look"),
    Outcome.CHANGED: message("The booking site has changed its page, and we are on it"),
    Outcome.DOWN: message("The booking site does not answer"),
}
# what it means for a reader that something was left out
LEFT_OUT = {
    Stage.MATCHING: message("May be listed twice: we could not compare it with other places"),
    Stage.SNAPSHOT: message("Not shown, or not in full: we could not read what we stored about it"),
    Stage.LISTS: message("Not in our lists: we could not display it"),
    Stage.EXPORTS: message("Not in some data files or feeds: we could not write it there"),
    Stage.FILES: message("Page or file missing: we could not create it"),
}
BETWEEN = " · "  # two sayings in a line: unlike a full stop or a semicolon it is right in every script
# what the appointments of a region may be for (`service`); others are said as the region file has them
SERVICES = frozenset({message("vaccination"), message("COVID-19 vaccination"), message("flu vaccination")})
DOSES = {
    ("1",): message("first dose only"),
    ("2",): message("second dose only"),
    ("3",): message("third dose only"),
    ("booster",): message("booster only"),
}


class Words:
    """The sentences of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.say, self.count, self.number = language.say, language.count, language.number

    # --- how many -----------------------------------------------------------------------------------------------------

    def appointments(self, count: int | None) -> str:
        """How many there are; None: some."""
        if count is None:
            return self.say("appointments available, number not stated")
        return self.count("%(n)s appointment", "%(n)s appointments", count)

    def total(self, slots: Iterable[Slot]) -> str:
        """How many appointments the slots of one day add up to; some may not state their number, or "at least"."""
        counts = [(slot.count, slot.at_least) for slot in slots]
        total = sum(count or 0 for count, _ in counts)
        if all(count is not None and not at_least for count, at_least in counts):
            return self.appointments(total)
        return self.at_least(total) if total else self.appointments(None)

    def first_of_many(self, appointments: str, first: datetime, time: LocalDates) -> str:
        """`1,222 appointments, the first on Aug 24, 10:20 AM`: only the time of the first is known."""
        return self.say("%(appointments)s, the first on %(time)s", appointments=appointments, time=time.stamp(first))

    def at_least(self, count: int | None) -> str:
        """A count that is a lower bound; None: some."""
        stated = self.appointments(count)
        return stated if count is None else self.say("at least %(appointments)s", appointments=stated)

    def headline(
        self, available: Available, count: int | None, *, days_stated: bool, may_have_more: bool = False
    ) -> str:
        """The answer for one place, in a line."""
        if available is Available.NO:
            return self.say("No appointments")
        if available is Available.UNKNOWN:
            return self.say("Not known")
        said = self.at_least(count) if may_have_more else self.appointments(count)
        said = said[0].upper() + said[1:]
        return said if days_stated else self.say("%(appointments)s; days not stated", appointments=said)

    def answer(self, available: Available, count: int | None) -> str:
        """The same in a line of history, after the time."""
        if available is Available.YES:
            return self.appointments(count)
        return self.say("none") if available is Available.NO else self.say("not known")

    def summary(self, offers: int, unknowns: int, places: int) -> str:
        """`8 of 40 places have appointments; 3 are not known.`"""
        of = self.count("%(n)s place", "%(n)s places", places)
        said = self.count(
            "%(n)s of %(places)s has appointments", "%(n)s of %(places)s have appointments", offers, places=of
        )
        if not unknowns:
            return f"{said}."
        return said + BETWEEN + self.count("%(n)s is not known.", "%(n)s are not known.", unknowns)

    def of_places(self, offers: int, places: int) -> str:
        """`2 of 5 places`: how many of a town's have appointments."""
        return self.count("%(offers)s of %(n)s place", "%(offers)s of %(n)s places", places, offers=self.number(offers))

    # --- what, when, for whom -----------------------------------------------------------------------------------------

    def kind(self, kind: LocationType) -> str:
        return self.say(KINDS[kind])

    def doses(self, doses: tuple[str, ...]) -> str:
        """`second dose only`; "" where several are given, or none is named."""
        return self.say(DOSES[doses]) if doses in DOSES else ""

    def offered(self, products: Sequence[str], doses: tuple[str, ...]) -> str:
        """What is given at a place whose source does not say it of each day; "" where nothing is said."""
        return ", ".join(filter(None, (*products, self.doses(doses))))

    def times(self, starts: Sequence[datetime], limit: int) -> str:
        """`9:00 AM, 9:15 AM and 3 more`."""
        shown = ", ".join(self.language.clock(start) for start in starts[:limit])
        more = len(starts) - limit
        return (
            self.count("%(times)s and %(n)s more", "%(times)s and %(n)s more", more, times=shown) if more > 0 else shown
        )

    def restriction_label(self, days: str) -> str:
        return self.say("Restriction (%(days)s):", days=days) if days else self.say("Restriction:")

    def listed(self, days: Sequence[str]) -> str:
        """The first three, and how many more."""
        shown, more = ", ".join(days[:3]), len(days) - 3
        return self.count("%(days)s and %(n)s more", "%(days)s and %(n)s more", more, days=shown) if more > 0 else shown

    # --- how far it can be relied on ----------------------------------------------------------------------------------

    def wait(self, minutes: int | None, at: datetime | None, time: LocalDates) -> str:
        """How long a waiting room said `at` some time that people wait; "" where it did not."""
        if minutes is None or at is None:
            return ""
        span = timedelta(minutes=minutes if minutes < 120 else -(-minutes // 60) * 60)  # rather too long than too short
        return self.say("It said %(at)s that the wait was about %(wait)s", at=time.at(at), wait=time.age(span))

    def _failure(self, outcome: Outcome, wait: str) -> str:
        return BETWEEN.join(filter(None, (self.say(FAILURES.get(outcome, OUTCOMES[outcome])), wait)))

    def unknown(self, outcome: Outcome | None, *, expired: bool, wait: str = "") -> str:
        """Why the answer for a place is not known; `wait` as `wait` says it."""
        if outcome in FAILURES:
            return self.say("Not known.") + " " + self._failure(outcome, wait)
        if outcome is None:
            return self.say("Not known: not looked at yet")
        if expired:
            return self.say("Not known: our last answer is too old")
        return self.say("Not known: the booking site does not say")

    def checked(self, available: Available, *, stale: bool) -> str:
        """Goes before the time we looked."""
        if available is Available.NO:
            return self.say("No appointments when last checked")
        return self.say("Last checked") if stale else self.say("Checked")

    def doubt(self, outcome: Outcome | None, *, stale: bool, wait: str = "") -> str:
        """Goes after the time we looked; `wait` as `wait` says it."""
        if outcome in FAILURES:
            return BETWEEN + self.say("Since then:") + " " + self._failure(outcome, wait)
        return BETWEEN + self.say("It may have changed") if stale else ""

    def before_made(self, span: timedelta, time: LocalDates) -> str:
        """`25 minutes before this page was made`."""
        return self.say("%(age)s before this page was made", age=time.age(span))

    def ago(self) -> dict[str, dict[str, str]]:
        """`{n} minutes ago` for the script, by unit and plural category."""
        forms = self.language.forms
        return {
            "minute": forms("%(n)s minute ago", "%(n)s minutes ago"),
            "hour": forms("%(n)s hour ago", "%(n)s hours ago"),
            "day": forms("%(n)s day ago", "%(n)s days ago"),
        }

    def gone(self, source: str, since: str) -> str:
        return self.say("No longer listed by %(source)s since %(since)s.", source=source, since=since)

    def why_unreadable(self, outcome: Outcome | None, *, answered: bool, wait: str = "") -> str:
        """Why a booking system could not be read; `answered`: it could before; `wait` as `wait` says it."""
        if outcome is None:
            return self.say("Not looked at yet; its places may be missing here.")
        kept = (
            self.say("What we last knew is shown with its time.")
            if answered
            else self.say("Its places are missing here, not without appointments.")
        )
        return f"{self._failure(outcome, wait)}. {kept}"

    # --- where to click -----------------------------------------------------------------------------------------------

    def book_at(self, host: str) -> str:
        return self.say("Book at %(host)s", host=host)

    def book_day_at(self, day: str, host: str) -> str:
        """`day`: "" for a span of days."""
        return self.say("Book %(day)s at %(host)s", day=day, host=host) if day else self.book_at(host)

    def look_at(self, host: str) -> str:
        return self.say("Look yourself at %(host)s", host=host)

    def more_at(self, host: str) -> str:
        return self.say("More at %(host)s", host=host)

    def call_to_book(self, number: str) -> str:
        return self.say("Call to book: %(number)s", number=self.language.phone(number))

    def call(self, number: str) -> str:
        return self.say("Call %(number)s", number=self.language.phone(number))

    # --- the page as a whole ------------------------------------------------------------------------------------------

    def tagline(self, service: str, sources: int) -> str:
        """`Who still has appointments for vaccination, gathered from 12 booking systems.`"""
        systems = self.count("%(n)s booking system", "%(n)s booking systems", sources)
        return self.say(
            "Who still has appointments, and where to book: %(service)s, gathered from %(systems)s.",
            service=self.say(service) if service in SERVICES else service,
            systems=systems,
        )

    def no_offers(self, troubled: int) -> str:
        """What stands where the offers would be, when places are known but none has any."""
        unread = (
            self.count(
                "We could not read %(n)s booking system just now: look there yourself, the links are above.",
                "We could not read %(n)s booking systems just now: look there yourself, the links are above.",
                troubled,
            )
            if troubled
            else self.say("Every booking system answered.")
        )
        none = self.say("No place we could read has appointments right now.")
        return f"{none} {unread} {self.say('Look again soon: appointments come and go.')}"

    def no_places(self, troubled: int, sources: int) -> str:
        """What stands there when no place is known at all."""
        if sources == 0:
            return self.say("This site does not read any booking system yet, so it cannot say where appointments are.")
        if troubled == sources:
            return self.say(
                "We have not been able to read any booking system yet, so we cannot say where appointments are. "
                "That does not mean that there are none: look there yourself, the links are above."
            )
        none = self.say("The booking systems that answered list no place at the moment.")
        unread = self.say("Others could not be read; the links to them are above.") if troubled else ""
        return " ".join(filter(None, (none, unread, self.say("Look again later."))))


def first_words(text: str, limit: int) -> str:
    """The beginning of a long text, cut between words."""
    return text if len(text) <= limit else text[:limit].rsplit(None, 1)[0] + " …"


def volume(count: int) -> str:
    """Bytes as `812 B`, `45 kB`, `1.3 MB`."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"
