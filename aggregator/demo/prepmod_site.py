"""Simulates three PrepMod-like clinic searches: one with clinics, one with a waiting room, and an empty one.

The pages have the structure of the real ones (a title of two classes, labelled paragraphs, a pagy pager, ten clinics a
page, a redirect past the last one) and share no text with them beyond the labels that an adapter reads.
"""

from html import escape
from urllib.parse import urlencode

from aggregator.demo.simulated_site import Reply, SimulatedRequest
from aggregator.demo.world import Clinic, World

SEARCH = "/appointment/en/clinic/search"
REGISTRATION = "/appointment/en/client/registration"
VENUE = "q[venue_search_name_or_venue_name_i_cont]"
PER_PAGE = 10

PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Harbor County</title></head>
<body>
<main id="maincontent">
<h1>Find a Vaccination Clinic</h1>
<form id="clinic_search" action="{search}" method="get">
<label>Venue <input name="{venue}" value="{wanted}"></label>
<input type="submit" name="commit" value="Search" class="button-primary">
</form>
<div class="mt-24 border-t border-gray-200">
{rows}
<div class="mt-4 flex justify-center">
{pager}
</div>
</div>
</main>
<footer><p>A simulated clinic search.</p></footer>
<template id="template-flash-message"><p class="text-xl font-bold" id="the-message">message</p></template>
</body>
</html>
"""

ROW = """<div class="md:flex justify-between px-2 pt-4 pb-4 border-b border-gray-200">
<div class="md:flex-shrink text-gray-800">
<h2 class="text-xl font-black">
{title}
</h2>
<p>
{address}
</p>
<p><strong>Vaccinations offered:</strong>
<strong>{product} COVID-19 Vaccine</strong></p>
<p><strong>Age groups served:</strong> {ages}</p>
<p><strong>Services offered:</strong> Vaccination</p>
{note}<p><strong>Clinic Hours
:</strong> {hours}</p>
<p><strong>Available Appointments:</strong>
{left}</p>
<div><strong>Special Instructions:</strong> The second dose has to be of the same product.</div>
{sign_up}</div>
<div class="map-image"><img alt="" src="/maps/clinic{id}.png?locale=en"></div>
</div>"""

WAITING_ROOM = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Harbor County Virtual Waiting Room</title></head>
<body>
<main><p>Many people are here at the moment. Please keep this page open; it lets you in when it is your turn.</p></main>
<footer><p>Estimated wait</p><p>4 minutes</p></footer>
</body>
</html>
"""


def county(world: World, asked: SimulatedRequest) -> Reply | None:
    """The county's search: all its clinics, or those of the requested venue."""
    return _search(world.clinics(), asked) if asked.path == SEARCH else None


def queued(asked: SimulatedRequest) -> Reply | None:
    """A waiting room: status 200, but without the search."""
    return Reply(body=WAITING_ROOM) if asked.path == SEARCH else None


def nothing(asked: SimulatedRequest) -> Reply | None:
    """A search without clinics, which says so."""
    return _search((), asked) if asked.path == SEARCH else None


def _search(clinics: tuple[Clinic, ...], asked: SimulatedRequest) -> Reply:
    wanted = asked.query.get(VENUE, "")
    found = [clinic for clinic in clinics if wanted.lower() in clinic.venue.name.lower()]
    last = max(1, -(-len(found) // PER_PAGE))
    asked_page = asked.query.get("page", "1")
    if asked_page not in map(str, range(1, last + 1)):
        return Reply(body="", status=302, headers={"Location": asked.base + SEARCH})
    page = int(asked_page)
    rows = "\n".join(_row(clinic) for clinic in found[(page - 1) * PER_PAGE : page * PER_PAGE])
    return Reply(
        body=PAGE.format(
            search=SEARCH,
            venue=escape(VENUE),
            wanted=escape(wanted),
            rows=rows or '<h3 class="text-3xl text-gray-600"> No clinics to show. </h3>',
            pager=_pager(page, last, wanted),
        )
    )


def _row(clinic: Clinic) -> str:
    venue = clinic.venue
    href = f"{REGISTRATION}?{urlencode({'clinic_id': clinic.id})}"
    return ROW.format(
        title=escape(f"{venue.name} on {clinic.day:%m/%d/%Y}"),
        address=escape(venue.address),
        product=escape(clinic.product),
        ages=escape(venue.ages),
        note=f"<p><strong>Additional Information:</strong> {escape(venue.note)}</p>\n" if venue.note else "",
        hours=escape(venue.hours),
        left=clinic.left,
        sign_up="" if venue.closed else f'<p class="my-3"><a class="button-primary" href="{href}">Sign up</a></p>\n',
        id=clinic.id,
    )


def _pager(page: int, last: int, wanted: str) -> str:
    """A pagy pager: the next page is linked from its number and from "Next"."""

    def link(number: int, label: str) -> str:
        href = escape(f"{SEARCH}?{urlencode({VENUE: wanted, 'page': number})}")
        rel = ' rel="next"' if number == page + 1 else ""
        return f'<a href="{href}"{rel}>{label}</a>'

    def step(kind: str, number: int, label: str) -> str:
        if 1 <= number <= last:
            return f'<span class="page {kind}">{link(number, label)}</span>'
        return f'<span class="page {kind} disabled">{label}</span>'

    numbers = [
        f'<span class="page active">{number}</span>'
        if number == page
        else f'<span class="page">{link(number, str(number))}</span>'
        for number in range(1, last + 1)
    ]
    steps = [step("prev", page - 1, "&lsaquo;&nbsp;Prev"), *numbers, step("next", page + 1, "Next&nbsp;&rsaquo;")]
    return f'<nav class="pagy-nav pagination" aria-label="pager">{" ".join(steps)}</nav>'
