"""EFS: blood donation in France, the map of fixed sites and mobile collections of the Établissement français du sang.

- Official: the documented interface of the blood service (Licence Ouverte 2.0), no key.
- Fills in: places, phone, positions; for mobile collections, the day, the hours, and the free places for blood, plasma,
  and platelets.
- Cannot fill in: appointments at fixed sites (their opening hours are in the description), times within a day, the
  break at noon. A series of days has one number of places for all of them.
- Shape from published code of 2025 and 2026, never seen by us.
- `options.postcodes` lists the postal codes to look up, a dozen at most.
"""

from collections.abc import Iterable
from typing import Any

from aggregator.adapter import (
    Available,
    DataRow,
    Fetch,
    JsonAdapter,
    Listing,
    Page,
    Pages,
    SlotListing,
    SourceInfo,
    host_of,
    read,
)

# kind -> the keys of its free places, of a collection's link, and of a fixed site's flag and link
KINDS = {
    "sang": ("nbPlacesRestantesST", "urlBlood", "giveBlood", "urlBlood"),
    "plasma": ("nbPlacesRestantesPLA", "urlPlasma", "givePlasma", "urlPlasma"),
    "plaquettes": ("nbPlacesRestantesCPA", "urlPlatelet", "givePlatelet", "urlPlatelets"),
}
HOSTS = (".efs.link", ".efs.sante.fr")
ANYWHERE = {"UserLatitude": "48", "UserLongitude": "-2"}  # required, but only for a distance that we do not read


class EfsBlood(JsonAdapter):
    name = "efs_blood"
    title = "Don de sang (EFS)"
    whole_rows = True
    options = {"postcodes": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        for code in source.options["postcodes"]:
            if page := await fetch.try_fetch(source.url, params={"PostCode": code} | ANYWHERE):
                yield page

    def rows_of(self, page: Page) -> Iterable[Any]:
        fixed, mobile = (page.json.get(f"samplingLocation{kind}") for kind in ("Entities_SF", "Collections"))
        if not (isinstance(fixed, list) and isinstance(mobile, list)):
            raise page.error("lacks the list of fixed sites or of collections")
        return [row | {"collections": None} for row in fixed] + mobile

    def listing(self, row: DataRow) -> Listing | None:
        if row["collections"] is None:
            return _fixed_site(row)
        published = [one for one in row["collections"] if one["isPublishable"] is not False]
        if not published:
            return None
        slots = tuple(slot for one in published for slot in _slots(one))
        links = [link for one in published for _, key, _, _ in KINDS.values() if (link := _link(one[key]))]
        number = f"{row['groupCode']}/{row['samplingLocationCode']}"
        return _place(row, number, slots=slots, booking_url=next(iter(links), ""))


def _fixed_site(row: DataRow) -> Listing:
    kinds = [kind for kind, (_, _, flag, _) in KINDS.items() if row[flag]]
    links = [link for _, _, _, key in KINDS.values() if (link := _link(row[key]))]
    return _place(row, f"SF {row['id']}", products=tuple(kinds), booking_url=next(iter(links), ""))


def _place(row: DataRow, number: str, **found: Any) -> Listing:
    return Listing(
        id=number,
        **read.copied(row, name="name", address=("address1", "address2"), postal_code="postCode"),
        **read.given(row, info_phone="phone", description="horaires"),
        city=row["ville"] or row["city"],  # a fixed site's `city` repeats the postal code
        position=read.point(row, "latitude", "longitude"),
        time_zone="Europe/Paris",
        **found,
    )


def _slots(collection: Any) -> Iterable[SlotListing]:
    """A slot for each kind of donation whose free places are stated; the day alone if none is but one can book."""
    rules = f"Collecte réservée ({collection['nature'] or 'non publique'})" if collection["isPublic"] is False else ""
    when = _days(collection) | {"restrictions": rules}
    stated = {kind: keys for kind, keys in KINDS.items() if collection[keys[0]] is not None}
    if not stated and collection["proposePlanningRdv"]:
        yield SlotListing(available=Available.UNKNOWN, **when)
    for kind, (places, link, _, _) in stated.items():
        url = _link(collection[link])
        yield SlotListing(id=kind, count=collection[places], products=(kind,), booking_url=url, **when)


def _days(collection: Any) -> dict[str, Any]:
    """When a collection is. The places of a series are those of all its days, so it has no hours of its own."""
    days = [one["date"] for one in (collection, *(collection["children"] or ()))]
    if len(days) > 1:
        return {"start": days[0], "end": days[-1], "days_only": True}
    hours = [collection[f"{half}{end}Time"] or "" for half in ("morning", "afternoon") for end in ("Start", "End")]
    day, stated = days[0].partition("T" if "T" in days[0] else " ")[0], list(filter(None, hours))
    return {"start": f"{day} {stated[0]}", "end": stated[-1]} if stated else {"start": day}


def _link(link: str | None) -> str:
    """A link of the blood service, which it mostly writes without a scheme; "" for any other."""
    url = link if not link or "://" in link else f"https://{link}"
    return url if url and f".{host_of(url)}".endswith(HOSTS) else ""
