"""Single sign-up pages that belong to no booking system: a page, a text that means open, a text that means closed.

Official: the organizer's own page. Shape from published code, never seen by us. All of it is in the source's options:
the place, `open` and `closed`. Fills in: yes or no. Cannot: anything else. A page with neither text is not the page we
know, and one with both says nothing; a page that is drawn by a script holds neither.
"""

from aggregator.adapter import Available, Listing, OnePlaceAdapter, RecordError, Row


class OneOffDoors(OnePlaceAdapter):
    name = "one_off_doors"
    title = "Single sign-up page"
    options = {**OnePlaceAdapter.options, "open": (), "closed": ()}

    def listing(self, row: Row) -> Listing:
        page, says = row.page, {key: row.source.options.get(key, "") for key in ("open", "closed")}
        seen = {key for key, words in says.items() if words and words in page.shown}
        if not seen:
            raise RecordError("page", page.shown, f"holds neither {says['open']!r} nor {says['closed']!r}")
        known = Available.YES if "open" in seen else Available.NO
        return self.place(row, available=known if len(seen) == 1 else Available.UNKNOWN)
