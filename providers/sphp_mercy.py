"""Trinity Health of New England (apps.sphp.com): the day list of Mercy Medical Center, Springfield.

- Official: the hospital's own scheduler; no key.
- Fills in: times with their end. We count their buttons and never press them.
- Cannot fill in: products; the dose, unless the page says that its times are for first doses.
"""

import re
from datetime import timedelta

from aggregator.adapter import Fetch, Listing, Page, PageAdapter, Pages, Row, SlotListing, SourceInfo, attr, line

DAYS = 8
SITE = "THOfNE Mercy Medical Center"
NONE = "There are no open appointments on this day."
OPEN = ".well:has(button[onclick*=ReserveAppt])"
SPAN = re.compile(r"(\d{1,2}:\d\d [AP]M) - (\d{1,2}:\d\d [AP]M)")


class SphpMercy(PageAdapter):
    name = "sphp_mercy"
    title = "Mercy Medical Center, Springfield"
    guest_session = True

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        start = await fetch(source.url, form={"SiteName": SITE})  # a cookie stores the choice
        for day in (fetch.today + timedelta(days=ahead) for ahead in range(DAYS)):
            yield await fetch(start.join("livesearch.php"), form={"ScheduleDay": f"{day:%m/%d/%Y}"})

    def rows_of(self, page: Page) -> tuple[Page]:
        if not page.says(NONE) and not page.html.css_matches(OPEN):
            raise page.error("has neither a time to reserve nor the notice that the day has none")
        return (page,)

    def listing(self, row: Row) -> Listing:
        page = row.page
        day = attr(page.html, "#CurrentDay", "data-date")  # may differ from the requested day
        doses = ("1",) if page.says("only for a first dose") else ()
        spans = [SPAN.findall(line(time))[0] for time in page.html.css(OPEN)]
        slots = tuple(SlotListing(start=f"{day} {one}", end=f"{day} {to}", count=1, doses=doses) for one, to in spans)
        return Listing(
            name="Mercy Medical Center",
            address="299 Carew Street, Springfield MA, 01104",
            booking_url=row.source.url,
            external_ids=(("sphp", SITE),),
            count=0 if page.says(NONE) else None,
            slots=slots,
        )
