"""Visits to PrepMod's clinic search: pagers, waiting rooms, and changed, truncated, or hostile pages."""

import pytest

from aggregator.errors import Refused, Unreachable
from aggregator.har.document import Content, Entry, RecordedRequest, RecordedResponse
from aggregator.har.recording import Recording
from aggregator.kit.contract import Subject, missing_faults
from aggregator.model import Available, Outcome
from aggregator.redact import shown_url
from providers.prepmod import PrepMod
from tests.support.pages import (
    FIRST_PAGE,
    NOW,
    SEARCH,
    WAITING_ROOM,
    Reply,
    TableClient,
    availability_of,
    clinic,
    names,
    only_reading,
    only_slot,
    read_search,
    search,
    source,
    visit,
    visit_search,
)

PAGE_2 = f"{SEARCH}?page=2"


# --- the pages of a visit -------------------------------------------------------------------------------------------


def test_the_first_request_has_a_search_parameter_and_the_next_follows_the_pager() -> None:
    second = search(clinic("Tern Hall on 05/20/2021"))
    client = TableClient({FIRST_PAGE: search(clinic(), next_page=PAGE_2), PAGE_2: second})

    report = visit(PrepMod(), source(), client)

    assert client.requested == [FIRST_PAGE, PAGE_2]
    assert (names(report), report.outcome, report.whole) == (["Gull Hall", "Tern Hall"], Outcome.OK, True)


def test_a_search_with_its_empty_marker_is_empty_and_trusted() -> None:
    report = read_search()
    assert (report.outcome, report.whole, report.trusted_empty) == (Outcome.EMPTY, True, True)


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (WAITING_ROOM, Outcome.BUSY),
        ("<html><title>Application Error</title><body>An error occurred</body></html>", Outcome.DOWN),
        ("<html><title>Access Denied</title><body>Reference 18</body></html>", Outcome.BLOCKED),
        (search().replace("pagy-nav", "pages"), Outcome.CHANGED),
        (search().replace("No clinics to show.", ""), Outcome.CHANGED),
        (search(clinic()).replace("text-xl", "text-2xl"), Outcome.CHANGED),
        (search(clinic()).replace("Find a Vaccination Clinic", "Welcome"), Outcome.CHANGED),
        ("", Outcome.CHANGED),
        ('{"clinics": []}', Outcome.CHANGED),
        (search(clinic())[:900], Outcome.CHANGED),
    ],
    ids=[
        "waiting room", "Heroku failure", "block", "no pager", "no empty marker", "no rows", "another heading",
        "nothing at all", "JSON", "cut in a row",
    ],
)  # fmt: skip
def test_a_page_without_its_expected_texts_is_never_an_empty_result(page: str, outcome: Outcome) -> None:
    report = visit_search({FIRST_PAGE: page})
    assert (report.outcome, report.whole, report.trusted_empty) == (outcome, False, False)
    assert report.readings == ()
    assert report.message.startswith("https://clinics.example.org/")


@pytest.mark.parametrize(
    ("second", "outcome"),
    [
        (WAITING_ROOM, Outcome.BUSY),
        (Unreachable(f"{PAGE_2}: timed out"), Outcome.DOWN),
        (Refused(f"{PAGE_2} answers 403"), Outcome.BLOCKED),
        (search(clinic("Tern Hall on 05/20/2021"))[:900], Outcome.CHANGED),
        (search().replace("No clinics to show.", ""), Outcome.CHANGED),
    ],
    ids=["queued", "timeout", "refused", "cut in the middle", "no rows"],
)
def test_pages_before_a_failed_one_count_and_the_visit_is_partial(second: Reply, outcome: Outcome) -> None:
    report = visit_search({FIRST_PAGE: search(clinic(), next_page=PAGE_2), PAGE_2: second})
    assert (names(report), report.outcome, report.whole) == (["Gull Hall"], outcome, False)
    assert shown_url(PAGE_2) in report.message


def test_a_truncated_page_is_not_read() -> None:
    page = search(clinic())
    report = visit_search({FIRST_PAGE: page[: page.index('<span class="page next')]})
    assert (names(report), report.outcome, report.whole) == ([], Outcome.CHANGED, False)
    assert "is cut off" in report.message


def test_a_missing_end_of_the_pager_makes_the_visit_partial() -> None:
    page = search(clinic()).replace('<span class="page next', '<span class="page')
    report = visit_search({FIRST_PAGE: page})
    assert (names(report), report.outcome, report.whole) == (["Gull Hall"], Outcome.CHANGED, False)


