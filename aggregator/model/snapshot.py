"""What is known at one instant: the only input of everything published."""

from datetime import datetime

from aggregator.model.enums import Available, Outcome, Stage, Struct
from aggregator.model.report import Location, Problem, Slot


class Change(Struct, frozen=True, kw_only=True):
    """One entry of a place's history: from `at` on, the answer was this."""

    at: datetime
    available: Available
    count: int | None = None


class AvailabilityNow(Struct, frozen=True, kw_only=True):
    """Availability of a location at the snapshot's instant: past slots are NO, expired answers UNKNOWN.

    `may_have_more`: YES, but part of what the source says was not read, or it states "at least" itself.
    `checked_at` None: never looked at, or only by a clock that was ahead. `stale`: older than the region's
    `stale_after`; `expired`: older than `expires_after`, or the source's own time no longer holds. `outcome`,
    `attempted_at` and `wait_minutes` are those of the last visit to the source, good or not; see `SourceState`.
    """

    source: str
    source_title: str
    outcome: Outcome | None
    available: Available
    available_count: int | None = None
    may_have_more: bool = False
    slots: tuple[Slot, ...] = ()
    products: tuple[str, ...] = ()  # where the source does not say them of slots
    doses: tuple[str, ...] = ()
    checked_at: datetime | None = None
    valid_at: datetime | None = None
    changed_at: datetime | None = None
    attempted_at: datetime | None = None
    wait_minutes: int | None = None
    stale: bool = False
    expired: bool = False


class SourceView(Struct, frozen=True, kw_only=True):
    """A place as one source tells of it."""

    provider: str
    location: Location
    current: AvailabilityNow


class Place(Struct, frozen=True, kw_only=True):
    """A real-world spot with its permanent `id`; `aliases` are ids that it had before its locations were merged.

    `told` is what each source says, the best described first; `location` and `current` are all of that as one.
    `gone_at`: since when no source lists it any more.
    """

    id: str
    provider: str
    location: Location
    current: AvailabilityNow
    source_views: tuple[SourceView, ...] = ()
    aliases: tuple[str, ...] = ()
    history: tuple[Change, ...] = ()  # newest first
    gone_at: datetime | None = None


class SourceState(Struct, frozen=True, kw_only=True):
    """One source as the status page shows it. `outcome` None: not visited yet.

    `wait_minutes`: how long its waiting room said at `attempted_at` that people wait; None where it has none, or none
    that says so. `all_checked_at`: what it says of every place was looked at then or later; None where of none.
    """

    name: str
    title: str
    provider: str
    url: str  # the door for a person
    outcome: Outcome | None = None
    message: str = ""
    attempted_at: datetime | None = None
    last_good_at: datetime | None = None
    all_checked_at: datetime | None = None
    next_visit_at: datetime | None = None
    wait_minutes: int | None = None
    took: float = 0.0
    locations: int = 0
    with_appointments: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def has_answered(self) -> bool:
        """Whether it ever told anything that is known here, whole or in part."""
        return self.last_good_at is not None or self.locations > 0


class HostTally(Struct, frozen=True, kw_only=True):
    """What we asked of one host on one day (UTC), for its operator to see."""

    host: str
    day: str  # YYYY-MM-DD
    requests: int = 0
    not_modified: int = 0
    failures: int = 0
    received: int = 0  # bytes, decoded


class Fault(Struct, frozen=True, kw_only=True):
    """Something that failed and was left out of one stage of a publish, so that everything else could go on.

    `id` names it: a place, a source, a row, or the path of a file.
    """

    stage: Stage
    id: str
    reason: str


class HostWait(Struct, frozen=True, kw_only=True):
    """Since when, until when, and why one host is left alone. `reason` "": it is not, but asked slowly.

    `times`: how many waits followed one another without a good answer between them. `spacing`: seconds between two
    requests that the host needed, 0 if it needed no more than its sources ask for.
    """

    host: str
    since: datetime
    until: datetime
    reason: str = ""
    times: int = 0
    spacing: float = 0.0

    def holds(self, now: datetime) -> bool:
        """Whether the host is left alone at `now`. A wait that begins later comes from a clock that was wrong."""
        return self.since <= now < self.until


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything known at `generated_at`: the only input of everything published.

    `places` are those still listed, `gone` those of the last weeks that are not. `ahead`: the newest visit that lies
    after `generated_at`, which means that the clock was set back since; None: there is none. `faults`: what had to be
    left out.
    """

    generated_at: datetime
    places: tuple[Place, ...] = ()
    gone: tuple[Place, ...] = ()
    sources: tuple[SourceState, ...] = ()
    hosts: tuple[HostTally, ...] = ()
    ahead: datetime | None = None
    faults: tuple[Fault, ...] = ()
