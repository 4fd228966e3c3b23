"""Data missing on a page, or requested only in part, is never read as "no appointments"."""

import json
from typing import Any

import pytest

from aggregator import registry
from aggregator.errors import Unreachable
from aggregator.model import Available, Outcome, Report
from tests.support.pages import SITE, Reply, TableClient, answer, availability_of, only_reading, source, visit

DOOR = f"{SITE}/door"


def read(name: str, replies: dict[str, Reply], only: str = "", url: str = DOOR, **given: Any) -> Report:
    """One visit of adapter `name` to a door with the responses `replies`."""
    return visit(registry.load(name)(), source(url, **given), TableClient(replies), only)


def answers(report: Report) -> dict[str, Available | None]:
    return {r.location.name: r.availability.available if r.availability else None for r in report.readings}


# --- SignUpGenius -----------------------------------------------------------------------------------------------------

PLACE = {"place": "Gull Hall", "address": "1 Kite St, Boston MA, 02120"}
GENIUS = "https://www.signupgenius.com/go/gull-520"
BOX = '<input name="siid" type="checkbox" value="1">'
LOCKED = '<a data-content="Sign Up is Locked">Sign Up</a>'


def genius(*rows: str, footer: str = "") -> Report:
    table = f"<table><tr><td class='SUGtable'><table>{''.join(rows)}</table></td></tr></table>"
    page = (
        "<html><head><title>Gull</title></head><body><p>Date: 05/20/2021</p>"
        f"{table}<div id='submitfooter'><h1>{footer}</h1></div></body></html>"
    )
    return read("signupgenius", {GENIUS: page}, url=GENIUS, options=PLACE)


def time(hours: str, state: str, label: str = "Shot (5)", inner: str = "SUGtable") -> str:
    """A row for one time, whose label and state are in the cells of a nested table."""
    cells = f'<td class="{inner}"><p class="SUGbigbold hrow">{label}</p><p class="hrow"></p></td><td>{state}</td>'
    return f'<tr><td class="SUGtable">{hours}</td><td class="SUGtable"><table><tr>{cells}</tr></table></td></tr>'


@pytest.mark.parametrize("inner", ["SUGtable", "other"], ids=["cells of one class", "cells of another class"])
def test_nested_tables_count_each_time_once(inner: str) -> None:
    rows = [
        time("9:00am - 9:15am", f"4 of 5 slots filled{BOX}", inner=inner),
        time("9:15am - 9:30am", BOX, inner=inner),
        time("9:30am - 9:45am", "Already filled", inner=inner),
    ]
    slots = availability_of(only_reading(genius(*rows))).slots

    assert [(slot.start.strftime("%H:%M"), slot.count) for slot in slots] == [("09:00", 1), ("09:15", 5), ("09:30", 0)]


@pytest.mark.parametrize(
    ("state", "footer", "expected"),
    [
        (BOX, "", Available.YES),
        ("5 of 5 slots filled", "", Available.NO),
        ("Already filled", "", Available.NO),
        ("2 of 5 slots filled", "", Available.UNKNOWN),
        (LOCKED, "", Available.NO),
        ("2 of 5 slots filled", "No slots available. Sign up is full.", Available.NO),
        ("<button>Take it</button>", "", Available.UNKNOWN),
    ],
    ids=["box", "filled", "all filled", "no box", "locked", "full", "a button for a box"],
)
def test_free_places_without_a_checkbox_are_no_only_if_the_page_says_sign_up_is_closed(
    state: str, footer: str, expected: Available
) -> None:
    reading = only_reading(genius(time("9:00am - 9:15am", state), footer=footer))
    assert (availability_of(reading).available, availability_of(reading).incomplete) == (
        expected,
        expected is Available.UNKNOWN,
    )


# --- Acuity -----------------------------------------------------------------------------------------------------------

SCHEDULE = f"{SITE}/schedule.php"


