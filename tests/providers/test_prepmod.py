"""PrepMod's clinic search, from the pages of a visit to the report about its places."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from aggregator.model import Available, Outcome
from tests.support.pages import (
    REGISTRATION,
    SEARCH,
    SITE,
    VENUE,
    availability_of,
    clinic,
    names,
    only_reading,
    only_slot,
    read_search,
)

EASTERN = ZoneInfo("America/New_York")


# --- one row --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["p", "h2"])
def test_a_clinic_is_read_whatever_element_its_title_is(tag: str) -> None:
    report = read_search(clinic(tag=tag))

    location, found = only_reading(report).location, only_slot(report)
    assert (report.outcome, report.whole, report.unread, report.problems) == (Outcome.OK, True, 0, ())
    assert (location.name, location.address_lines) == ("Gull Hall", ("1 Kite St",))
    assert (location.city, location.state, location.postal_code) == ("Boston", "MA", "02120")
    assert found.start == datetime(2021, 5, 20, 10, tzinfo=EASTERN)
    assert found.end == datetime(2021, 5, 20, 15, tzinfo=EASTERN)
    assert (found.window, found.count, found.products) == (True, 23, ("Moderna",))
    assert found.booking_url == f"{SITE}{REGISTRATION}7001"
    assert availability_of(only_reading(report)).valid_at is None  # the page states no age


@pytest.mark.parametrize(
    ("day", "offset"), [("03/13/2021", -5), ("03/14/2021", -4), ("11/06/2021", -4), ("11/07/2021", -5)]
)
def test_hours_are_local_before_and_after_a_clock_change(day: str, offset: int) -> None:
    start = only_slot(read_search(clinic(f"Gull Hall on {day}"))).start
    assert (start.hour, start.utcoffset()) == (10, timedelta(hours=offset))


def test_the_hidden_message_template_is_not_a_clinic() -> None:
    assert read_search(clinic()).rows == 1


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Shots on Main on 05/20/2021", "Shots on Main"),
        ("Gull Hall, Kite Street, Boston, MA, USA on 05/20/2021", "Gull Hall, Kite Street, Boston, MA, USA"),
        ("Gull\n  Hall on\n05/20/2021", "Gull Hall"),
    ],
    ids=["splits at the last on", "keeps commas", "joins lines"],
)
def test_the_venue_is_the_title_before_the_day(title: str, name: str) -> None:
    report = read_search(clinic(title))
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
    other = clinic("Tern Hall on 05/20/2021", number="7002")
    gull, _ = read_search(clinic(count=count, link=link), other).readings
    assert availability_of(gull).available is expected


def test_a_clinic_whose_sign_up_button_leads_elsewhere_is_unknown() -> None:
    other = clinic("Tern Hall on 05/20/2021", number="7002")
    gull, _ = read_search(clinic(link="/appointment/en/sign-up/7001"), other).readings

    (slot,) = availability_of(gull).slots
    assert (slot.available, slot.count) == (Available.UNKNOWN, 23)
    assert (availability_of(gull).available, availability_of(gull).incomplete) == (Available.UNKNOWN, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("client/registration?clinic_id=", "sign-up/"),
        ('<a class="button-primary" href=', "<button value="),
        ("<a class=", "<span title="),
    ],
    ids=["another address", "a button", "no link"],
)
def test_appointments_without_any_sign_up_link_are_a_changed_page(old: str, new: str) -> None:
    rows = [clinic(), clinic("Tern Hall on 05/20/2021", number="7002")]
    report = read_search(*(row.replace(old, new) for row in rows))

    assert (report.outcome, report.readings) == (Outcome.CHANGED, ())
    assert "no sign-up link like" in report.message


def test_the_only_clinic_of_a_search_without_a_sign_up_button_is_unknown() -> None:
    report = read_search(clinic(link=""), clinic("Tern Hall on 05/20/2021", count="0"), clinic(count="0", link=""))
    assert availability_of(only_reading(read_search(clinic(link="")))).available is Available.UNKNOWN
    assert [availability_of(reading).available for reading in report.readings] == [Available.NO, Available.NO]


def test_rhode_islands_label_is_read() -> None:
    report = read_search(clinic(count_label="Appointments Available or Currently Being Booked", count="9"), state="RI")
    assert only_slot(report).count == 9


def test_a_missing_label_is_a_failed_row_not_a_clinic_without_appointments() -> None:
    report = read_search(clinic(count_label="Spots"), clinic(number="7002"), clinic(number="7003"))

    assert (report.outcome, report.unread, report.whole) == (Outcome.OK, 1, False)
    assert report.message.startswith(f"{SEARCH}: 1 of 3 rows could not be read; the first: count: ")
    assert (report.problems[0].field, "spots" in report.problems[0].value) == ("count", True)
    assert [slot.count for slot in availability_of(only_reading(report)).slots] == [23, 23]


def test_a_layout_in_which_most_rows_fail_is_a_changed_page() -> None:
    report = read_search(clinic(count_label="Spots"), clinic("Tern Hall on 05/20/2021", count_label="Spots"), clinic())
    assert (report.outcome, report.whole) == (Outcome.CHANGED, False)


@pytest.mark.parametrize(
    "link",
    [
        f"{REGISTRATION}7001",
        f"{REGISTRATION}7001&find_label=find_location&return_to=%2Fappointment",
        f"{SITE}/client/registration?clinic_id=7001",
    ],
)
def test_every_form_of_the_sign_up_link_is_recognized(link: str) -> None:
    report = read_search(clinic(link=link))
    assert only_slot(report).booking_url == (link if link.startswith("http") else f"{SITE}{link}")
    assert only_reading(report).location.external_ids == (("prepmod-clinics.example.org-clinic", "7001"),)


def test_other_links_in_a_row_are_not_sign_up_links() -> None:
    note = 'Write to <a href="/cdn/email-protection">[email protected]</a>'
    gull, _ = read_search(clinic(note=note, link=""), clinic("Tern Hall on 05/20/2021", number="7002")).readings
    assert availability_of(gull).available is Available.NO


def test_without_a_link_the_clinics_number_is_read_from_the_map_image() -> None:
    ids = only_reading(read_search(clinic(link="", number="7009"))).location.external_ids
    assert ids == (("prepmod-clinics.example.org-clinic", "7009"),)


def test_a_row_of_early_2021_without_link_or_image_has_no_number() -> None:
    row = clinic(link="").replace("/maps/clinic", "/maps/spot")
    assert only_reading(read_search(row)).location.external_ids == ()


def test_a_places_booking_link_is_the_search_for_its_venue() -> None:
    url = urlsplit(only_reading(read_search(clinic("Gull & Tern Hall on 05/20/2021"))).location.booking_url)
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
def test_products_come_from_the_vaccinations_not_the_services(products: str, expected: tuple[str, ...]) -> None:
    assert only_slot(read_search(clinic(products=products))).products == expected


def test_clinics_for_other_vaccines_are_dropped_in_a_covid_region() -> None:
    rows = (
        clinic(products="Influenza"),
        clinic("Tern Hall on 05/20/2021"),
        clinic("Skua Hall on 05/20/2021", products=""),
    )
    assert names(read_search(*rows, only="covid-19")) == ["Tern Hall", "Skua Hall"]
    assert len(read_search(*rows).readings) == 3


def test_a_page_with_only_other_vaccines_has_no_places_but_no_empty_marker() -> None:
    report = read_search(clinic(products="Influenza"), only="covid-19")
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
def test_restrictions_are_the_full_note_and_the_ages(note: str, ages: str, expected: str) -> None:
    assert only_reading(read_search(clinic(note=note, ages=ages))).location.restrictions == expected


@pytest.mark.parametrize(
    ("note", "doses"),
    [("Second dose only", ("2",)), ("For people who have had a first dose", ("2",)), ("Bring a card", ())],
)
def test_the_dose_is_read_from_the_note_and_never_from_the_special_instructions(
    note: str, doses: tuple[str, ...]
) -> None:
    assert only_slot(read_search(clinic(note=note))).doses == doses


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
    location = only_reading(read_search(clinic(address=address))).location
    assert (location.address_lines, location.city, location.state, location.postal_code) == (lines, city, state, code)


# --- rows of one venue ----------------------------------------------------------------------------------------------


def test_two_clinics_at_one_venue_on_one_day_add_up() -> None:
    reading = only_reading(read_search(clinic(count="0"), clinic(count="5", number="7002", hours="3:00 pm - 6:00 pm")))

    assert [(slot.count, slot.booking_url[-4:]) for slot in availability_of(reading).slots] == [
        (0, "7001"),
        (5, "7002"),
    ]
    assert availability_of(reading).available is Available.YES
    assert [value for _, value in reading.location.external_ids] == ["7001", "7002"]


def test_every_day_of_a_venue_keeps_its_own_product_and_note() -> None:
    first = clinic(note="Residents only")
    second = clinic("Gull Hall on 05/21/2021", number="7002", products="Pfizer", note="Second dose only")

    one, two = availability_of(only_reading(read_search(first, second))).slots
    assert (one.products, one.restrictions, one.doses) == (("Moderna",), "Residents only", ())
    assert (two.products, two.restrictions, two.doses) == (("Pfizer",), "Second dose only", ("2",))


def test_two_venues_with_one_name_at_two_addresses_are_two_places() -> None:
    report = read_search(clinic(), clinic(address="9 Kite St, Boston MA, 02120", number="7002"))
    assert [reading.location.address_lines for reading in report.readings] == [("1 Kite St",), ("9 Kite St",)]
