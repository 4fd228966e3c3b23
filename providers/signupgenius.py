"""SignUpGenius: a volunteer sign-up service that a hospital or health department uses for its clinics.

Official: the organizer's public pages, no agreement, no key. The source is the organizer's own page with links to the
events (one event is one day), or one event itself. Fills in: every time with its free places, the dose and product
where the page names them, the organizer's terms, the place where the link's text names it. Cannot: say where a clinic
is if the link does not; the source's options do. A place can be booked only where its row has a checkbox: a locked
event shows free places without one.
"""

import re

from aggregator.adapter import (
    Available,
    Listing,
    Node,
    OnePlaceAdapter,
    Page,
    RecordError,
    SlotListing,
    SourceInfo,
    text,
)

TIME = r"\d{1,2}:\d\d ?[ap]m"
DAY = re.compile(r"\d\d/\d\d/\d{4}")
ROWS = "td.SUGtable:has(p.hrow)"


class SignUpGenius(OnePlaceAdapter):
    name = "signupgenius"
    title = "SignUpGenius"
    link = r"signupgenius\.com/go/"
    lists_only_available = True  # an event without a link on the organizer's page is over

    def listing(self, row: Page, page: Page, source: SourceInfo) -> Listing:
        title, words = text(page.html.css_first("title")), _words(page.html.body)
        rows = [cell.parent for cell in page.html.css(ROWS) if cell.parent]
        full = "SIGN UP IS FULL" in text(page.html.css_first("#submitfooter h1")).upper()
        if not rows and not full:
            raise RecordError("rows", title, "the page has neither times nor the line that says it is full")
        day = re.search(rf"Date: ?({DAY.pattern})", words)
        dose = re.search(r"(\w+ dose)\b", title, re.IGNORECASE)
        about = page.html.css_first("meta[name=description]")
        terms = (about.attributes.get("content") or "") if about else ""
        product = re.search(r"\bdose of the (.{1,40}?) vaccine", terms)
        place = re.search(r"\bat ([^,]+), (.+)", self.words.get(page.url, ""))
        return self.place(
            source,
            name=place[1] if place else source.options.get("place") or title,
            address=place[2] if place else "",
            restrictions=terms,
            external_ids=((self.name, page.url.rpartition("/go/")[2]),),
            available=None if rows else Available.NO,
            slots=tuple(_slot(one, day[1] if day else "", _groups(product), _groups(dose)) for one in rows),
        )


def _slot(row: Node, day: str, products: tuple[str, ...], doses: tuple[str, ...]) -> SlotListing:
    words, label = _words(row), _words(row.css_first("p.hrow"))
    size, filled = re.search(r"\((\d+)\)", label), re.search(r"(\d+) of (\d+) slots filled", words)
    hours, own_day = re.search(rf"({TIME}) - ({TIME})", words), DAY.search(words)
    when = own_day[0] if own_day else day
    places = size[1] if size else filled[2] if filled else None
    free = places and int(places) - int(filled[1] if filled else 0)
    open_ = row.css_matches("input[type=checkbox][name=siid]")
    return SlotListing(
        start=f"{when} {hours[1]}" if hours else when,
        end=f"{when} {hours[2]}" if hours else "",
        count=free if open_ else 0,
        products=products,
        doses=doses,
    )


def _groups(found: re.Match[str] | None) -> tuple[str, ...]:
    return found.groups() if found else ()


def _words(node: Node | None) -> str:
    """The text on one line: saved and re-indented pages break it anywhere."""
    return " ".join(text(node).split())