def classes(*rows: str) -> Report:
    lines = "".join(f'<tr class="{kind}"><td class="class-signup-container">{cell}</td></tr>' for kind, cell in
                    (row.split(":", 1) for row in rows))  # fmt: skip
    page = f'<html><body><table class="class-list">{lines}</table></body></html>'
    return read("acuity", {SCHEDULE: page}, url=SCHEDULE, options=PLACE)


SIGN_UP = 'class-class-row:<a class="btn-class-signup" data-time="2021-05-20 09:00"></a>'


def test_full_classes_are_no_and_a_class_without_a_button_is_a_changed_page() -> None:
    full = "class-class-row class-full:no spots left"
    assert availability_of(only_reading(classes(full, full))).available is Available.NO
    assert availability_of(only_reading(classes(full, SIGN_UP))).available is Available.YES
    for lost in (SIGN_UP.replace("btn-class-signup", "btn-book"), full.replace("class-full", "class-none")):
        report = classes(full, lost)
        assert (report.outcome, report.readings) == (Outcome.CHANGED, ())


def test_appointment_types_without_labels_are_a_changed_page() -> None:
    page = "<html><body><script>typeToCalendars[7] = [[3, 'Nurse']]</script></body></html>"
    report = read("acuity", {SCHEDULE: page}, url=SCHEDULE, options={**PLACE, "kind": "weekly", "offer": "covid"})
    assert (report.outcome, report.readings) == (Outcome.CHANGED, ())


# --- missing parts ----------------------------------------------------------------------------------------------------

COLOR = "https://home.color.com/api/v1"


@pytest.mark.parametrize("reply", ['{"detail": "unknown site"}', Unreachable("timed out")], ids=["unknown", "timeout"])
def test_a_color_site_whose_windows_failed_to_load_is_incomplete(reply: Reply) -> None:
    where = {"line1": "1 Kite St", "city": "Boston", "state": "MA", "postal_code": "02120"}
    claim = {"token": "t", "population_settings": {"collection_sites": [{"name": "Gull", "address": where}]}}
    door = f"{COLOR}/get_onsite_claim?partner=gull"
    free = f"{COLOR}/vaccination_appointments/availability?claim_token=t&collection_site=Gull"

    report = read("color", {door: json.dumps(claim), free: reply}, url=door)

    assert (availability_of(only_reading(report)).available, availability_of(only_reading(report)).incomplete) == (
        Available.UNKNOWN,
        True,
    )


def test_a_rite_aid_store_that_counts_appointments_but_lists_none_is_a_failed_row() -> None:
    store = {"storeNumber": 1, "address": "1 Kite St", "city": "Boston", "state": "MA", "fullZipCode": "02120"}
    store |= {"latitude": 42.3, "longitude": -71.1, "fullPhone": "", "locationDescription": "", "availableSlots": []}
    store |= {"firstAvailableSlot": None, "totalAvailableSlots": 0}

    def stores(**more: Any) -> Report:
        body = json.dumps({"Status": "SUCCESS", "data": {"stores": [store | more]}})
        given = {"count": "100", "address": "02120", "radius": "5"}
        url = f"{DOOR}?" + "&".join(f"{key}={value}" for key, value in given.items())
        door = f"{DOOR}?count=100"
        client: dict[str, Reply] = {f"{door}?address=02120&radius=5": answer(body, url)}
        return read("riteaid", client, url=door, options={"circles": {"02120": 5}})

    assert answers(stores(totalSlotCount=0)) == {"Rite Aid #1": Available.NO}
    assert (stores(totalSlotCount=4).unread, stores(totalSlotCount=4).readings) == (1, ())


# --- places without an answer -----------------------------------------------------------------------------------------

