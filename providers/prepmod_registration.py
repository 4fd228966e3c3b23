"""PrepMod registration pages behind private links, which towns publish on their own pages and no search lists.

Official: the state's installation and the town's page, no agreement, no key. Shape from published code, never seen by
us. The source is the town's page, or one registration page. Fills in: venue, day, times with their places (or single
places), product, the heading above the link as restriction. Cannot: the address, which the source's options give.
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
    # a mail filter writes the slashes of the links it rewrites as "_"
    link = r"(?<![a-z0-9.-])((?:[a-z0-9-]+\.)+[a-z]{2,})(?:/+reg/|__reg_)(\d{6,})"
    lists_only_available = True  # a clinic that is over or full has no page any more

    def links(self, front: Page) -> dict[str, str]:
        """With the underlined heading above each link, for whom it is."""
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
        found, shut = _title(page), _is_closed(page)
        if not found:
            raise RecordError("h1", line(page.html.css_first("h1")), "is not the title of a registration page")
        marks = [mark for mark in PRODUCTS if page.html.css_matches(f"#submitButton[{mark}='true']")]
        products, number = tuple(PRODUCTS[mark] for mark in marks), page.url.rpartition("/")[2]
        times = [] if shut else _counted(page, found[2]) or _single(page)
        if not times and not shut:
            raise RecordError("times", found[0], "the page has neither times nor a line that says it is closed")
        return self.place(
            row,
            name=found[1],
            restrictions=read.lines(row.context, row.source.options.get("restrictions")),
            external_ids=((f"prepmod-{urlsplit(page.url).hostname}-reg", number),),
            count=0 if shut else None,
            slots=tuple(SlotListing(id=number, start=start, count=count, products=products) for start, count in times),
        )


def _is_closed(page: Page) -> bool:
    """Whether a person is told so, on the page or in the address of the page of errors."""
    return any(says in f"{unquote_plus(page.url)} {page.shown}" for says in CLOSED)


def _title(page: Page) -> re.Match[str] | None:
    return TITLE.search(line(page.html.css_first("h1")))


def _counted(page: Page, day: str) -> list[tuple[str, int]]:
    """A table of times with their places."""
    cells = (line(cell) for cell in page.html.css("tr td:last-child"))
    return [(f"{day} {found[1]}", int(found[2])) for cell in cells if (found := PLACES.search(cell))]


def _single(page: Page) -> list[tuple[str, int]]:
    """Radio buttons, one place each; a taken one is disabled."""
    found = []
    for button in page.html.css("input[name='appointment[appointment_at_unix]']"):
        said = button.attributes
        start = f"{said['data-appointment-date']} {said['data-appointment-time']}"
        found.append((start, int("disabled" not in said)))
    return found
