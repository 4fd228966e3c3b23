"""Vaccines of sources that tell no dates: a line of the description. And ids that must not be taken over."""

import tomllib

import pytest

from aggregator.adapter import vaccine_line
from aggregator.model import Location
from tests.test_providers import FOLDER, replayed, source_of


def location(case: str, name: str) -> Location:
    path = FOLDER / f"{case}.toml"
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    (found,) = [
        reading.location
        for reading in replayed(source_of(path, given), path.parent / given["har"]).readings
        if reading.location.name == name
    ]
    return found


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (["Pediatric_Pfizer", "moderna", "Moderna"], "Vaccines: Pfizer (5–11), Moderna"),
        (["Janssen – J & J", "Gull serum"], "Vaccines: Johnson & Johnson, Gull serum"),
        (["Multiple", ""], ""),
        ([], ""),
    ],
)
def test_vaccines_are_named_once_in_our_words_and_what_is_no_vaccine_is_left_out(texts: list[str], line: str) -> None:
    assert vaccine_line(texts) == line


@pytest.mark.parametrize(
    ("case", "name", "description"),
    [
        ("heb/places", "Gull & Kite H-E-B plus!", "Vaccines: Moderna bivalent, Pfizer bivalent (under 5)"),
        ("heb/places", "Heron H-E-B", ""),
        ("heb/places", "Plum H-E-B", "Vaccines: Pfizer"),
        ("heb/places", "Old Gull H-E-B", ""),
        ("hyvee/stores", "Hy-Vee Ames #3", "Vaccines: Pfizer Bivalent (booster)"),
        ("hyvee/stores", "Hy-Vee Flu Town", ""),
        ("ct_finder/providers", "Gull Clinic", "Vaccines: Moderna, Pfizer\nDrive-through"),
        ("ny_state/sites", "Gull Hall", "Vaccines: Pfizer, Johnson & Johnson"),
        ("njvss/export", "Gull Pharmacy", "Vaccines: Novavax, Moderna bivalent (6–11)"),
        ("njvss/export", "Sam's Club #4321", "Vaccines: Pfizer bivalent"),
        ("wa_doh/pages", "Costco Gull", "Vaccines: Moderna, Johnson & Johnson"),
        ("cdc/rows", "Gull Pharmacy", "Vaccines: Moderna bivalent\nWalk-ins accepted"),
        ("cdc/rows", "Kite Clinic", "Vaccines: Pfizer"),
    ],
)
def test_what_a_place_offers_is_told_in_its_description(case: str, name: str, description: str) -> None:
    assert location(case, name).description == description


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
def test_ids_that_are_copies_tags_or_somebody_elses_are_left_out(case: str, name: str, systems: list[str]) -> None:
    assert [system for system, _ in location(case, name).external_ids] == systems


def test_the_latitude_of_a_thrifty_white_store_is_its_x() -> None:
    position = location("thrifty_white/fargo", "Thrifty White Fargo Gull").position

    assert position is not None
    assert (position.latitude, position.longitude, position.approximate) == (46.88, -96.79, False)


def test_coordinates_that_connecticut_swapped_are_put_right() -> None:
    position = location("ct_finder/providers", "Kite Clinic").position

    assert position is not None
    assert (position.latitude, position.longitude) == (41.56, -72.65)
