"""SignUpGenius: a volunteer sign-up service that a hospital or health department uses for its clinics.

- Official: the organizer's public pages; no key.
- Fills in: every time with its free places, dose and product if the page names them, the organizer's terms, the place
  if the link's text names it.
- Cannot fill in: where a clinic is if the link does not name it; then the source's options do.
- A source is the organizer's page with links to the events (one for each day), or one event.
- A place can be booked only if its row has a checkbox: a locked event shows free places without one.
"""

import re

from aggregator.adapter import Available, Listing, Node, OnePlaceAdapter, RecordError, Row, SlotListing, attr, line

TIME = r"\d{1,2}:\d\d ?[ap]m"
LOCKED = "[data-content*='Locked' i]"
DAY = r"\d\d/\d\d/\d{4}"
FILLED = re.compile(r"(?<!\d)(\d{1,6}) of (\d{1,6}) slots filled")


class SignUpGenius(OnePlaceAdapter):
    name = "signupgenius"
    title = "SignUpGenius"
    link = r"signupgenius\.com/go/"
    lists_only_available = True  # the organizer's page no longer links past events

    def listing(self, row: Row) -> Listing:
        page = row.page
        title, days = line(page.html.css_first("title")), re.findall(rf"Date: ?({DAY})", line(page.html.body))
        rows = {one.mem_id: one for label in page.html.css("td.SUGtable p.hrow") if (one := _row(label))}
        full = "SIGN UP IS FULL" in line(page.html.css_first("#submitfooter h1")).upper()
        if not rows and not full:
            raise RecordError("rows", title, "the page has neither times nor a notice that it is full")
        terms = attr(page.html, "meta[name=description]", "content")
        products = tuple(re.findall(r"\bdose of the (.{1,40}?) vaccine", terms)[:1])
        doses = tuple(re.findall(r"(?i)\b(\w++ dose)\b", title)[:1])
        place = re.search(r"\bat ([^,]{1,200}), (.+)", row.context)
        closed = full or page.html.css_matches(LOCKED)
        slots = tuple(_slot(one, closed, "".join(days[:1]), products, doses) for one in rows.values())
        return self.place(
            row,
            name=place[1] if place else row.source.options.get("place") or title,
            address=place[2] if place else "",
            restrictions=terms,
            external_ids=((self.name, page.url.rpartition("/go/")[2]),),
            available=Available.NO if full and not rows else None,
            slots=slots,
            complete=all(slot.available is not Available.UNKNOWN for slot in slots),
        )


def _row(label: Node) -> Node | None:
    """The row of a label: the smallest one around it that also contains its hours, or else the row of its cell.

    Tables are nested, and an element around several labels is layout.
    """
    found, node = None, label.parent
    while node is not None and _labels(node) == 1:
        if node.tag == "td" and "SUGtable" in (node.attributes.get("class") or "").split():
            row = node.parent if node.parent and _labels(node.parent) == 1 else node
            found = found or row
            if re.search(TIME, line(row)):
                return row
        node = node.parent
    return found


def _labels(node: Node) -> int:
    return len({label.parent.mem_id for label in node.css("p.hrow") if label.parent})


def _slot(row: Node, closed: bool, day: str, products: tuple[str, ...], doses: tuple[str, ...]) -> SlotListing:
    """The slot of a row. `closed`: nobody can sign up, so free places have no checkbox."""
    words, size = line(row), re.search(r"\((\d+)\)", line(row, "p.hrow"))
    filled, hours = FILLED.search(words), re.search(rf"({TIME}) - ({TIME})", words)
    when = (re.findall(DAY, words) or [day])[0]
    places = size[1] if size else filled[2] if filled else None
    taken = filled[1] if filled else places if "already filled" in words.lower() else 0
    unread = "slots filled" in words and not filled
    free = None if places is None or unread else max(int(places) - int(taken or 0), 0)
    can_sign_up = row.css_matches("input[type=checkbox][name=siid]")
    available = None if can_sign_up or free == 0 else Available.NO if closed else Available.UNKNOWN
    start, end = (f"{when} {hours[1]}", f"{when} {hours[2]}") if hours else (when, "")
    return SlotListing(start=start, end=end, count=free, available=available, products=products, doses=doses)
