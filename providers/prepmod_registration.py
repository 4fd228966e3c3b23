"""PrepMod registration pages behind private links, which towns publish on their own pages but no search lists.

- Official: the state's installation and the town's page; no agreement, no key.
- Not verified: written from published code; we have no recording of the system.
- Fills in: venue, day, times with their free places (or single places), product, the heading above the link as a
  restriction.
- Cannot fill in: the address, which the source's options give.
- A source is the town's page, or one registration page.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote_plus, urlsplit

from aggregator.adapter import Listing, OnePlaceAdapter, Page, RecordError, Row, SlotListing, line, read

TITLE = re.compile(r"Sign Up for Vaccinations - (.{1,200}) on (\d\d/\d\d/\d{4})")
PLACES = re.compile(r"(\d{1,2}:\d\d [ap]m)\b.{0,100}?(?<![\d-])(\d{1,6}) appointments? available")
CLOSED = ("does not have any appointment slots available", "This clinic is closed")
PRODUCTS = {"data-pfizer-clinic": "Pfizer", "data-moderna-clinic": "Moderna", "data-janssen-clinic": "Janssen"}


class PrepModRegistration(OnePlaceAdapter):
    name = "prepmod_registration"
    title = "PrepMod (towns' private links)"
    # A mail filter that rewrites links turns their slashes into "_".
    link = r"(?<![a-z0-9.-])((?:[a-z0-9-]+\.)+[a-z]{2,})(?:/+reg/|__reg_)(\d{6,})"
    lists_only_available = True  # the page of a past or full clinic is gone

    def links(self, front: Page) -> dict[str, str]:
        """The registration pages, each with the underlined heading above its link, which says who may come."""
        found: dict[str, str] = {}
        heading = ""
        for node in front.html.css("u:not(a u), a[href]"):
            if node.tag == "u":
                heading = line(node)
            elif link := re.search(self.link, node.attributes["href"] or ""):
                domain = ".".join(link[1].split(".")[-2:])
                found.setdefault(f"https://registrations.{domain}//reg/{link[2]}", heading)
        return found

    def rows_of(self, page: Page) -> Iterable[Page]:
        return () if self.says_empty(page) else (page,)

    def says_empty(self, page: Page) -> bool:
        return super().says_empty(page) or (_is_closed(page) and not _title(page))

    def listing(self, row: Row) -> Listing:
        page = row.page
        found, closed = _title(page), _is_closed(page)
        if not found:
            raise RecordError("h1", line(page.html.css_first("h1")), "is not the title of a registration page")
        marks = [mark for mark in PRODUCTS if page.html.css_matches(f"#submitButton[{mark}='true']")]
        products, number = tuple(PRODUCTS[mark] for mark in marks), page.url.rpartition("/")[2]
        times = [] if closed else _counted(page, found[2]) or _single(page)
        if not times and not closed:
            raise RecordError("times", found[0], "the page has neither times nor a notice that it is closed")
        return self.place(
            row,
            name=found[1],
            restrictions=read.lines(row.context, row.source.options.get("restrictions")),
            external_ids=((f"prepmod-{urlsplit(page.url).hostname}-reg", number),),
            count=0 if closed else None,
            slots=tuple(SlotListing(id=number, start=start, count=count, products=products) for start, count in times),
        )


def _is_closed(page: Page) -> bool:
    """Whether the page, or the URL of the error page, has a notice that the clinic is closed."""
    return any(notice in f"{unquote_plus(page.url)} {page.shown}" for notice in CLOSED)


def _title(page: Page) -> re.Match[str] | None:
    return TITLE.search(line(page.html.css_first("h1")))


def _counted(page: Page, day: str) -> list[tuple[str, int]]:
    """The times of a table, with their free places."""
    cells = (line(cell) for cell in page.html.css("tr td:last-child"))
    return [(f"{day} {found[1]}", int(found[2])) for cell in cells if (found := PLACES.search(cell))]


def _single(page: Page) -> list[tuple[str, int]]:
    """The times of radio buttons, one place each; a taken one is disabled."""
    found = []
    for button in page.html.css("input[name='appointment[appointment_at_unix]']"):
        attributes = button.attributes
        start = f"{attributes['data-appointment-date']} {attributes['data-appointment-time']}"
        found.append((start, int("disabled" not in attributes)))
    return found
