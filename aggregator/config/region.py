"""Loads a region file (TOML) as a `Region` with its `Source`s. docs/region-file.md describes every key.

Any mistake is one ConfigError that names the file, the key, the value seen, and what is accepted.
"""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from aggregator.config.credentials import credentials_in
from aggregator.config.destination import KINDS, Destination, LocalFolder, Ssh
from aggregator.config.region_checks import FILLED_IN, problems_of
from aggregator.config.service_file import read_service
from aggregator.errors import ConfigError, excerpt
from aggregator.model import APPOINTMENT, Attribution, LocationType, Service

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Provider = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
State = Annotated[str, Meta(pattern=r"^[A-Z0-9]{2,3}$")]
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
PlaceId = Annotated[str, Meta(pattern=r"^[a-z2-7]{10}$")]
Title = Annotated[str, Meta(min_length=1, max_length=120)]
MAX_SECONDS = 10 * 365 * 86400.0  # TOML accepts "inf" as a number, but it is not a duration.
Seconds = Annotated[float, Meta(gt=0, le=MAX_SECONDS)]
CHOICES: dict[str, tuple[str, ...]] = {
    "location_type": tuple(LocationType),
    "kind": tuple(KINDS),
}


class Pace(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The pace of requests to one host. The minimums of `aggregator.web.pace` apply whatever is set here."""

    spacing: Annotated[float, Meta(ge=0)] = 1.0  # seconds between the starts of two requests
    concurrency: Annotated[int, Meta(ge=1, le=8)] = 1
    deadline: Seconds = 120.0  # seconds for one whole visit
    # pages requested in one visit; after that, the visit goes on with what it has and is partial
    most_requests: Annotated[int, Meta(ge=1)] | None = None


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One configured endpoint of a provider. See `docs/region-file.md`."""

    name: Name
    provider: Provider
    url: str
    title: str = ""
    door: str = ""  # where people look for themselves; default: the site of `url`
    state: State | None = None  # for addresses that state none; default: the region's, if it has only one
    time_zone: str = ""
    location_type: LocationType | None = None
    # seconds between visits: the standard asks for a minute at least, and no source waits longer (`visit.polling`)
    interval: Annotated[float, Meta(ge=60, le=6 * 3600)] = 120.0
    pace: Pace = Pace()
    hosts: tuple[Annotated[str, Meta(pattern=r"^[^@/?#\s]+$")], ...] = ()  # further hosts that answers may link to
    max_bytes: Annotated[int, Meta(ge=1024, le=512 * 1024 * 1024)] = 64 * 1024 * 1024  # of one answer, decompressed
    # seconds for which an answer counts after the time that the source states; default: the adapter's
    valid_for: Seconds | None = None
    attribution: Attribution | None = None  # whom to name beside the data; default: as the pages state it
    robots_exception: str = ""  # the reason to ignore this host's robots.txt
    first_day: date | None = None  # the source is visited from this day on …
    last_day: date | None = None  # … to this one (region's time)
    options: dict[str, Any] = {}
    headers: dict[str, str] = {}  # headers that the host needs (a public key, a Referer); reviewed like code
    states: tuple[str, ...] = ()  # filled in from the region
    country: str = ""  # filled in from the region
    service: Service = APPOINTMENT  # filled in from the region
    only: tuple[str, ...] = ()  # filled in from the region
    adapters: str = ""  # the operator's own folder of adapters; filled in by `load_region`


class CheckYourself(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A booking page that we don't check; our page links to it, so that people look there themselves."""

    title: Title
    url: str
    why: Annotated[str, Meta(min_length=1, max_length=200)]  # why we don't check it, in words for residents


class Eligibility(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may be served, as shown on the page from `first_day` to `last_day` (region's time)."""

    text: Annotated[str, Meta(min_length=1, max_length=500)]
    url: str = ""  # the official rules
    first_day: date | None = None
    last_day: date | None = None


class Decision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's decision about places: the locations with these ids are one place, or no two of them are."""

    ids: Annotated[tuple[PlaceId, ...], Meta(min_length=2)]
    why: Annotated[str, Meta(min_length=1, max_length=200)]


class Region(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that one deployment covers. Durations are in seconds."""

    name: Name
    title: Title
    states: Annotated[tuple[State, ...], Meta(min_length=1)]
    time_zone: str
    contact: Annotated[str, Meta(min_length=6, max_length=200)]  # e-mail or page, sent in the user agent
    sources: tuple[Source, ...]
    url: str = ""  # where the site is published, for feeds and for link previews on other sites
    eligibility: tuple[Eligibility, ...] = ()
    check_yourself: tuple[CheckYourself, ...] = ()
    same_place: tuple[Decision, ...] = ()
    not_same_place: tuple[Decision, ...] = ()
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")] = "US"
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] = ("en",)
    service: Service = APPOINTMENT  # what the appointments are for
    only: tuple[str, ...] = ()  # groups of products; everything else that a source offers is dropped; () keeps all
    stale_after: Seconds = 600.0
    expires_after: Seconds = 3600.0
    keep_history: Annotated[int, Meta(ge=1, le=3650)] = 30  # days
    cycle_deadline: Seconds = 300.0  # of `run`: after it, `run` ends unfinished visits and publishes what it has
    # requested after each cycle, so that silence is noticed; a secret, because anybody who knows it can ping
    ping_url: str = ""
    metrics: str = ""  # file for Prometheus, rewritten after each cycle
    keep_releases: Annotated[int, Meta(ge=2, le=100)] = 3  # including the one that is served
    target: Destination = LocalFolder()
    loopback: bool = False  # request only this machine (127.0.0.1)
    made_up: bool = False  # the places are fictional: every page says that nothing can be booked

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def active(self, day: date) -> tuple[Source, ...]:
        """The sources to visit on `day` (a date in the region's time zone)."""
        return tuple(source for source in self.sources if (source.first_day or day) <= day <= (source.last_day or day))


def load_region(path: Path) -> Region:
    """Loads the region of a TOML file; ConfigError names what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); create one with `aggregator init`") from None
    own = path.resolve().parent / "providers"
    return parse_region(text, str(path), str(own) if own.is_dir() else "")


def parse_region(text: str, file: str, adapters: str = "") -> Region:
    """As `load_region`, but from text; `file` names it in errors, `adapters` is the folder of the operator's own."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is not valid TOML: {error}") from None
    if problem := next(credentials_in(data), ""):
        raise ConfigError(f"{file}: {problem}")
    service = read_service(data.pop("service", APPOINTMENT.name), file)
    try:
        region = msgspec.structs.replace(msgspec.convert(data, Region), service=service)
    except msgspec.ValidationError as error:
        raise ConfigError(_explain(str(error), data, file)) from None
    for problem in problems_of(region):
        raise ConfigError(f"{file}: {problem}")
    return msgspec.structs.replace(region, sources=tuple(_completed(s, region, adapters) for s in region.sources))


def _completed(source: Source, region: Region, adapters: str) -> Source:
    parts = urlsplit(source.url)
    return msgspec.structs.replace(
        source,
        title=source.title or source.name,
        door=source.door or f"{parts.scheme}://{parts.netloc}/",
        state=source.state or (region.states[0] if len(region.states) == 1 else None),
        time_zone=source.time_zone or region.time_zone,
        states=region.states,
        country=region.country,
        service=region.service,
        only=region.only,
        adapters=adapters,
    )


def _explain(message: str, data: dict[str, Any], file: str) -> str:
    """A ConfigError's text from msgspec's message: the key as written, the value seen, the accepted keys."""
    reason, _, path = message.partition(" - at `$")
    path = path.rstrip("`")
    if unknown := re.search(r"unknown field `(.+)`", reason):
        struct = _struct_at(path, data)
        tag = struct.__struct_config__.tag_field
        known = ", ".join(
            name
            for name in (*((tag,) if tag else ()), *struct.__struct_fields__)
            if struct is not Source or name not in FILLED_IN
        )
        return f"{file}: {_where(path, unknown[1])}: unknown key; accepted: {known}"
    if missing := re.search(r"missing required field `(.+)`", reason):
        return f"{file}: {_where(path, missing[1])}: is missing; see docs/region-file.md"
    key = path.rpartition(".")[2]
    if key in CHOICES:
        reason = f"{reason}; accepted: {', '.join(repr(str(choice)) for choice in CHOICES[key])}"
    value: Any = data
    for step in re.findall(r"[^.\[\]]+", path):
        value = (
            value[int(step)]
            if step.isdigit() and isinstance(value, list)
            else value.get(step)
            if isinstance(value, dict)
            else value
        )
    return f"{file}: {path.lstrip('.')}: {reason} (seen: {excerpt(value)})"


def _struct_at(path: str, data: dict[str, Any]) -> type[Struct]:
    if path.endswith(".pace"):
        return Pace
    if path.endswith(".attribution"):
        return Attribution
    if path == ".target":
        return KINDS[data["target"]["kind"]]
    nested: dict[str, type[Struct]] = {
        ".sources": Source,
        ".check_yourself": CheckYourself,
        ".eligibility": Eligibility,
        ".same_place": Decision,
        ".not_same_place": Decision,
        ".target.ssh": Ssh,
    }
    return nested.get(path.partition("[")[0], Region)


def _where(path: str, key: str) -> str:
    return f"{path.lstrip('.')}.{key}".lstrip(".")