REGISTERS: list[tuple[str, dict[str, Reply], dict[str, Any]]] = [
    (
        "arcgis",
        {
            f"{DOOR}/query?where=1%3D1&outFields=%2A&outSR=4326&f=json": json.dumps(
                {
                    "objectIdFieldName": "id",
                    "fields": [],
                    "features": [{"attributes": {"id": 1, "title": "Gull Hall"}, "geometry": None}],
                }
            )
        },
        {"options": {"name": "title"}},
    ),
    (
        "vaxfinder_mass",
        {
            DOOR: "location_name,full_address,serves,vaccines_available,url\n"
            'Boston: Gull Hall,"1 Kite St, Boston, MA 02120",,,www.gull.example.org\n'
        },
        {},
    ),
    (
        "ia_state",
        {
            DOOR: json.dumps(
                {
                    "Success": True,
                    "Result": json.dumps(
                        [
                            dict.fromkeys(("Address1", "City", "Zipcode", "Phone", "websiteurl", "upcomingevents"), "")
                            | {"ProviderID": 1, "ProviderName": "Gull Hall", "State": "MA", "ActiveFlag": True}
                        ]
                    ),
                }
            )
        },
        {},
    ),
]


@pytest.mark.parametrize(("name", "replies", "given"), REGISTERS, ids=[name for name, _, _ in REGISTERS])
def test_a_place_in_a_register_is_unknown_as_of_the_visit(
    name: str, replies: dict[str, Reply], given: dict[str, Any]
) -> None:
    report = read(name, replies, **given)
    found = availability_of(only_reading(report))
    assert (found.available, found.incomplete, found.checked_at) == (Available.UNKNOWN, False, report.started_at)


def test_a_missing_review_field_is_a_failed_row_not_a_refused_place() -> None:
    layer = {"objectIdFieldName": "id", "fields": [], "features": [{"attributes": {"id": 1, "title": "Gull Hall"}}]}
    url = f"{DOOR}/query?where=1%3D1&outFields=%2A&outSR=4326&f=json"
    report = read("arcgis", {url: json.dumps(layer)}, options={"name": "title", "review": "state"})
    assert (report.unread, report.whole) == (1, False)


# --- vaccines other than COVID-19 -------------------------------------------------------------------------------------


def heb(*, kinds: list[str] | None, slots: int = 0, flu: int = 0, maker: str = "Multiple", only: str = "") -> Report:
    """A file of one store."""
    total = slots + flu
    details = [{"manufacturer": maker, "openAppointmentSlots": total}] if total else []
    store = {"type": "store", "name": "Gull", "storeNumber": 1, "street": "1 Kite St", "city": "Boston", "state": "MA"}
    store |= {"zip": "02120", "url": "", "slotDetails": details, "availableImmunizations": kinds}
    store |= {"openAppointmentSlots": slots, "openFluAppointmentSlots": flu}
    return read("heb", {DOOR: json.dumps({"locations": [store]})}, only)


@pytest.mark.parametrize(
    ("store", "answer", "count", "products"),
    [
        ({"kinds": ["Flu"], "slots": 9}, Available.YES, 9, ("Influenza",)),
        ({"kinds": ["Flu"], "flu": 4}, Available.YES, 4, ("Influenza",)),
        ({"kinds": ["Flu", "COVID-19 Novavax"], "slots": 9}, Available.YES, None, ("Influenza", "Novavax")),
        ({"kinds": ["Flu", "COVID-19 Novavax"], "flu": 4}, Available.YES, 4, ("Influenza",)),
        ({"kinds": None}, Available.NO, None, ()),
        ({"kinds": ["Flu"]}, Available.UNKNOWN, None, ()),
        ({"kinds": ["Flu"], "slots": 3, "maker": "Moderna"}, Available.UNKNOWN, None, ()),
        ({"kinds": None, "slots": 3, "maker": "Other"}, Available.YES, 3, ("Other vaccine",)),
    ],
)
def test_heb_offers_the_vaccines_that_its_numbers_and_lists_agree_on(
    store: dict[str, Any], answer: Available, count: int | None, products: tuple[str, ...]
) -> None:
    found = availability_of(only_reading(heb(**store)))
    assert (found.available, found.count, found.products) == (answer, count, products)


