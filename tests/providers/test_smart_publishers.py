"""How CVS, Walgreens, Rite Aid, Kroger, and PrepMod deviate from the standard of SMART Scheduling Links."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from aggregator.model import Available
from tests.support.pages import SITE, VENUE, availability_of
from tests.support.smart_feeds import (
    Record,
    availability,
    capacity,
    feed,
    link,
    location,
    product,
    read,
    read_feed,
    schedule,
    slot,
    the_place,
    the_slot,
)

PUBLISHERS = ("", "prepmod", "cvs", "walgreens", "rite_aid", "kroger")
DAY = {"start": "2021-05-20T09:00:00-04:00", "end": "2021-05-20T19:45:00-04:00"}


@pytest.mark.parametrize(
    ("publisher", "number", "given", "name"),
    [
        ("cvs", "2004", "CVS Pharmacy in BOSTON, MA", "CVS #2004"),
        ("rite_aid", "116", "Rite Aid", "Rite Aid #116"),
        ("rite_aid", "6958", "Rite Aid", "Bartell Drugs #58"),
        ("rite_aid", "6900", "Rite Aid", "Bartell Drugs #0"),
        ("rite_aid", "16958", "Rite Aid", "Rite Aid #16958"),
        ("walgreens", "13656", "Walgreens #13656", "Walgreens #13656"),
        ("walgreens", "6958", "Duane Reade #6958", "Duane Reade #6958"),
        ("kroger", "70100011", "Gull Pharmacy #70100011", "Gull Pharmacy #70100011"),
        ("", "7", "Gull {id} Hall", "Gull {id} Hall"),
    ],
)
def test_stores_that_the_feed_names_only_by_chain_get_their_number(
    publisher: str, number: str, given: str, name: str
) -> None:
    assert the_place(location(number, name=given), publisher=publisher).name == name


VTRCKS = "https://cdc.gov/vaccines/programs/vtrcks"


@pytest.mark.parametrize(
    ("publisher", "number", "identifiers", "expected"),
    [
        ("cvs", "2004", {VTRCKS: "CV1002004"}, {"cvs": "02004", "vtrcks": "CV1002004"}),
        ("cvs", "02004", {}, {"cvs": "02004"}),
        ("walgreens", "99", {"https://walgreens.com": "00099", VTRCKS: "unknown pin for 99"}, {"walgreens": "99"}),
        ("walgreens", "99", {"http://hl7.org/fhir/sid/us-npi": "1234567890"},
         {"walgreens": "99", "npi_usa": "1234567890"}),
        ("rite_aid", "116", {VTRCKS: "RA1000116"}, {"rite_aid": "116", "vtrcks": "RA1000116"}),
        ("rite_aid", "6958", {}, {"rite_aid": "6958", "bartell": "58"}),
        ("kroger", "2900123", {VTRCKS: "40101570"}, {"kroger": "02900123", "vtrcks": "40101570"}),
        ("prepmod", "ab12", {"urn:https://clinics-example-org/:prepmod:clinic": "1"},
         {"prepmod-clinics.example.org-location": "ab12", "prepmod-clinics.example.org-clinic": "1"}),
        ("", "007", {"https://gull.example": "7", VTRCKS: "", "urn:a": "null", "urn:b": "nil"},
         {"example-clinics.example.org-location": "007", "https://gull.example": "7"}),
    ],
    ids=[
        "CVS is padded to five", "and matched with its zeros", "Walgreens loses its zeros, placeholders are dropped",
        "NPI", "Rite Aid", "Bartell", "Kroger is padded to eight", "PrepMod's clinics are those of its pages",
        "any publisher",
    ],
)  # fmt: skip
def test_ids_have_the_form_that_other_systems_use(
    publisher: str, number: str, identifiers: dict[str, str], expected: dict[str, str]
) -> None:
    given = [{"system": system, "value": value} for system, value in identifiers.items()]
    assert dict(the_place(location(number, identifier=given), publisher=publisher).external_ids) == expected


def test_every_clinic_of_a_prepmod_location_is_an_external_id() -> None:
    given = [{"system": "urn:https://clinics-example-org/:prepmod:clinic", "value": value} for value in ("1", "2")]
    ids = the_place(location(identifier=given), publisher="prepmod").external_ids
    assert [value for system, value in ids if system.endswith("-clinic")] == ["1", "2"]


@pytest.mark.parametrize(
    ("publisher", "number", "listed"), [("kroger", "99999", 0), ("kroger", "9999", 1), ("cvs", "99999", 1)]
)
def test_krogers_test_stores_are_skipped(publisher: str, number: str, listed: int) -> None:
    assert len(read(slot(number), publisher=publisher, place=location(number)).readings) == listed


CONTACT = [{"system": "url", "value": "https://gull.example/"}]
ONE, TWO = link("https://gull.example/1"), link("https://gull.example/2")
OTHER_DAY = {"id": "7-2", "start": "2021-05-21T09:00:00-04:00", "end": "2021-05-21T19:00:00-04:00"}


@pytest.mark.parametrize(
    ("publisher", "slots", "expected"),
    [
        ("", [slot("7", ONE, status="busy"), slot("7", TWO, **OTHER_DAY)], "https://gull.example/2"),
        ("", [slot("7", ONE), slot("7", TWO, **OTHER_DAY)], "https://gull.example/1"),
        ("", [slot("7", ONE, capacity(0)), slot("7", TWO, **OTHER_DAY)], "https://gull.example/2"),
        ("", [slot("7", ONE, status="busy")], "https://gull.example/"),
        ("", [], "https://gull.example/"),
        ("kroger", [slot("7", ONE), slot("7", ONE, **OTHER_DAY)], "https://gull.example/1"),
        ("kroger", [slot("7", ONE), slot("7", TWO, **OTHER_DAY)], ""),
        ("cvs", [slot("7", ONE)], "https://www.cvs.com/vaccine/intake/store/cvd-schedule"),
    ],
    ids=[
        "the first free slot's", "of two free ones the first", "not that of a full slot", "else the place's own",
        "without slots the place's own", "Kroger's one link", "Kroger's differing links are none of the store's",
        "CVS links to a landing page",
    ],
)  # fmt: skip
def test_a_places_booking_link_is_its_free_slots_link(publisher: str, slots: list[Record], expected: str) -> None:
    assert the_place(location(telecom=CONTACT), *slots, publisher=publisher).booking_url == expected


def test_a_prepmod_places_booking_link_searches_for_its_name_near_its_zip() -> None:
    url = urlsplit(the_place(location(name="Gull & Tern"), slot("7", ONE), publisher="prepmod").booking_url)
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{SITE}/appointment/en/clinic/search"
    assert parse_qs(url.query) == {"location": ["02120"], "search_radius": ["10 miles"], VENUE: ["Gull & Tern"]}


def test_the_double_slash_in_a_prepmod_link_is_preserved() -> None:
    url = f"{SITE}//appointment/en/client/registration?clinic_id=1"
    assert the_slot(slot("7", link(url)), publisher="prepmod").booking_url == url


@pytest.mark.parametrize(
    ("publisher", "given", "expected"),
    [
        ("cvs", "1", (Available.YES, None)),
        ("cvs", "0", (Available.NO, 0)),
        ("cvs", "x", (Available.UNKNOWN, None)),
        ("walgreens", 5, (Available.YES, None)),
        ("walgreens", 0, (Available.NO, 0)),
        ("rite_aid", 33, (Available.YES, 33)),
        ("prepmod", 4, (Available.YES, 4)),
    ],
)
def test_a_capacity_used_as_a_flag_is_not_a_count(
    publisher: str, given: Any, expected: tuple[Available, int | None]
) -> None:
    found = the_slot(slot("7", capacity(given), **DAY), publisher=publisher)
    assert (found.available, found.count) == expected


def test_kroger_states_no_capacity_and_its_extensions_may_be_null() -> None:
    found = the_slot(slot(extension=None), plan=schedule(extension=None), publisher="kroger")
    assert (found.available, found.count) == (Available.YES, None)


def test_a_busy_day_of_one_slot_id_does_not_hide_a_free_one() -> None:
    days = [
        slot(id="7", status=status, start=f"2021-05-{day}T09:00:00-05:00", end=f"2021-05-{day}T18:00:00-05:00")
        for day, status in ((13, "busy"), (14, "free"), (15, "free"))
    ]
    found = availability(*days, publisher="rite_aid")
    assert [(one.start.day, one.available) for one in found.slots] == [
        (13, Available.NO),
        (14, Available.YES),
        (15, Available.YES),
    ]


def test_a_free_slot_overrides_the_other_slots_of_its_day() -> None:
    assert availability(slot(status="busy"), slot(id="7-2"), publisher="cvs").available is Available.YES


def test_pharmacies_are_pharmacies() -> None:
    kinds = {publisher: the_place(location(), publisher=publisher).location_type.value for publisher in PUBLISHERS}
    assert kinds == {
        "": "CLINIC",
        "prepmod": "CLINIC",
        "cvs": "PHARMACY",
        "walgreens": "PHARMACY",
        "rite_aid": "PHARMACY",
        "kroger": "PHARMACY",
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("907-6448400", "+19076448400"),
        ("6175550107", "+16175550107"),
        ("(609) 877-700", ""),
        (6175550107, "+16175550107"),
    ],
    ids=["Walgreens", "Kroger", "a lost zero at Rite Aid", "a number"],
)
def test_phones_are_read_in_every_form_or_dropped(given: Any, expected: str) -> None:
    assert the_place(location(telecom=[{"system": "phone", "value": given}])).info_phone == expected


@pytest.mark.parametrize(
    ("address", "lines", "code"),
    [
        ({"line": ["1 Kite St"], "city": "Millville", "state": "NJ", "postalCode": "8332-3762"},
         ("1 Kite St",), "08332"),
        ({"line": ["Gull Hall\n1 Kite St, Millville, NJ, USA"], "city": "Millville", "state": "NJ",
          "postalCode": "08332"}, ("1 Kite St",), "08332"),
        ({"line": ["Tern Mall | 1 Kite St"], "city": "Millville", "state": "NJ", "postalCode": 8332},
         ("Tern Mall", "1 Kite St"), "08332"),
        ({"line": "1 Kite St", "city": "Millville", "state": "NJ", "postalCode": "08332"}, ("1 Kite St",), "08332"),
        ({"line": None, "city": None, "state": None, "postalCode": None}, (), ""),
    ],
    ids=["lost zero", "several lines in one, with the town again", "a divider, ZIP a number", "no list", "nulls"],
)  # fmt: skip
def test_addresses_are_cleaned(address: Record, lines: tuple[str, ...], code: str) -> None:
    found = the_place(location(state="NJ", address=address), publisher="prepmod", state="NJ")
    assert (found.address_lines, found.postal_code, found.state) == (lines, code, "NJ")


def test_other_vaccines_on_a_covid_schedule_are_dropped_in_a_covid_region() -> None:
    places = [location(number, name=f"Hall {number}") for number in ("1", "2", "3")]
    plans = [
        schedule("1", product("Influenza"), product("Moderna COVID-19 Vaccine")),
        schedule("2", product("Zoster")),
        schedule("3"),
    ]
    replies = feed(places, plans, [slot("1"), slot("2"), slot("3")])

    report = read_feed(replies, "prepmod", only="covid-19")

    assert [(r.location.name, availability_of(r).slots[0].products) for r in report.readings] == [
        ("Hall 1", ("Moderna",)),
        ("Hall 3", ()),
    ]
    assert report.whole
