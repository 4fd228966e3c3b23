"""PrepMod clinic search (Multi-State Partnership for Prevention): the public web page of a state's installation.

Official: the state's own site, read as a person would; no agreement, no key. Fills in: clinics (one venue on one day)
with date, hours, products, count, age groups, free-text restrictions, sign-up link. Cannot: single times, position,
phone; the dose only where free text says so. A count without any sign-up button means that sign-up has closed, but only
where other clinics of the visit have theirs; a button that leads elsewhere leaves its clinic unknown.
"""

import re
from functools import lru_cache
from urllib.parse import quote_plus

from aggregator.adapter import (
    Available,
    Fetch,
    HtmlAdapter,
    HtmlRow,
    Listing,
    Node,
    Page,
    Pages,
    RecordError,
    SlotListing,
    SourceInfo,
    host_of,
    labelled,
)

TITLE = ".text-xl.font-black"  # .text-xl alone also matches a hidden pop-up template
# the second label is Rhode Island's from summer 2021: it also counts those being booked at the moment
COUNTS = ("available appointments", "appointments available or currently being booked")
NO_AGE_LIMIT = ("", "N/A", "All Ages")
SIGN_UP = "a[href*='registration?clinic_id=']"
# what may be a sign-up link in another shape; links inside of labelled paragraphs are part of what the clinic writes
BUTTON = ".button-primary, button, form, input, a:not(:has(> strong) a)"


class PrepMod(HtmlAdapter):
    name = "prepmod"
    title = "PrepMod clinic search"
    rows = f"div.border-b:has({TITLE})"
    expects = ("Find a Vaccination Clinic", "pagy-nav")
    empty_marker = "No clinics to show."
    next_page = "nav.pagy-nav a[rel=next]"
    last_page = "nav.pagy-nav .next.disabled"
    # the bare address shows only the form: one search parameter, even an empty one, makes it list clinics
    params = {"q[venue_search_name_or_venue_name_i_cont]": "", "page": "1"}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        links = False  # whether the pages so far have a sign-up link
        async for page in super().pages(source, fetch):
            links = links or page.html.css_matches(f"{self.rows} {SIGN_UP}")
            yield page.with_context(links)
            del page  # its tree would live while the next page waits for its turn

    def rows_of(self, page: Page) -> list[Node]:
        rows = page.html.css(self.rows)
        offering = [] if page.context else [row for row in rows if _offers(row)]
        if len(offering) > 1 or any(row.css_matches(BUTTON) for row in offering):
            raise page.error(
                f"lists {len(offering)} clinics with appointments and not one sign-up link like {SIGN_UP!r}"
            )
        return rows

    def listing(self, row: HtmlRow) -> Listing:
        venue, _, day = row.line(TITLE).rpartition(" on ")
        facts = row.labelled()
        href = row.attr(SIGN_UP, "href")
        clinic = _clinic_id(href, row)
        ages = facts.get("age groups served", "")
        count = _count(facts)
        closed = not href and count != "0" and row.context and not row.has(BUTTON)
        available = None if href or count == "0" else Available.NO if closed else Available.UNKNOWN
        notes = [facts.get("additional information", ""), "" if ages in NO_AGE_LIMIT else f"Age groups: {ages}"]
        slot = SlotListing(
            start=day,
            hours=facts["clinic hours"],
            count=count,
            available=available,
            products=(facts["vaccinations offered"],),
            booking_url=href,
        )
        return Listing(
            name=venue,
            address=row.text(f"{TITLE} + *"),
            booking_url=_search(row.page.url, venue[:200]),
            restrictions="\n".join(filter(None, notes)),
            external_ids=((f"prepmod-{host_of(row.source.url)}-clinic", clinic),) if clinic else (),
            slots=(slot,),
            complete=available is not Available.UNKNOWN,
        )


def _offers(row: Node) -> bool:
    """Whether a row states a number of appointments above 0."""
    facts = labelled(row)
    return any(facts[label].isdigit() and int(facts[label]) for label in COUNTS if label in facts)


def _count(facts: dict[str, str]) -> str:
    for label in COUNTS:
        if label in facts:
            return facts[label]
    raise RecordError("count", ", ".join(facts), f"none of the row's labels is {' or '.join(COUNTS)}")


def _clinic_id(href: str, row: HtmlRow) -> str:
    """From the sign-up link, or from the name of the map image where sign-up has closed; "" where neither is."""
    if not href:
        image = re.search(r"/clinic(\d+)\.png", row.value.html or "")
        return image[1] if image else ""
    found = re.search(r"[?&]clinic_id=(\d+)", href)
    if found is None:
        raise RecordError("sign-up link", href, "holds no clinic_id")
    return found[1]


@lru_cache(maxsize=1024)
def _search(url: str, venue: str) -> str:
    """The search for one venue: it outlives the links of single clinics, which die with their day."""
    search = url.partition("?")[0]
    return f"{search}?q%5Bvenue_search_name_or_venue_name_i_cont%5D={quote_plus(venue, errors='replace')}"
