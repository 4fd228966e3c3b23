"""PrepMod's clinic search, from the pages of a visit to what is reported of its places."""

from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from aggregator.errors import Refused, Unreachable
from aggregator.model import Available, Outcome, Report
from providers.prepmod import PrepMod
from tests.pages import (
    FIRST_PAGE,
    REGISTRATION,
    SEARCH,
    SITE,
    VENUE,
    WAITING_ROOM,
    Reply,
    TableClient,
    clinic,
    only_reading,
    only_slot,
    said,
    search,
    source,
    visit,
)

PAGE_2 = f"{SEARCH}?page=2"
EASTERN = ZoneInfo("America/New_York")


def read(*clinics: str, state: str = "MA", only: str = "") -> Report:
    return looked_at({FIRST_PAGE: search(*clinics)}, state, only)


def looked_at(replies: dict[str, Reply], state: str = "MA", only: str = "") -> Report:
    return visit(PrepMod(), source(state=state), TableClient(replies), only)


def names(report: Report) -> list[str]:
    return [reading.location.name for reading in report.readings]


# --- one row --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["p", "h2"])
def test_a_clinic_is_read_whatever_element_its_title_is(tag: str) -> None:
    report = read(clinic(tag=tag))

    location, found = only_reading(report).location, only_slot(report)
    assert (report.outcome, report.whole, report.unread, report.problems) == (Outcome.OK, True, 0, ())
    assert (location.name, location.address_lines) == ("Gull Hall", ("1 Kite St",))
    assert (location.city, location.state, location.postal_code) == ("Boston", "MA", "02120")
    assert found.start == datetime(2021, 5, 20, 10, tzinfo=EASTERN)
    assert found.end == datetime(2021, 5, 20, 15, tzinfo=EASTERN)
    assert (found.window, found.count, found.products) == (True, 23, ("Moderna",))
    assert found.booking_url == f"{SITE}{REGISTRATION}7001"
    assert said(only_reading(report)).valid_at is None  # the page does not say how old it is


def test_the_hidden_template_of_a_message_is_no_clinic() -> None:
    assert read(clinic()).rows == 1


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Shots on Main on 05/20/2021", "Shots on Main"),
        ("Gull Hall, Kite Street, Boston, MA, USA on 05/20/2021", "Gull Hall, Kite Street, Boston, MA, USA"),
        ("Gull\n  Hall on\n05/20/2021", "Gull Hall"),
    ],
    ids=["splits at the last on", "keeps commas", "joins lines"],
)
def test_the_venue_is_what_stands_before_the_day(title: str, name: str) -> None:
    report = read(clinic(title))
    assert (names(report), only_slot(report).start.day) == ([name], 20)


@pytest.mark.parametrize(
    ("count", "link", "expected"),
    [
        ("23", None, Available.YES),
        ("23", "", Available.NO),  # sign-up has closed
        ("0", None, Available.NO),
        ("0", "", Available.NO),
        ("many", None, Available.UNKNOWN),
        ("many", "", Available.NO),
        ("", None, Available.UNKNOWN),
        ("-3", None, Available.UNKNOWN),
    ],
)
def test_a_clinic_is_available_with_a_count_above_zero_and_a_sign_up_link(
    count: str, link: str | None, expected: Available
) -> None:
    assert said(only_reading(read(clinic(count=count, link=link)))).available is expected


def test_rhode_islands_label_counts_too() -> None:
    report = read(clinic(count_label="Appointments Available or Currently Being Booked", count="9"), state="RI")
    assert only_slot(report).count == 9


def test_a_label_that_is_gone_is_a_row_that_cannot_be_read_not_a_clinic_without_appointments() -> None:
    report = read(clinic(count_label="Spots"), clinic(number="7002"), clinic(number="7003"))

    assert (report.outcome, report.unread, report.whole) == (Outcome.OK, 1, False)
    assert report.message == "1 of 3 rows could not be read"
    assert (report.problems[0].field, "spots" in report.problems[0].value) == ("count", True)
    assert [slot.count for slot in said(only_reading(report)).slots] == [23, 23]


def test_a_layout_that_loses_most_rows_has_changed() -> None:
    report = read(clinic(count_label="Spots"), clinic("Tern Hall on 05/20/2021", count_label="Spots"), clinic())
    assert (report.outcome, report.whole) == (Outcome.CHANGED, False)


