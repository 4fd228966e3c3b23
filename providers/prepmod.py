"""PrepMod clinic search (Multi-State Partnership for Prevention): the public web page of a state's installation.

- Official: the state's own site, read as a person would; no agreement, no key.
- Fills in: clinics (one venue on one day) with date, hours, products, count, age groups, free-text restrictions,
  sign-up link.
- Cannot fill in: single times, position, phone; the dose, unless the free text has it.
- A count without any sign-up button means that sign-up has closed, but only if other clinics of the visit have a
  button. A button that leads elsewhere leaves its clinic UNKNOWN.
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
# The second label is Rhode Island's since summer 2021; it also counts appointments that are being booked.
COUNTS = ("available appointments", "appointments available or currently being booked")
NO_AGE_LIMIT = ("", "N/A", "All Ages")
SIGN_UP = "a[href*='registration?clinic_id=']"
# Anything that may be a sign-up link in another form. Links in labelled paragraphs are the clinic's own text.
BUTTON = ".button-primary, button, form, input, a:not(:has(> strong) a)"


class PrepMod(HtmlAdapter):
    name = "prepmod"
    title = "PrepMod clinic search"
    rows = f"div.border-b:has({TITLE})"
    expects = ("Find a Vaccination Clinic", "pagy-nav")
    empty_marker = "No clinics to show."
    next_page = "nav.pagy-nav a[rel=next]"
    last_page = "nav.pagy-nav .next.disabled"
    # The bare URL shows only the form: one search parameter, even an empty one, makes it list clinics.
    params = {"q[venue_search_name_or_venue_name_i_cont]": "", "page": "1"}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        links = False  # whether any page so far has a sign-up link
        async for page in super().pages(source, fetch):
            links = links or page.html.css_matches(f"{self.rows} {SIGN_UP}")
            yield page.with_context(links)
            del page  # frees its tree while the next page waits for the host's pace

    def rows_of(self, page: Page) -> list[Node]:
        rows = page.html.css(self.rows)
        offering = [] if page.context else [row for row in rows if _offers(row)]
        if len(offering) > 1 or any(row.css_matches(BUTTON) for row in offering):
            raise page.error(f"lists {len(offering)} clinics with appointments but no sign-up link like {SIGN_UP!r}")
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
    """The id in the sign-up link or, if sign-up has closed, in the name of the map image; "" without either."""
    if not href:
        image = re.search(r"/clinic(\d+)\.png", row.value.html or "")
        return image[1] if image else ""
    found = re.search(r"[?&]clinic_id=(\d+)", href)
    if found is None:
        raise RecordError("sign-up link", href, "has no clinic_id")
    return found[1]


@lru_cache(maxsize=1024)
def _search(url: str, venue: str) -> str:
    """The URL that searches for one venue. The links of single clinics expire with their day; this one stays."""
    search = url.partition("?")[0]
    return f"{search}?q%5Bvenue_search_name_or_venue_name_i_cont%5D={quote_plus(venue, errors='replace')}"
