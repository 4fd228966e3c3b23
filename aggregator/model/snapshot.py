"""Everything known at one instant: the only input of everything we publish."""

from datetime import datetime

from aggregator.model.enums import Available, Outcome, Stage, Struct
from aggregator.model.listing import Attribution
from aggregator.model.report import Location, Problem, Slot


class Change(Struct, frozen=True, kw_only=True):
    """One entry of a place's history: the answer from `at` on."""

    at: datetime
    available: Available
    count: int | None = None


class AvailabilityNow(Struct, frozen=True, kw_only=True):
    """The availability of a location or place at the snapshot's instant, with the clock applied.

    Past slots are NO and expired answers are UNKNOWN. It exists beside `Availability` because it depends on when
    somebody looks, and because it combines the stored answer with the state of its source.

    `may_have_more`: YES, but a part of what the source publishes was not read, or the source states "at least".
    `checked_at` None: never checked, or only by a clock that was ahead. `stale`: older than the region's `stale_after`.
    `expired`: older than `expires_after`, or the source's own time no longer holds. `outcome`, `attempted_at`, and
    `wait_minutes` describe the last visit to the source, good or not; see `SourceState`.
    """

    source: str
    source_title: str
    outcome: Outcome | None
    available: Available
    available_count: int | None = None
    may_have_more: bool = False
    slots: tuple[Slot, ...] = ()
    products: tuple[str, ...] = ()  # if the source does not state them per slot
    doses: tuple[str, ...] = ()
    checked_at: datetime | None = None
    valid_at: datetime | None = None
    changed_at: datetime | None = None
    attempted_at: datetime | None = None
    wait_minutes: int | None = None
    stale: bool = False
    expired: bool = False


class SourceView(Struct, frozen=True, kw_only=True):
    """A place as one source describes it. `attribution`: whom to name beside it, if anybody."""

    provider: str
    location: Location
    current: AvailabilityNow
    attribution: Attribution | None = None


class Place(Struct, frozen=True, kw_only=True):
    """A real-world place with its permanent `id`. `aliases` are ids it had before its locations were merged.

    `source_views` has what each source states, the best described one first; `location` and `current` merge them all.
    `gone_at`: since when no source lists it.
    """

    id: str
    provider: str
    location: Location
    current: AvailabilityNow
    source_views: tuple[SourceView, ...] = ()
    aliases: tuple[str, ...] = ()
    history: tuple[Change, ...] = ()  # newest first
    gone_at: datetime | None = None

    @property
    def attributions(self) -> tuple[Attribution, ...]:
        """Whom to name beside the place, without duplicates."""
        return tuple(dict.fromkeys(one.attribution for one in self.source_views if one.attribution))


class SourceState(Struct, frozen=True, kw_only=True):
    """One source as the status page shows it. `outcome` None: not visited yet.

    `wait_minutes`: the waiting time that its waiting room stated at `attempted_at`; None if it has no waiting room, or
    one that states no time. `all_checked_at`: every one of its places was checked then or later; None if one was never
    checked.
    """

    name: str
    title: str
    provider: str
    url: str  # where people look for themselves
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
    attribution: Attribution | None = None

    @property
    def has_answered(self) -> bool:
        """Whether any visit to it ever gave an answer, complete or partial."""
        return self.last_good_at is not None or self.locations > 0


class HostTally(Struct, frozen=True, kw_only=True):
    """What we requested from one host on one day (UTC), published for its operator."""

    host: str
    day: str  # YYYY-MM-DD
    requests: int = 0
    not_modified: int = 0
    failures: int = 0
    received: int = 0  # bytes, decoded


class Fault(Struct, frozen=True, kw_only=True):
    """Something that failed and was left out of one stage of publishing, so that everything else could go on.

    `id` names it: a place, a source, a row, or the path of a file.
    """

    stage: Stage
    id: str
    reason: str


class HostWait(Struct, frozen=True, kw_only=True):
    """Since when, until when, and why we make no requests to one host.

    `reason` "": we do make requests, but slowly. `times`: how many waits followed one another without a good answer in
    between. `spacing`: seconds between two requests that the host needed; 0 if it needed no more than its sources ask
    for.
    """

    host: str
    since: datetime
    until: datetime
    reason: str = ""
    times: int = 0
    spacing: float = 0.0

    def holds(self, now: datetime) -> bool:
        """Whether we make no requests to the host at `now`.

        A wait that begins later than `now` comes from a clock that was wrong, so it does not count.
        """
        return self.since <= now < self.until


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything known at `generated_at`: the only input of everything we publish.

    `places` are those that some source lists; `gone` are those of the last weeks that no source lists any more.
    `ahead`: the time of the newest visit that lies after `generated_at`, which means that the clock was set back since;
    None if there is none. `faults`: what had to be left out.
    """

    generated_at: datetime
    places: tuple[Place, ...] = ()
    gone: tuple[Place, ...] = ()
    sources: tuple[SourceState, ...] = ()
    hosts: tuple[HostTally, ...] = ()
    ahead: datetime | None = None
    faults: tuple[Fault, ...] = ()