@pytest.mark.parametrize(
    "link",
    [
        f"{REGISTRATION}7001",
        f"{REGISTRATION}7001&find_label=find_location&return_to=%2Fappointment",
        f"{SITE}/client/registration?clinic_id=7001",
    ],
)
def test_the_sign_up_link_is_known_by_its_address_in_every_form(link: str) -> None:
    report = read(clinic(link=link))
    assert only_slot(report).booking_url == (link if link.startswith("http") else f"{SITE}{link}")
    assert only_reading(report).location.external_ids == (("prepmod-clinics.example.org-clinic", "7001"),)


def test_other_links_of_a_row_are_no_sign_up() -> None:
    note = 'Write to <a href="/cdn/email-protection">[email protected]</a>'
    assert said(only_reading(read(clinic(note=note, link="")))).available is Available.NO


def test_without_a_link_the_map_image_tells_the_clinics_number() -> None:
    ids = only_reading(read(clinic(link="", number="7009"))).location.external_ids
    assert ids == (("prepmod-clinics.example.org-clinic", "7009"),)


def test_a_row_of_early_2021_without_link_or_image_has_no_number() -> None:
    row = clinic(link="").replace("/maps/clinic", "/maps/spot")
    assert only_reading(read(row)).location.external_ids == ()


def test_a_place_is_booked_through_the_search_for_its_venue_which_outlives_the_days_links() -> None:
    url = urlsplit(only_reading(read(clinic("Gull & Tern Hall on 05/20/2021"))).location.booking_url)
    assert f"https://{url.netloc}{url.path}" == SEARCH
    assert parse_qs(url.query) == {VENUE: ["Gull & Tern Hall"]}


@pytest.mark.parametrize(
    ("products", "expected"),
    [
        ("Pfizer-BioNTech COVID-19 Vaccine, Moderna COVID-19 Vaccine", ("Pfizer", "Moderna")),
        ("Contact Clinic Site", ()),
        ("Elixir", ("Elixir",)),
    ],
)
def test_products_are_what_is_offered_and_not_the_services(products: str, expected: tuple[str, ...]) -> None:
    assert only_slot(read(clinic(products=products))).products == expected


def test_clinics_of_other_vaccines_are_left_out_where_only_covid_is_wanted() -> None:
    rows = (
        clinic(products="Influenza"),
        clinic("Tern Hall on 05/20/2021"),
        clinic("Skua Hall on 05/20/2021", products=""),
    )
    assert names(read(*rows, only="covid-19")) == ["Tern Hall", "Skua Hall"]
    assert len(read(*rows).readings) == 3


def test_a_page_of_other_vaccines_only_is_empty_but_does_not_say_so_itself() -> None:
    report = read(clinic(products="Influenza"), only="covid-19")
    assert (report.outcome, report.readings, report.trusted_empty) == (Outcome.EMPTY, (), False)


@pytest.mark.parametrize(
    ("note", "ages", "expected"),
    [
        ("Residents of Anytown\nonly.\n\n\nSolo residentes.", "All Ages",
         "Residents of Anytown\nonly.\n\nSolo residentes."),
        ("\nResidents only.\nBring a card.\n", "", "Residents only.\nBring a card."),
        ("<strong>Note:</strong> residents only", "N/A", "Note: residents only"),
        ("Residents only: Anytown", "Adults, Seniors", "Residents only: Anytown\nAge groups: Adults, Seniors"),
        ("", "12-120", "Age groups: 12-120"),
        ("", "All Ages", ""),
    ],
)  # fmt: skip
def test_restrictions_are_the_whole_note_and_the_ages(note: str, ages: str, expected: str) -> None:
    assert only_reading(read(clinic(note=note, ages=ages))).location.restrictions == expected


@pytest.mark.parametrize(
    ("note", "doses"),
    [("Second dose only", ("2",)), ("For people who have had a first dose", ("2",)), ("Bring a card", ())],
)
def test_the_dose_is_read_from_the_note_and_never_from_the_special_instructions(
    note: str, doses: tuple[str, ...]
) -> None:
    assert only_slot(read(clinic(note=note))).doses == doses