def test_a_pager_that_links_back_to_an_earlier_page_ends_the_visit() -> None:
    client = TableClient({FIRST_PAGE: search(clinic(), next_page=FIRST_PAGE)})
    report = visit(PrepMod(), source(), client)
    assert client.requested == [FIRST_PAGE]
    assert (names(report), report.outcome, report.whole) == (["Gull Hall"], Outcome.CHANGED, False)


def test_an_endless_pager_is_cut_off_after_a_hundred_pages() -> None:
    pages = [f"{SEARCH}?page={number}" for number in range(2, 200)]
    linked = zip([FIRST_PAGE, *pages], pages, strict=False)
    client = TableClient({url: search(clinic(), next_page=after) for url, after in linked})

    report = visit(PrepMod(), source(), client)

    assert len(client.requested) == 100
    assert (report.outcome, report.whole, len(report.readings)) == (Outcome.CHANGED, False, 1)
    assert "pager loops endlessly" in report.message


@pytest.mark.parametrize("second", ["", PAGE_2], ids=["one page", "two pages"])
def test_a_renamed_class_or_label_never_means_no_appointments(second: str) -> None:
    pages = {
        FIRST_PAGE: search(clinic(), clinic("Tern Hall on 05/20/2021", number="7002"), next_page=second),
        PAGE_2: search(clinic("Auk Hall on 05/20/2021", number="7003"), clinic("Skua Hall on 05/20/2021", count="0")),
    }
    entries = (
        Entry(
            started_date_time=NOW,
            request=RecordedRequest(method="GET", url=url),
            response=RecordedResponse(status=200, content=Content(text=body)),
        )
        for url, body in pages.items()
    )
    assert list(missing_faults(Subject(source(), PrepMod, Recording(tuple(entries))))) == []


# --- hostile pages --------------------------------------------------------------------------------------------------


def test_markup_and_control_characters_become_plain_text_of_bounded_length() -> None:
    title = "<b>Gull</b> &lt;img src=x onerror=alert(1)&gt; \u202ellaH\u200b\x07 &#0; on 05/20/2021"
    location = only_reading(read_search(clinic(title, note="<script>alert(1)</script>\u2067Hi" + "x" * 5000))).location

    assert location.name.startswith("Gull <img src=x onerror=alert(1)> llaH")  # shown escaped
    assert not {"\u202e", "\u200b", "\x07", "\x00"} & set(location.name)
    assert len(location.restrictions) <= 1000
    assert "\u2067" not in location.restrictions


def test_a_megabyte_long_name_is_truncated_and_harms_no_other_row() -> None:
    report = read_search(clinic("A" * 1_000_000 + " on 05/20/2021"), clinic("Tern Hall on 05/20/2021"))
    assert [len(name) for name in names(report)] == [200, 9]


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)//registration?clinic_id=7001", "data:text/html,registration?clinic_id=7001"]
)
def test_a_javascript_link_is_never_a_sign_up_link(href: str) -> None:
    report = read_search(clinic(link=href))
    assert only_slot(report).booking_url == ""
    assert [problem.field for problem in report.problems] == ["booking_url"]


@pytest.mark.parametrize(
    "bad",
    [
        clinic("Skua Hall"),
        clinic(" on 05/20/2021"),
        clinic(hours="").replace("Clinic Hours", "Open"),
        clinic(link="/registration?clinic_id="),
        clinic().replace("Vaccinations offered:", "Given:"),
    ],
    ids=["no day", "no venue", "no hours", "no number in the link", "no products"],
)
def test_one_bad_row_among_good_ones_is_counted_and_shown(bad: str) -> None:
    report = read_search(clinic("Tern Hall on 05/20/2021"), bad, clinic("Auk Hall on 05/20/2021"))
    assert names(report) == ["Tern Hall", "Auk Hall"]
    assert (report.outcome, report.rows, report.unread, report.whole) == (Outcome.OK, 3, 1, False)
    assert len(report.problems) == 1
    assert report.message.startswith(f"{SEARCH}: 1 of 3 rows could not be read; the first: ")


def test_unreadable_hours_leave_the_whole_day() -> None:
    report = read_search(clinic("Gull Hall on 05/20/2021", hours="mornings"))
    slot = only_slot(report)
    assert (slot.start.isoformat(), slot.all_day, slot.count) == ("2021-05-20T00:00:00-04:00", True, 23)
    assert availability_of(only_reading(report)).available is Available.YES
    assert [problem.field for problem in report.problems] == ["hours"]


@pytest.mark.parametrize("title", ["Gull Hall on soon", "Gull Hall on 05/20/2021 - 05/22/2021"])
def test_a_place_with_an_unreadable_day_is_listed_as_unknown(title: str) -> None:
    report = read_search(clinic(title))
    assert availability_of(only_reading(report)).available is Available.UNKNOWN
    assert len(report.problems) == 1