def test_a_store_with_only_flu_is_dropped_in_a_covid_region() -> None:
    assert heb(kinds=["Flu"], slots=9, only="covid-19").readings == ()
    both = heb(kinds=["Flu", "COVID-19 Novavax"], slots=9, only="covid-19")
    assert availability_of(only_reading(both)).products == ("Novavax",)


def test_flu_stock_is_not_covid_stock() -> None:
    def row(category: str, name: str, level: str) -> dict[str, Any]:
        return {
            "provider_location_guid": "g", "loc_name": "Gull", "loc_admin_street1": "1 Kite St", "category": category,
            "loc_admin_city": "Boston", "loc_admin_state": "MA", "loc_admin_zip": "02120", "ndc": "1-2-3",
            "med_name": name, "in_stock": level != "0", "supply_level": level, "quantity_last_updated": "2021-05-12",
        }  # fmt: skip

    rows = [row("covid", "Moderna", "0"), row("flu", "Fluzone", "4")]
    url = f"{DOOR}?%24limit=5000&%24offset=0&%24order=%3Aid&loc_admin_state=MA"

    everything = read("cdc", {url: json.dumps(rows)})
    covid = read("cdc", {url: json.dumps(rows)}, only="covid-19")

    assert (answers(everything), answers(covid)) == ({"Gull": Available.YES}, {"Gull": Available.NO})
    assert availability_of(only_reading(everything)).products == ("Influenza",)


# --- one opening, and two ---------------------------------------------------------------------------------------------


def places(report: Report) -> int:
    return sum(slot.count or 0 for slot in availability_of(only_reading(report)).slots)


def weekly(offers: str, *types: tuple[int, int]) -> Report:
    """A visit to calendars that all show the same three times, equal in the first and the next window."""
    times = "".join(f'<input name="time[]" value="2021-05-20 {hour}">' for hour in ("09:00", "09:00", "09:15"))
    more = """<a class="calendar-next" href="javascript:self.showCalendar('', {offset:15})">More Times</a>"""
    page = f"<html><body>{times}{more}</body></html>"
    calendar = f"{SCHEDULE}?action=showCalendar&fulldate=1&template=weekly"
    script = "".join(f"typeToCalendars[{kind}] = [[{number}, 'Nurse']];" for kind, number in types)
    labels = "".join(f'<label for="appointmentType-{kind}">{offers}</label>' for kind, _ in types)
    front = f"<html><body><script>{script}</script>{labels}</body></html>"
    options = {**PLACE, "kind": "weekly", "offer": offers}
    return read("acuity", {SCHEDULE: front, calendar: page}, url=SCHEDULE, options=options)


def test_a_calendar_listed_twice_counts_once() -> None:
    assert places(weekly("Shots", (7, 1))) == 3
    assert places(weekly("Shots", (7, 1), (7, 1))) == 3  # its script is on the page twice


def test_two_nurses_calendars_are_counted_separately() -> None:
    assert places(weekly("Shots", (7, 1), (8, 2))) == 6


def test_two_providers_at_one_time_are_two_appointments_even_on_two_pages() -> None:
    def week(provider: int) -> str:
        day = {"DateISO": "2021-05-20", "DepartmentID": "2", "Slots": [{"StartTimeISO": "09:00:00"}]}
        address = {"Street": ["1 Kite St"], "City": "BOSTON", "StateName": "MA", "PostalCode": "02120"}
        departments = {"2": {"Name": "Gull Hall", "Address": address}}
        return json.dumps({"ErrorCode": "", "AllDays": {f"SD_{provider}_2": day}, "AllDepartments": departments})

    class Weeks(TableClient):
        async def get(self, request: Any) -> Any:
            if request.url.endswith("/days"):
                self.requested.append(request.url)
                return answer(week(min(len(self.requested), 2)), request.url)
            return answer("<input name='__RequestVerificationToken' value='t'>", request.url)

    options = {"schedule": "/days", "specialty": "1", "visit_type": "2"}
    report = visit(registry.load("mychart")(), source(DOOR, options=options), Weeks({}))

    assert places(report) == 2
