"""vaccines.gov as the CDC's open data (dataset 5jp2-pgaw): which vaccines each provider of a state has.

- Official: published for everyone once a day; no key.
- Fills in: places with address, position, phone, products, ids of chains. This is stock, not appointments.
- Cannot fill in: times, counts, doses, opening hours. Most places are UNKNOWN: their two stock indicators disagree.
"""

import re
from itertools import count
from typing import Any

from aggregator.adapter import (
    Available,
    Fetch,
    JsonAdapter,
    Listing,
    LocationType,
    Page,
    Pages,
    Row,
    SourceInfo,
    read,
    stores,
    vaccines,
)

LIMIT = 5000  # rows of one answer
STOCK = "What is in stock, as reported to vaccines.gov; whether there are appointments only the place can say."
NDC = {  # labeler and product code, without zeros (rows differ in them), of products that names do not tell apart
    (59267, 304): "Pfizer bivalent", (59267, 1404): "Pfizer bivalent",
    (59267, 565): "Pfizer bivalent (5-11)", (59267, 609): "Pfizer bivalent (under 5)",
    (80777, 275): "Moderna (6-11)", (80777, 277): "Moderna (6-11)",
    (80777, 282): "Moderna bivalent", (80777, 283): "Moderna bivalent (under 6)",
}  # fmt: skip
CHAINS = {  # start of a name -> external id; Wegmans is missing: no other system uses its numbers
    "cvs": "cvs:{:05}", "walgreens": "walgreens:{}", "rite aid": "rite_aid:{}", "bartell": "rite_aid:{}",
    "kroger": "kroger:{:08}", "publix": "publix:{}", "costco": "costco:{}", "meijer": "meijer:{}",
    "safeway": "safeway:{}", "sav-on": "sav_on:{}", "h-e-b": "heb:{}",
    "genoa healthcare": "genoa_healthcare:{}", "hannaford": "hannaford_rxtouch:{}",
    "stop & shop": "stop_and_shop:{}", "shoprite": "shoprite:{}", "klein shoprite": "shoprite:{}",
    "winn-dixie": "winn_dixie:{}", "walmart": "walmart:{}", "sam": "sams_club:{}",
}  # fmt: skip
NUMBER = re.compile(r"(?:10-|1-|[A-Z]{2}\d(?=\d{5}$))?(\d+)")  # prefixes of Walmart, Winn-Dixie, and VTrckS pins
AT_END = re.compile(r"#\s*(?:10-)?(\d+)$")  # of a name, for rows whose number is "Not applicable"


class Cdc(JsonAdapter):
    name = "cdc"
    title = "vaccines.gov (CDC)"
    valid_for = 2 * 86_400.0  # it states a date and is published once a day

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        for state in source.states:
            rows: list[Any] = []
            for offset in count(0, LIMIT):
                window = {"$limit": str(LIMIT), "$offset": str(offset), "$order": ":id", "loc_admin_state": state}
                page = await fetch.try_fetch(source.url, params=window)
                if page is None:
                    break  # a place may have rows on every page, so the state is incomplete
                found = list(super().rows_of(page))
                rows += found
                if len(found) < LIMIT:
                    yield page.with_context(_places(rows))
                    break

    def rows_of(self, page: Page) -> Any:
        return page.context

    def listing(self, row: Row) -> Listing:
        products: list[Any] = row.value
        place, stocks = products[0], [_stock(product) for product in products]
        possible = [product for product, stock in zip(products, stocks, strict=True) if stock is not Available.NO]
        facts = {"Walk-ins accepted": "walkins_accepted", "Insurance accepted": "insurance_accepted"}
        name, second = read.plain(place["loc_name"]), read.plain(place.get("loc_admin_street2"))
        ids = _store(place)
        return Listing(
            id=place["provider_location_guid"],
            name=name,
            address=(place["loc_admin_street1"], second if re.search("[A-Za-z]", second) else ""),
            **read.copied(place, city="loc_admin_city", state="loc_admin_state", postal_code="loc_admin_zip"),
            position=read.point(place, "latitude", "longitude"),
            location_type=LocationType.PHARMACY if ids else stores.kind_of(name),
            info_phone=place.get("loc_phone", ""),
            info_url=read.first_link(*_words(place, "web_address")),
            booking_url=read.first_link(*_words(place, "pre_screen"), *_words(place, "web_address")),
            description="\n".join(fact for fact, key in facts.items() if place.get(key)),
            restrictions=read.lines(STOCK, _ages(possible), read.plain(place.get("provider_notes")).replace("�", "")),
            external_ids=(("vaccines_gov", place["provider_location_guid"]), *ids),
            available=next(one for one in (Available.YES, Available.UNKNOWN, Available.NO) if one in stocks),
            products=tuple(map(_product, possible)),
            valid_at=_as_of(products),
        )


def _places(rows: list[Any]) -> list[list[Any]]:
    """Groups rows by place and category (COVID-19, flu); a Walmart listed twice has only its newer rows."""
    grouped: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        grouped.setdefault((row["provider_location_guid"], _category(row)), []).append(row)
    newest: dict[object, list[Any]] = {}
    for (guid, category), place in sorted(grouped.items(), key=lambda item: _as_of(item[1])):
        ids = _store(place[0])
        newest[category, ids if ids and ids[0][0] == "walmart" else guid] = place
    return list(newest.values())


def _category(row: Any) -> str:
    return str(row.get("category") or "covid").lower()


def _as_of(place: list[Any]) -> str:
    return max(str(row.get("quantity_last_updated", "")) for row in place) or "-"  # no time: the age is unknown


def _stock(row: Any) -> Available:
    level = int(row.get("supply_level", -1))
    if read.flag(row, "in_stock") and level > 0:
        return Available.YES
    return Available.NO if level == 0 and not row["in_stock"] else Available.UNKNOWN


def _product(row: Any) -> str:
    if (category := _category(row)) != "covid":
        return str(row["med_name"]) if vaccines.others_in(row["med_name"]) else category
    labeler, product, _ = map(int, row["ndc"].split("-"))
    return NDC.get((labeler, product)) or str(row["med_name"])


def _ages(rows: list[Any]) -> str:
    """The youngest age that the staff vaccinates, whatever the product allows."""
    months = (max(int(row.get("min_age_years", 0)) * 12, int(row.get("min_age_months", 0))) for row in rows)
    youngest = min(months, default=0)
    return f"From {youngest} months" if youngest % 12 else f"From {youngest // 12} years" if youngest else ""


def _store(place: Any) -> tuple[tuple[str, str], ...]:
    name = read.plain(place["loc_name"]).lower()
    start, form = next(((start, form) for start, form in CHAINS.items() if name.startswith(start)), ("", ""))
    found = NUMBER.fullmatch(read.plain(place.get("loc_store_no"))) or AT_END.search(name)
    number = found[1] if found else stores.store_number(name, re.escape(start))
    if not form or not number:
        return ()
    system, _, value = form.format(int(number)).partition(":")
    bartell = (("bartell", str(int(value) - 6900)),) if name.startswith("bartell") else ()
    return ((system, value), *bartell)


def _words(place: Any, key: str) -> list[str]:
    """The words of a field, which may have several links, or text around one."""
    return re.split(r"[\s,;]+", read.plain(place.get(key)))
