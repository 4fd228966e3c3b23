"""SignUpGenius: a volunteer sign-up service that a hospital or health department uses for its clinics.

Official: the organizer's public pages, no key. The source is the organizer's own page with links to the events (one is
one day), or one event itself. Fills in: every time with its free places, dose and product where the page names them,
the organizer's terms, the place where the link's text names it. Cannot: say where a clinic is if the link does not; the
source's options do. A place can be booked only where its row has a checkbox: a locked event shows free ones without.
"""

import re

from aggregator.adapter import Listing, Node, OnePlaceAdapter, Page, RecordError, SlotListing, SourceInfo, attr, line

TIME = r"\d{1,2}:\d\d ?[ap]m"
DAY = r"\d\d/\d\d/\d{4}"


class SignUpGenius(OnePlaceAdapter):
    name = "signupgenius"
    title = "SignUpGenius"
    link = r"signupgenius\.com/go/"
    lists_only_available = True  # an event without a link on the organizer's page is over

    def listing(self, row: Page, page: Page, source: SourceInfo) -> Listing:
        title, days = line(page.html.css_first("title")), re.findall(rf"Date: ?({DAY})", line(page.html.body))
        rows = [cell.parent for cell in page.html.css("td.SUGtable:has(p.hrow)") if cell.parent]
        if not rows and "SIGN UP IS FULL" not in line(page.html.css_first("#submitfooter h1")).upper():
            raise RecordError("rows", title, "the page has neither times nor the line that says it is full")
        terms = attr(page.html, "meta[name=description]", "content")
        products = tuple(re.findall(r"\bdose of the (.{1,40}?) vaccine", terms)[:1])
        doses = tuple(re.findall(r"(?i)(\w+ dose)\b", title)[:1])
        place = re.search(r"\bat ([^,]+), (.+)", self.words.get(page.url, ""))
        return self.place(
            source,
            name=place[1] if place else source.options.get("place") or title,
            address=place[2] if place else "",
            restrictions=terms,
            external_ids=((self.name, page.url.rpartition("/go/")[2]),),
            slots=tuple(_slot(one, "".join(days[:1]), products, doses) for one in rows),
        )


def _slot(row: Node, day: str, products: tuple[str, ...], doses: tuple[str, ...]) -> SlotListing:
    words, size = line(row), re.search(r"\((\d+)\)", line(row, "p.hrow"))
    filled, hours = re.search(r"(\d+) of (\d+) slots filled", words), re.search(rf"({TIME}) - ({TIME})", words)
    when = (re.findall(DAY, words) or [day])[0]
    places = size[1] if size else filled[2] if filled else None
    free = places and int(places) - int(filled[1] if filled else 0)
    count = free if row.css_matches("input[type=checkbox][name=siid]") else 0
    start, end = (f"{when} {hours[1]}", f"{when} {hours[2]}") if hours else (when, "")
    return SlotListing(start=start, end=end, count=count, products=products, doses=doses)
