"""TEVIS (Kommunix): appointments at German city and district offices.

- Unofficial: the requests of the page itself, in its order and with its guest cookies; no key. Ask the city first, and
  write its answer into the region file. Shape from published code, never seen by us.
- Fills in: offices with their address, the first free times of one service.
- Cannot fill in: counts, times beyond the first list.
- The source's URL is the city's start page (`…/select2?md=27`), which is also the link for people. `options.service` is
  the number of a service or part of its name.
- We stop at the list of times: choosing one would reserve it. A city that asks for a name before it shows times is not
  read.
"""

from collections.abc import AsyncIterator

from aggregator.adapter import Fetch, Listing, Node, Page, PageAdapter, Row, SlotListing, SourceInfo, attr, line, read

NONE = "Kein freier Termin verfügbar"
TIMES = "form.suggestion_form"
OFFICES = "form:has(input[name=loc])"


class Tevis(PageAdapter):
    name = "tevis"
    title = "TEVIS"
    guest_session = True
    whole_rows = True
    stops_when_refused = True
    options = {"service": (), "name": (), "address": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        start = await fetch(source.url)
        number, service = _service(start, str(source.options.get("service", "")))
        client = attr(start.html, "input[name=mdt]", "value")  # another number than `md`
        if not client:
            raise start.error("has no `mdt`, which the next step needs")
        chosen = start.join(f"location?mdt={client}&select_cnc=1&cnc-{number}=1")
        location = await fetch(chosen)
        if location.html.css_matches("#suggest_filter_form"):  # the only office is not offered for choice
            yield location.with_context((client, service, "", source.options["name"], source.options["address"]))
            return
        offices = location.html.css(OFFICES)
        if "personaldata" in location.url or not offices:
            raise location.error("offers no office to choose before it asks for anything else")
        for form in offices:
            office = attr(form, "input[name=loc]", "value")
            choice = {"loc": office, "gps_lat": "", "gps_long": "", "select_location": "Weiter"}
            if page := await fetch.try_fetch(chosen, form=choice):
                if not _is_answer(page):
                    fetch.damaged(page.url, f"is not the list of times of office {office}: the session was lost")
                yield page.with_context((client, service, office, *_name_and_address(form)))

    def listing(self, row: Row) -> Listing:
        client, service, office, name, address = row.context
        prefix = row.source.url.partition("://")[2].rpartition("/")[0]
        return Listing(
            id=f"{prefix}:{client}/{office}",
            name=name,
            address=address,
            booking_url=row.source.url,
            slots=tuple(_slot(form, service) for form in row.page.html.css(TIMES)),
            no_if_empty=True,
            complete=_is_answer(row.page),
        )


def _service(page: Page, wanted: str) -> tuple[str, str]:
    """The number and name of the wanted service, or of the only one."""
    offered = {
        (node.attributes.get("name") or "")[4:]: node.attributes.get("data-tevis-cncname") or ""
        for node in page.html.css("input[name^=cnc-]")
    }
    found = [(number, name) for number, name in offered.items() if wanted == number or wanted.lower() in name.lower()]
    if len(found) != 1:
        known = ", ".join(f"{number} ({name})" for number, name in offered.items())
        raise page.error(
            f"offers {known or 'nothing'}, and {wanted!r} fits not just one; correct `options.service` first"
        )
    return found[0]


def _is_answer(page: Page) -> bool:
    """Whether a page is the list of times, with times or the sentence that there are none; never both."""
    has_times = page.html.css_matches(TIMES)
    return page.html.css_matches("#suggest_filter_form") and has_times != any(
        NONE in line(heading) for heading in page.html.css("h1")
    )


def _name_and_address(form: Node) -> tuple[str, str]:
    """The heading before an office's form, and the text beside it."""
    box = form.parent
    heading = box.prev if box is not None else None
    while heading is not None and heading.tag != "h3":
        heading = heading.prev
    if box is None or heading is None:
        return attr(form, "[name=select_location]", "value").removesuffix(" auswählen"), ""
    return heading.attributes.get("title") or line(heading), line(box, "p")


def _slot(form: Node, service: str) -> SlotListing:
    """One free time: a day, and its start and end in minutes since midnight."""
    day, start, end = (attr(form, f"input[name={name}]", "value") for name in ("date", "start", "end"))
    times = [read.later(f"{day}T00:00", int(minutes)) for minutes in (start, end)]
    return SlotListing(start=times[0], end=times[1], products=(service,) if service else ())