@pytest.mark.parametrize(
    ("address", "lines", "city", "state", "code"),
    [
        ("1 Kite St, Boston Ma, 02120", ("1 Kite St",), "Boston", "MA", "02120"),
        ("35 Kite St, Greenfield, 01301", ("35 Kite St",), "Greenfield", "MA", "01301"),
        ("Gull Hall, Malden MA, 02148", (), "Malden", "MA", "02148"),
        ("1 Kite St, Suite 125, Boston MA, 02120", ("1 Kite St", "Suite 125"), "Boston", "MA", "02120"),
        ("1 Kite St, Topsfield MA , 01983", ("1 Kite St",), "Topsfield", "MA", "01983"),
        ("1 Kite St, Providence  RI, 02907", ("1 Kite St",), "Providence", "RI", "02907"),
        ("1 Kite St, Providence Rhode Island, 02907", ("1 Kite St",), "Providence", "RI", "02907"),
        ("1 Kite St, Providence 02905, 02905", ("1 Kite St",), "Providence", "RI", "02905"),
        ("1 Kite St, Johnston StatePicklistChoiceSet.Rhode Island, 02919", ("1 Kite St",), "Johnston", "RI", "02919"),
        ("1 Kite St, Johnstone RI, 02919", ("1 Kite St",), "Johnston", "RI", "02919"),
        ("1 Kite St, Olympia WA - Washington, 98502", ("1 Kite St",), "Olympia", "WA", "98502"),
        ("1 Kite St, Lovell Big Horn, 82431", ("1 Kite St",), "Lovell", "WY", "82431"),
        ("1 Kite St, Spokane June 2, 2021, 99202", ("1 Kite St",), "Spokane", "WA", "99202"),
        ("1 Kite St, Tenino, WA 98589, Tenino Washington, 98589", ("1 Kite St",), "Tenino", "WA", "98589"),
        ("Tern Mall | 1 Kite St, Boston MA, 02120", ("Tern Mall", "1 Kite St"), "Boston", "MA", "02120"),
        ("177 , Chehalis WA, 98532", ("177",), "Chehalis", "WA", "98532"),
        ("1 Kite St, Anytown", ("1 Kite St",), "Anytown", "MA", ""),
    ],
    ids=[
        "mixed-case state", "no state: the ZIP's, and no house number as ZIP", "venue for a street", "second comma",
        "blank before a comma", "double blank", "state spelt out", "ZIP for a state", "picklist for a state",
        "misspelt town", "state twice", "county for a state", "date for a state", "whole address in the street",
        "name and street in one", "fragment", "no state and no ZIP: the source's state",
    ],
)  # fmt: skip
def test_odd_addresses_are_read_from_the_right(
    address: str, lines: tuple[str, ...], city: str, state: str, code: str
) -> None:
    location = only_reading(read(clinic(address=address))).location
    assert (location.address_lines, location.city, location.state, location.postal_code) == (lines, city, state, code)


# --- rows of one venue ----------------------------------------------------------------------------------------------


def test_two_clinics_of_one_venue_and_day_add_up() -> None:
    reading = only_reading(read(clinic(count="0"), clinic(count="5", number="7002", hours="3:00 pm - 6:00 pm")))

    assert [(slot.count, slot.booking_url[-4:]) for slot in said(reading).slots] == [(0, "7001"), (5, "7002")]
    assert said(reading).available is Available.YES
    assert [value for _, value in reading.location.external_ids] == ["7001", "7002"]


def test_every_day_of_a_venue_keeps_its_own_product_and_note() -> None:
    first = clinic(note="Residents only")
    second = clinic("Gull Hall on 05/21/2021", number="7002", products="Pfizer", note="Second dose only")

    one, two = said(only_reading(read(first, second))).slots
    assert (one.products, one.restrictions, one.doses) == (("Moderna",), "Residents only", ())
    assert (two.products, two.restrictions, two.doses) == (("Pfizer",), "Second dose only", ("2",))


def test_two_venues_of_one_name_and_day_at_two_addresses_are_two_places() -> None:
    report = read(clinic(), clinic(address="9 Kite St, Boston MA, 02120", number="7002"))
    assert [reading.location.address_lines for reading in report.readings] == [("1 Kite St",), ("9 Kite St",)]


# --- the pages of a visit -------------------------------------------------------------------------------------------


