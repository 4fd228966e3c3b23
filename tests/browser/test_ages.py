"""A page that was not rebuilt shows when its places were last checked, but no times for content it does not show."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Route

from aggregator.wording.languages import available, language
from tests.support.browsing import Site, Visit, needs_chromium, serving
from tests.support.snapshots import NOW, current, offer, place, region, snapshot, window

pytestmark = needs_chromium

SEEN = NOW + timedelta(minutes=3, seconds=30)  # 10:22:30 PM
LATER, MADE = timedelta(minutes=4, seconds=40), NOW + timedelta(minutes=4)
LIBRARY = place(2, offer(window(15, 12)), name="Library")
PAGE = f"place/{LIBRARY.id}/"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    other = place(3, current(source="town"), name="Chapel")
    with serving(tmp_path / "public", snapshot(LIBRARY, other)) as site:
        yield site


def visit(browser: Browser, site: Site, path: str = PAGE, **options: object) -> Visit:
    return Visit(browser, site.url + path, **({"later": LATER, "made": MADE, "checked_at": {"county": SEEN}} | options))  # type: ignore[arg-type]


@pytest.mark.parametrize("path", [PAGE, "zip/02139/", "town/cedar-mills/"])
def test_a_page_that_was_not_rebuilt_shows_the_latest_check(browser: Browser, site: Site, path: str) -> None:
    there = visit(browser, site, path)

    assert "Checked 1 minute ago (at 10:22 PM)" in there.text("main")
    assert not there.shown("#newer")
    assert there.faults == []


def test_places_of_a_source_that_was_not_checked_keep_their_time(browser: Browser, site: Site) -> None:
    rows = visit(browser, site, "zip/02139/").page.locator("#rows").inner_text()

    assert "No appointments when last checked 5 minutes ago (at 10:18 PM)" in " ".join(rows.split())


@pytest.mark.parametrize("looked", [{}, {"county": None}, {"county": NOW - timedelta(hours=1)}])
def test_a_check_no_later_than_the_printed_one_changes_nothing(
    browser: Browser, site: Site, looked: dict[str, datetime | None]
) -> None:
    assert "Checked 5 minutes ago (at 10:18 PM)" in visit(browser, site, checked_at=looked).text("main")


def test_an_earlier_answer_is_not_dated_as_checked_later(browser: Browser, site: Site) -> None:
    there = visit(browser, site, clock=NOW)
    newer = msgspec.structs.replace(LIBRARY, current=offer(window(15, 7)))
    site.publish(msgspec.structs.replace(snapshot(newer), generated_at=MADE + timedelta(minutes=1)))
    there.made, there.later = MADE + timedelta(minutes=1), LATER + timedelta(minutes=1)
    there.checked_at = {"county": SEEN + timedelta(minutes=1)}
    there.look_again()
    there.page.locator("#newer a").wait_for()

    assert "12 appointments" in there.text("main")
    assert "Checked 2 minutes ago (at 10:22 PM)" in there.text("main")


def test_a_list_shows_the_last_known_answer_with_its_own_time(browser: Browser, site: Site) -> None:
    there = visit(browser, site, "zip/02139/", clock=NOW)
    seen = MADE + timedelta(seconds=20)
    newer = msgspec.structs.replace(LIBRARY, current=offer(window(15, 7), checked_at=seen))
    site.publish(msgspec.structs.replace(snapshot(newer), generated_at=MADE + timedelta(minutes=1)))
    there.made, there.later = MADE + timedelta(minutes=1), LATER + timedelta(minutes=1)
    there.checked_at = {"county": seen}
    there.look_again()
    there.page.locator("#cards:has-text('7 appointments')").wait_for()

    assert "Checked 1 minute ago (at 10:23 PM)" in there.text("#cards")


@pytest.mark.parametrize(
    ("too_early", "text"), [(0, "2 minutes ago (at 10:22 PM)"), (1, "6 minutes ago (at 10:18 PM)")]
)
def test_an_older_cached_copy_of_the_page_updates_no_time(
    browser: Browser, site: Site, too_early: int, text: str
) -> None:
    there = visit(browser, site, clock=NOW, checked_at={})
    there.later, there.checked_at = LATER + timedelta(minutes=1), {"county": SEEN}
    left = format_datetime(NOW + there.later - timedelta(seconds=too_early), usegmt=True)

    def copy(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers=answer.headers | {"date": left})

    there.page.route(f"**/{PAGE}", copy)
    there.look_again()

    there.page.get_by_text(text).first.wait_for()


def test_an_updated_time_has_the_format_of_the_printed_ones(browser: Browser, tmp_path: Path) -> None:
    seen = SEEN.astimezone(region().zone)
    with serving(tmp_path / "public", snapshot(LIBRARY), languages=available()) as site:
        for tag in available():
            there = visit(browser, site, f"{'' if tag == 'en' else f'{tag}/'}{PAGE}")

            assert _at(tag, seen) in there.text("main"), tag


def _at(tag: str, local: datetime) -> str:
    spoken = language(tag, "US")
    return " ".join(f"({spoken.say('at %(time)s', time=spoken.clock(local))})".split())


# --- when the aggregator behind the page has stopped ---------------------------------------------------------------

DEAD = timedelta(hours=1, minutes=2)


@pytest.mark.parametrize("path", [PAGE, "zip/02139/", ""])
def test_an_expired_answer_is_no_longer_offered(browser: Browser, site: Site, path: str) -> None:
    there = visit(browser, site, path, later=DEAD, made=NOW, checked_at={})

    assert "Not known" in there.text("main")
    assert "12 appointments" not in there.text("main")
    assert "Book at" not in there.text("main")
    assert "Look yourself at" in there.text("main")
    assert there.page.locator(".days, .card .yes").count() == 0
    assert there.faults == []


def test_an_out_of_date_page_hides_the_number_of_places_with_appointments(browser: Browser, site: Site) -> None:
    there = visit(browser, site, "", later=DEAD, made=NOW, checked_at={})

    assert not there.shown(".summary")
    assert not there.shown("#offers")  # the heading "Places with appointments"
    assert not there.shown("svg.map")
    assert there.shown("#old")


def test_an_old_page_with_recently_checked_places_keeps_offering_them(browser: Browser, site: Site) -> None:
    looked = {"county": NOW + DEAD - timedelta(minutes=1)}
    there = visit(browser, site, "zip/02139/", later=DEAD, made=NOW + DEAD, checked_at=looked)

    assert "12 appointments" in there.text("#cards")
    assert "Checked 1 minute ago" in there.text("#cards")
