"""Vaccines of sources that state no dates, and ids that must not be taken over."""

import tomllib

import pytest

from aggregator.model import Location, Reading
from tests.providers.test_providers import FOLDER, replayed, source_of


def reading(case: str, name: str) -> Reading:
    path = FOLDER / f"{case}.toml"
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    report = replayed(source_of(path, given), path.parent / given["har"])
    (found,) = [reading for reading in report.readings if reading.location.name == name]
    return found


def location(case: str, name: str) -> Location:
    return reading(case, name).location


@pytest.mark.parametrize(
    ("case", "name", "products", "doses"),
    [
        ("hyvee/stores", "Hy-Vee Ames #3", ("Pfizer bivalent", "Influenza"), ("booster",)),
        ("hyvee/stores", "Hy-Vee Flu Town", ("Influenza",), ()),
        ("wa_doh/pages", "Costco Gull", ("Moderna", "Johnson & Johnson"), ()),
        ("cdc/rows", "Gull Pharmacy", ("Moderna bivalent",), ()),  # what is out of stock is not offered
        ("cdc/rows", "Kite Clinic", ("Pfizer",), ()),
        ("vts_geo/snapshot", "Gull Pharmacy #00099", ("Moderna",), ()),
        ("vaccinespotter/me", "Heron Pharmacy", ("Pfizer", "Moderna"), ("2",)),  # its appointments have no times
        ("vaccinespotter/me", "Gull Drug Store", (), ()),  # stated for each time
        ("heb/places", "Gull & Kite H-E-B plus!", ("Influenza", "Moderna bivalent", "Pfizer bivalent (under 5)"), ()),
        ("heb/places", "Heron H-E-B", ("Influenza", "Influenza (65+)"), ()),
        ("heb/places", "Plum H-E-B", ("Pfizer",), ()),
        ("heb/places", "Old Gull H-E-B", (), ()),
        ("ct_finder/providers", "Gull Clinic", ("Moderna", "Pfizer"), ()),
        ("ny_state/sites", "Gull Hall", ("Pfizer", "Johnson & Johnson"), ()),
        ("njvss/export", "Gull Pharmacy", ("Novavax", "Moderna bivalent (6–11)"), ()),
        ("njvss/export", "Sam's Club #4321", ("Pfizer bivalent",), ()),
        ("ak_csv/turn-of-the-year", "Egret Drug", ("Moderna", "Johnson & Johnson"), ()),
        ("ak_csv/turn-of-the-year", "Heron Drug", (), ()),  # stated for its day
        ("manual/volunteers", "Gull Pharmacy", ("Moderna",), ()),
        ("arcgis/two-parts", "Gull Clinic", ("Moderna", "Pfizer"), ()),
    ],
)
def test_products_and_doses_are_the_places_if_no_slot_states_them(
    case: str, name: str, products: tuple[str, ...], doses: tuple[str, ...]
) -> None:
    availability = reading(case, name).availability

    assert availability is not None
    assert (set(availability.products), availability.doses) == (set(products), doses)


@pytest.mark.parametrize(
    ("case", "name", "count"),
    [
        ("heb/places", "Plum H-E-B", 5),
        ("heb/places", "Gull & Kite H-E-B plus!", None),  # some of them may be for flu
        ("heb/places", "Heron H-E-B", 30),
        ("njvss/export", "Gull Pharmacy", 12),
    ],
)
def test_the_count_is_the_places_if_no_slot_states_it(case: str, name: str, count: int | None) -> None:
    availability = reading(case, name).availability

    assert availability is not None
    assert availability.count == count


@pytest.mark.parametrize(
    ("case", "name", "systems"),
    [
        ("vts_geo/snapshot", "Gull Pharmacy #00099", ["vts", "cvs", "rite_aid", "vaccines_gov", "placekey"]),
        ("vaccinespotter/me", "Shaw's 2345", ["vaccinespotter", "shaws"]),
        ("cdc/rows", "Wegmans #41", ["vaccines_gov"]),
        ("wa_doh/pages", "Heron Clinic", ["wa_doh"]),
        ("heb/places", "H-E-B Hosted Pear Hall", []),
    ],
)
def test_copied_tagged_and_foreign_ids_are_dropped(case: str, name: str, systems: list[str]) -> None:
    assert [system for system, _ in location(case, name).external_ids] == systems


def test_thrifty_whites_xcoord_is_the_latitude() -> None:
    position = location("thrifty_white/fargo", "Thrifty White Fargo Gull").position

    assert position is not None
    assert (position.latitude, position.longitude, position.approximate) == (46.88, -96.79, False)


def test_coordinates_that_connecticut_swapped_are_corrected() -> None:
    position = location("ct_finder/providers", "Kite Clinic").position

    assert position is not None
    assert (position.latitude, position.longitude) == (41.56, -72.65)