def test_the_first_page_is_asked_for_with_a_search_parameter_and_the_next_by_the_pagers_link() -> None:
    second = search(clinic("Tern Hall on 05/20/2021"))
    client = TableClient({FIRST_PAGE: search(clinic(), next_page=PAGE_2), PAGE_2: second})

    report = visit(PrepMod(), source(), client)

    assert client.asked == [FIRST_PAGE, PAGE_2]
    assert (names(report), report.outcome, report.whole) == (["Gull Hall", "Tern Hall"], Outcome.OK, True)


def test_a_search_that_says_it_lists_nothing_is_empty_and_believed() -> None:
    report = read()
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
def test_a_page_without_its_marks_is_never_an_empty_result(page: str, outcome: Outcome) -> None:
    report = looked_at({FIRST_PAGE: page})
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
def test_pages_read_before_one_that_does_not_come_count_and_the_visit_is_in_part(
    second: Reply, outcome: Outcome
) -> None:
    report = looked_at({FIRST_PAGE: search(clinic(), next_page=PAGE_2), PAGE_2: second})
    assert (names(report), report.outcome, report.whole) == (["Gull Hall"], outcome, False)
    assert PAGE_2 in report.message


def test_a_pager_cut_off_before_its_end_leaves_the_visit_in_part() -> None:
    page = search(clinic())
    report = looked_at({FIRST_PAGE: page[: page.index('<span class="page next')]})
    assert (names(report), report.outcome, report.whole) == (["Gull Hall"], Outcome.CHANGED, False)


def test_a_pager_that_comes_back_to_a_page_ends_the_visit() -> None:
    client = TableClient({FIRST_PAGE: search(clinic(), next_page=FIRST_PAGE)})
    report = visit(PrepMod(), source(), client)
    assert client.asked == [FIRST_PAGE]
    assert (names(report), report.outcome, report.whole) == (["Gull Hall"], Outcome.CHANGED, False)


def test_a_pager_without_an_end_is_left_after_a_hundred_pages() -> None:
    pages = [f"{SEARCH}?page={number}" for number in range(2, 200)]
    linked = zip([FIRST_PAGE, *pages], pages, strict=False)
    client = TableClient({url: search(clinic(), next_page=after) for url, after in linked})

    report = visit(PrepMod(), source(), client)

    assert len(client.asked) == 100
    assert (report.outcome, report.whole, len(report.readings)) == (Outcome.CHANGED, False, 1)
    assert "pager without an end" in report.message


# --- hostile pages --------------------------------------------------------------------------------------------------


def test_markup_controls_and_marks_in_a_row_are_plain_text_of_bounded_length() -> None:
    title = "<b>Gull</b> &lt;img src=x onerror=alert(1)&gt; \u202ellaH\u200b\x07 &#0; on 05/20/2021"
    location = only_reading(read(clinic(title, note="<script>alert(1)</script>\u2067Hi" + "x" * 5000))).location

    assert location.name.startswith("Gull <img src=x onerror=alert(1)> llaH")  # shown escaped
    assert not {"\u202e", "\u200b", "\x07", "\x00"} & set(location.name)
    assert len(location.restrictions) <= 1000
    assert "\u2067" not in location.restrictions


def test_a_name_of_a_megabyte_is_cut_and_takes_no_other_row_with_it() -> None:
    report = read(clinic("A" * 1_000_000 + " on 05/20/2021"), clinic("Tern Hall on 05/20/2021"))
    assert [len(name) for name in names(report)] == [200, 9]


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)//registration?clinic_id=7001", "data:text/html,registration?clinic_id=7001"]
)
def test_a_script_link_is_never_a_sign_up_link(href: str) -> None:
    report = read(clinic(link=href))
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
    report = read(clinic("Tern Hall on 05/20/2021"), bad, clinic("Auk Hall on 05/20/2021"))
    assert names(report) == ["Tern Hall", "Auk Hall"]
    assert (report.outcome, report.rows, report.unread, report.whole) == (Outcome.OK, 3, 1, False)
    assert len(report.problems) == 1
    assert report.message == "1 of 3 rows could not be read"


@pytest.mark.parametrize(
    ("title", "hours"), [("Gull Hall on soon", "10:00 am - 03:00 pm"), ("Gull Hall on 05/20/2021", "mornings")]
)
def test_a_day_that_cannot_be_read_leaves_the_place_listed_and_unknown(title: str, hours: str) -> None:
    report = read(clinic(title, hours=hours))
    assert said(only_reading(report)).available is Available.UNKNOWN
    assert len(report.problems) == 1
