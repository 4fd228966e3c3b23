"""Qmatic Web Booking: the booking page that offices run on their own hosts (driver's licenses, passports, city halls).

- Unofficial: the requests of the page itself; no key. Ask the operator first. Shape from published code and two
  independent readings of it, never seen by us.
- Fills in: offices with their time zone, services, times of the first days, later days without times.
- Cannot fill in: counts, a link to one day or time.
- The source's URL is the page (`…/qmaticwebbooking/`). `options.offers` is how its services are listed: "branches"
  (for each office, the default), "profiles" (one list), or "available" (the offices of one: `service` is its id,
  `minutes` its length, `product` its name). Otherwise `service` is an id or part of a name; default: all.
- `options.days` limits the days whose times are requested, per office and service. We never reserve.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from aggregator.adapter import Available, Fetch, Listing, Page, PageAdapter, Pages, Row, SlotListing, SourceInfo, read

Records = list[dict[str, Any]]
Day = tuple[dict[str, Any], str, Records | None]  # service, date, times; None: not requested
DAYS = 3


class Office(NamedTuple):
    """A branch as listed; its days; whether all lists arrived; whether there are days whose times did not."""

    branch: dict[str, Any]
    days: list[Day]
    complete: bool
    unread: bool


class Qmatic(PageAdapter):
    name = "qmatic"
    title = "Qmatic Web Booking"
    whole_rows = True
    stops_when_refused = True
    headers = {"accept": "application/json"}
    options = dict.fromkeys(("service", "minutes", "product", "days", "language"), ()) | {
        "offers": ("branches", "profiles", "available")
    }

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        root = f"{source.url.rstrip('/')}/rest/schedule/branches"
        page, offers = await _offers(source, fetch, root)
        asked = [
            (branch, [(service, await _ask(fetch, f"{root}/{branch['id']}/dates", service)) for service in services])
            for branch, services in offers
        ]  # the days of all offices first: they count most if the visit has to end early
        for branch, answers in asked:
            days, unread = list[Day](), False
            complete = bool(answers) and all(dates is not None for _, dates in answers)
            for service, dates in answers:
                ahead = [one["date"] for one in dates or () if one["date"] >= fetch.today.isoformat()]
                for number, day in enumerate(ahead):
                    wanted = number < source.options.get("days", DAYS)
                    times = await _ask(fetch, f"{root}/{branch['id']}/dates/{day}/times", service) if wanted else None
                    if wanted and times is None:
                        unread = True
                    else:
                        days.append((service, day, times))
            yield page.with_context(Office(branch, days, complete and not unread, unread))

    def listing(self, row: Row) -> Listing:
        branch, days, complete, unread = row.context
        options, custom = row.source.options, read.nested(branch.get("custom"))
        slots = tuple(slot for day in days for slot in _slots(*day))
        language = options.get("language", "en")
        address = read.translated(custom.get("address"), language) or {}
        choice = f"#/preselect/branch/{branch['id']}/services/{options.get('service')}"
        return Listing(
            id=f"{urlsplit(row.page.url).hostname}:{branch['id']}",
            name=read.translated(custom.get("names"), language) or branch["name"],
            address=tuple(branch.get(f"addressLine{n}") or address.get(f"address{n}") or "" for n in (1, 2)),
            city=branch.get("addressCity") or address.get("city") or "",
            **read.given(branch, postal_code="addressZip", info_phone="phone", time_zone="timeZone"),
            booking_url=row.source.url + (choice if options.get("offers") == "available" else ""),
            available=Available.YES if unread and not slots else None,  # a day is listed only if it has times
            slots=slots,
            no_if_empty=True,
            complete=complete,
        )


async def _offers(source: SourceInfo, fetch: Fetch, root: str) -> tuple[Page, list[tuple[Any, Records]]]:
    """The page with the branches, and each branch with its wanted services; none if they could not be read."""
    options, way = source.options, source.options.get("offers", "branches")
    wanted, listed = str(options.get("service", "")), dict[str, Any]()
    if way == "profiles":
        for profile in (await fetch(root.removesuffix("branches") + "appointmentProfiles/")).records("branchPublicId"):
            listed[profile["branchPublicId"]] = [one for group in profile["serviceGroups"] for one in group["services"]]
    only = {"publicId": wanted, "name": options.get("product", ""), "duration": options.get("minutes")}
    page = await (fetch(f"{root}/available", matrix={"servicePublicId": wanted}) if way == "available" else fetch(root))
    offers = list[tuple[Any, Records]]()
    for branch in page.records("id"):
        services = [only] if way == "available" else listed.get(branch["id"])
        if way == "branches":
            services = await read.try_records(fetch, f"{root}/{branch['id']}/services", "publicId")
        chosen = [one for one in services or () if wanted == one["publicId"] or wanted.lower() in one["name"].lower()]
        if chosen or services is None:
            offers.append((branch, chosen))
    if not offers:
        raise page.error(f"lists no office with the service {wanted!r}; correct `options.service`")
    return page, offers


async def _ask(fetch: Fetch, url: str, service: Mapping[str, Any]) -> Records | None:
    """The dates or times of a service; None if they could not be read, which says nothing about appointments."""
    matrix = {"servicePublicId": service["publicId"], "customSlotLength": str(service["duration"])}
    return await read.try_records(fetch, url, url.rpartition("/")[2].removesuffix("s"), matrix=matrix)


def _slots(service: Mapping[str, Any], day: str, times: Records | None) -> Iterator[SlotListing]:
    """A slot for each time of a day, or the day itself if its times were not requested."""
    products = (service["name"],) if service["name"] else ()
    if times is None:
        yield SlotListing(start=day, days_only=True, products=products)
    for start in (f"{day}T{one['time']}" for one in times or ()):
        yield SlotListing(start=start, end=read.later(start, service["duration"]), products=products)
