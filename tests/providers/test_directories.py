"""What cases cannot express about lists kept by hand: links, notes, phone numbers, all the times."""

import tomllib

import pytest

from aggregator.model import Location, Slot
from tests.providers.test_providers import replayed, source_of
from tests.support.paths import TESTS

FOLDER = TESTS / "providers"


def read(case: str) -> dict[str, tuple[Location, tuple[Slot, ...]]]:
    """Locations and their slots, by name."""
    path = FOLDER / f"{case}.toml"
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    report = replayed(source_of(path, given), path.parent / given["har"])
    return {
        found.location.name: (found.location, found.availability.slots if found.availability else ())
        for found in report.readings
    }


@pytest.mark.parametrize(
    ("case", "name", "field", "value"),
    [
        ("arcgis/two-parts", "Gull Clinic", "description", "Accept walk-ins: No, please make an appointment"),
        ("arcgis/two-parts", "Gull Clinic", "info_url", "https://www.gullclinic.example.org"),
        ("arcgis/two-parts", "Tern Hall", "description", "Accept walk-ins: Yes"),
        ("arcgis/two-parts", "Tern Hall", "key", "id:3"),
        ("salesforce_aura/two-calls", "Gull Fairgrounds - Pfizer", "info_url", "https://www.gull.example.org/vaccine"),
        ("salesforce_aura/two-calls", "Tern County Health Department", "info_url", ""),
        (
            "ia_state/providers",
            "Tern County Public Health",
            "description",
            "Upcoming Events: 08/14/2021 - Gull Days Clinic",
        ),
        ("ia_state/providers", "Tern County Public Health", "info_url", ""),
        ("ia_state/providers", "Gull Pharmacy", "info_url", "https://gull.example.org"),
        (
            "juvare/clinics",
            "Mall in front of the old shop",
            "description",
            "Mall in front of the old shop, park by the trailer.",
        ),
        ("manual/volunteers", "Gull Pharmacy", "booking_phone", "+16175550101"),
        ("manual/volunteers", "Gull Pharmacy", "description", "Ask for the clinic desk"),
        ("manual/volunteers", "Heron Clinic", "booking_phone", ""),
        ("manual/volunteers", "Tern Church", "info_url", "https://tern.example.org"),
    ],
)
def test_text_around_an_address_is_preserved(case: str, name: str, field: str, value: str) -> None:
    assert getattr(read(case)[name][0], field) == value


def test_a_weekly_event_keeps_its_hour_across_a_clock_change_and_ends_with_its_rule() -> None:
    weekly = read("ics/clinics")["Gull Hall"][1]

    assert [slot.start.isoformat() for slot in weekly] == [
        "2021-11-02T09:00:00-04:00",
        "2021-11-17T14:00:00-05:00",
        "2021-11-23T09:00:00-05:00",
    ]


def test_an_event_every_second_week_is_on_all_its_days_of_that_week() -> None:
    assert [f"{slot.start:%m-%d %H}" for slot in read("ics/clinics")["Stilt Hall"][1]] == [
        "11-02 11",
        "11-04 11",
        "11-16 10",
        "11-18 10",
    ]


def test_an_all_day_event_includes_its_last_day_and_a_series_the_last_day_of_its_rule() -> None:
    found = read("ics/clinics")

    (days,) = found["Egret Fair"][1]
    assert (days.start.isoformat(), days.end and days.end.isoformat()) == (
        "2021-11-06T00:00:00-04:00",
        "2021-11-08T00:00:00-05:00",
    )
    assert [slot.start.isoformat() for slot in found["Ibis Hall"][1]] == [
        "2021-11-05T10:00:00-04:00",
        "2021-11-08T10:00:00-05:00",
    ]
