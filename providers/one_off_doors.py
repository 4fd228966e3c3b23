"""Sign-up pages that belong to no booking system: a page, a text that means open, and a text that means closed.

- Official: the organizer's own page.
- Not verified: written from published code; we have no recording of the system.
- Fills in: YES or NO. The source's options give everything else: the place, and the texts `open` and `closed`.
- Cannot fill in: anything else.
- A page with neither text is not the page we know (a script may draw it); a page with both is UNKNOWN.
"""

from aggregator.adapter import Available, Listing, OnePlaceAdapter, RecordError, Row


class OneOffDoors(OnePlaceAdapter):
    name = "one_off_doors"
    title = "Single sign-up page"
    options = {**OnePlaceAdapter.options, "open": (), "closed": ()}

    def listing(self, row: Row) -> Listing:
        page, texts = row.page, {key: row.source.options.get(key, "") for key in ("open", "closed")}
        shown = {key for key, words in texts.items() if words and words in page.shown}
        if not shown:
            raise RecordError("page", page.shown, f"contains neither {texts['open']!r} nor {texts['closed']!r}")
        available = Available.YES if "open" in shown else Available.NO
        return self.place(row, available=available if len(shown) == 1 else Available.UNKNOWN)
