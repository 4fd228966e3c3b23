"""SignUp.com: a volunteer sign-up service that a hospital used for its clinics until March 2021.

- Official: the organizer's public sign-up, read through the page's own request.
- Not verified: written from published code; we have no recording of the system.
- Fills in: free places of each day.
- Cannot fill in: times, product, dose, or the place, which the source's options describe.
- The source's URL has the public access key and the number of the activity.
"""

from datetime import timedelta

from aggregator.adapter import Fetch, Listing, OnePlaceAdapter, Pages, Row, SlotListing, SourceInfo

DAYS_AHEAD = 60


class SignupCom(OnePlaceAdapter):
    name = "signup_com"
    title = "SignUp.com"
    whole_rows = True

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        last = fetch.today + timedelta(days=DAYS_AHEAD)
        yield await fetch(source.url, params={"startdate": str(fetch.today), "enddate": str(last)})

    def listing(self, row: Row) -> Listing:
        days = row.page.json["data"]
        free = {day["edate"]: 0 for day in days}
        for day in days:  # the answer may list a day in several parts
            free[day["edate"]] += max(int(day["jobstotal"]) - int(day["jobstotalassignments"]), 0)
        slots = tuple(SlotListing(start=day, count=count, days_only=True) for day, count in free.items())
        return self.place(row, slots=slots, no_if_empty=True)
