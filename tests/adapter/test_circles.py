"""Systems that are searched around ZIP codes, tested with a made-up pharmacy chain."""

import json
from collections.abc import Iterator

from aggregator.adapter import Available, DataRow, Listing, Page, SourceInfo, circles
from aggregator.errors import Unreachable
from aggregator.model import Report
from tests.support.pages import Reply, TableClient, names, source, visit

STORES = "https://clinics.example.org/stores"
MOST = 2


class Chain(circles.CircleAdapter):
    name = "chain"
    title = "Chain of pharmacies"

    def around(self, source: SourceInfo) -> dict[str, circles.Question]:
        return {middle: circles.Question(source.url, {"zip": middle}) for middle in source.options["zips"]}

    def is_full(self, page: Page, source: SourceInfo) -> bool:
        return len(page.json) >= MOST

    def within(
        self, page: Page, circle: circles.Question, source: SourceInfo, searched: set[str]
    ) -> Iterator[circles.Question]:
        for store in page.json:
            if "more" in store:
                yield circles.Question(source.url, {**(circle.params or {}), "store": store["more"]})

    def listing(self, row: DataRow) -> Listing:
        return Listing(name=row["name"], available=Available.YES)


def searched(**answers: object) -> tuple[Report, list[str]]:
    """A visit to circles around ZIPs; `z02120_7` is the response about store 7 of a circle."""
    replies: dict[str, Reply] = {}
    for key, reply in answers.items():
        zip_code, _, store = key.removeprefix("z").partition("_")
        url = f"{STORES}?zip={zip_code}" + (f"&store={store}" if store else "")
        replies[url] = reply if isinstance(reply, Unreachable) else json.dumps(reply)
    zips = tuple(dict.fromkeys(key[1:6] for key in answers))
    client = TableClient(replies)
    return visit(Chain(), source(STORES, options={"zips": zips}), client), client.requested


def test_a_store_in_several_circles_is_read_once() -> None:
    report, _ = searched(z02120=[{"name": "Gull"}], z01999=[{"name": "Gull"}])
    assert (report.outcome, report.whole, names(report)) == ("OK", True, ["Gull"])


def test_a_failed_circle_loses_only_its_own_stores() -> None:
    report, _ = searched(z02120=Unreachable("down"), z01999=[{"name": "Gull"}])
    assert (report.outcome, report.whole, names(report)) == ("DOWN", False, ["Gull"])


def test_a_truncated_circle_is_reported_and_the_other_circles_are_still_read() -> None:
    report, _ = searched(z02120=[{"name": "Gull"}, {"name": "Kite"}], z01999=[{"name": "Tern"}])
    assert (report.outcome, report.whole, names(report)) == ("CHANGED", False, ["Gull", "Kite", "Tern"])
    assert "around 02120 were truncated" in report.message


def test_follow_up_requests_for_a_circle_come_right_after_it() -> None:
    report, urls = searched(z02120=[{"name": "Gull", "more": "7"}], z02120_7=[{"name": "Kite"}], z01999=[])
    assert names(report) == ["Gull", "Kite"]
    assert [url.partition("?")[2] for url in urls] == ["zip=02120", "zip=02120&store=7", "zip=01999"]
