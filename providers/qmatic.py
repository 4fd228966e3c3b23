"""Qmatic Web Booking: the booking page that offices run on their own hosts (driver's licenses, passports, city halls).

- Unofficial: the requests of the page itself; no key. Ask the operator first. Shape from published code and two
  independent readings of it, never seen by us.
- Fills in: offices with their time zone, times by service for the first days, later days without times.
- Cannot fill in: counts, a link to one day or time.
- The source's URL is the page (`…/qmaticwebbooking/`). `options.offers` says how its offices are listed: "branches"
  (each is asked for its services), "profiles" (one list of all), or "available" (those of one service, whose id is
  `service`, length `minutes`, and name `product`). Otherwise `service` is an id or part of a name; default: all.
- `options.days` limits the days whose times are asked for, per office and service. We never reserve.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from aggregator.adapter import (
    Fetch,
    Listing,
    Page,
    PageAdapter,
    PageError,
    Pages,
    Row,
    SlotListing,
    SourceInfo,
    host_of,
)

DAYS = 3


class Service(NamedTuple):
    """A service, and how long an appointment for it takes."""

    id: str
    name: str
    minutes: int


class Office(NamedTuple):
    """A branch as listed; its days, each with the times that were asked for; whether everything arrived."""

    branch: dict[str, Any]
    days: list[tuple[Service, str, list[str] | None]]
    complete: bool


class Qmatic(PageAdapter):
    name = "qmatic"
    title = "Qmatic Web Booking"
    whole_rows = True
    headers = {"accept": "application/json"}
    options = {
        "offers": ("branches", "profiles", "available"),
        "service": (),
        "minutes": (),
        "product": (),
        "days": (),
        "language": (),
    }

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        root = f"{source.url.rstrip('/')}/rest/schedule/branches"
        page, offers = await _offers(source, fetch, root)
        asked = [
            (branch, [(one, await _ask(fetch, f"{root}/{branch['id']}/dates", one, "date")) for one in services or ()])
            for branch, services in offers
        ]  # the days of all offices come first: they count most if the visit has to end early
        for branch, answers in asked:
            days: list[tuple[Service, str, list[str] | None]] = []
            complete = bool(answers) and all(dates is not None for _, dates in answers)
            for service, dates in answers:
                for number, day in enumerate(dates or ()):
                    times = None
                    if number < source.options.get("days", DAYS):
                        times = await _ask(fetch, f"{root}/{branch['id']}/dates/{day}/times", service, "time")
                        complete = complete and times is not None
                    days.append((service, day, times))
            yield page.with_context(Office(branch, days, complete))

    def listing(self, row: Row) -> Listing:
        branch, days, complete = row.context
        language = row.source.options.get("language", "en")
        custom = _object(branch.get("custom"))
        address = _translated(custom.get("address"), language) or {}
        link = row.source.url
        if row.source.options.get("offers") == "available":
            link += f"#/preselect/branch/{branch['id']}/services/{row.source.options['service']}"
        return Listing(
            id=f"{host_of(row.page.url)}:{branch['id']}",
            name=_translated(custom.get("names"), language) or branch["name"],
            address=(
                branch.get("addressLine1") or address.get("address1") or "",
                branch.get("addressLine2") or address.get("address2") or "",
            ),
            city=branch.get("addressCity") or address.get("city") or "",
            postal_code=branch.get("addressZip") or "",
            info_phone=branch.get("phone") or "",
            booking_url=link,
            time_zone=branch.get("timeZone") or "",
            slots=tuple(slot for day in days for slot in _slots(*day)),
            no_if_empty=True,
            complete=complete,
        )


async def _offers(source: SourceInfo, fetch: Fetch, root: str) -> tuple[Page, list[tuple[Any, list[Service] | None]]]:
    """The page with the branches, and each branch with its wanted services; None if they could not be read."""
    wanted, way = str(source.options.get("service", "")), source.options.get("offers", "branches")
    if way == "available":
        page = await fetch(f"{root}/available", matrix={"servicePublicId": wanted})
        service = Service(wanted, source.options.get("product", ""), source.options["minutes"])
        return page, [(branch, [service]) for branch in _records(page, "id")]
    listed: dict[str, list[Any]] = {}
    if way == "profiles":
        profiles = await fetch(root.removesuffix("branches") + "appointmentProfiles/")
        for profile in _records(profiles, "branchPublicId"):
            listed[profile["branchPublicId"]] = [one for group in profile["serviceGroups"] for one in group["services"]]
    page = await fetch(root)
    offers: list[tuple[Any, list[Service] | None]] = []
    for branch in _records(page, "id"):
        if way == "branches":
            found = await fetch.try_fetch(f"{root}/{branch['id']}/services")
            listed |= {branch["id"]: list(_records(found, "publicId"))} if found else {}
        services = [Service(one["publicId"], one["name"], one["duration"]) for one in listed.get(branch["id"], ())]
        chosen = [one for one in services if wanted == one.id or wanted.lower() in one.name.lower()]
        if chosen or not services:
            offers.append((branch, chosen or None))
    if not offers:
        raise page.error(f"lists no office with the service {wanted!r}; correct `options.service`")
    return page, offers


async def _ask(fetch: Fetch, url: str, service: Service, key: str) -> list[str] | None:
    """The dates or times under `key`; None if they could not be read, which is not the same as none."""
    matrix = {"servicePublicId": service.id, "customSlotLength": str(service.minutes)}
    page = await fetch.try_fetch(url, matrix=matrix)
    try:
        return [str(record[key]) for record in _records(page, key)] if page else None
    except PageError:
        fetch.damaged(url, f"has no list of {key}s")
        return None


def _records(page: Page, key: str) -> Iterator[dict[str, Any]]:
    """The records of a list, which some clients have seen wrapped in an object; PageError for one without `key`."""
    found = page.json
    if isinstance(found, Mapping) and len(found) == 1:
        (found,) = found.values()
    if not isinstance(found, list) or not all(isinstance(one, dict) and isinstance(one.get(key), str) for one in found):
        raise page.error(f"is not a list of records with {key!r}")
    yield from found


def _slots(service: Service, day: str, times: Iterable[str] | None) -> Iterator[SlotListing]:
    """The slots of a day: one for each time, or the day itself if its times are not known."""
    products = (service.name,) if service.name else ()
    if times is None:
        yield SlotListing(start=day, days_only=True, products=products)
    for time in times or ():
        start = datetime.fromisoformat(f"{day}T{time}")
        end = start + timedelta(minutes=service.minutes)
        yield SlotListing(start=start.isoformat(), end=end.isoformat(), products=products)


def _object(text: object) -> dict[str, Any]:
    """The object that `custom` holds as JSON in a string; {} for anything else."""
    try:
        found = json.loads(str(text))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _translated(texts: object, language: str) -> Any:
    """The text in a language, or the only one there is; None if there is neither."""
    if not isinstance(texts, Mapping):
        return None
    return texts.get(language) or (next(iter(texts.values())) if len(texts) == 1 else None)
