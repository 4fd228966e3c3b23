"""What names reveal: the number of a store (never a date or an age), and the kind of place."""

import pytest

from aggregator.adapter import LocationType, stores


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Safeway 1234", "1234"),
        ("SAFEWAY PHARMACY #0098", "98"),
        ("Safeway Pharmacy, Store No. 12", "12"),
        ("Safeway 0005", "5"),
        ("Safeway #5", "5"),
        ("Safeway 1234 - 12 Kite St", "1234"),
        ("Clinic at Safeway 987 for ages 12+ July 10", "987"),
        ("Kite School Clinic for ages 12+ July 10 9:30am", ""),
        ("Safeway 5", ""),
        ("Safeway 12+ clinic", ""),
        ("Safeway 12 and older", ""),
        ("Safeway 12 - 17 year olds", ""),
        ("Safeway 5-11 clinic", ""),
        ("Safeway 10:30", ""),
        ("Safeway 9am", ""),
        ("Safeway 7/10", ""),
        ("Safeway 2021-07-10", ""),
        ("Safeway 2nd dose", ""),
        ("Safeway July 10", ""),
        ("Kite Pharmacy 1234", ""),
        ("", ""),
    ],
)
def test_a_store_number_comes_directly_after_the_brand(name: str, number: str) -> None:
    assert stores.store_number(name, "safeway") == number
    assert stores.albertsons_store(name) == (("Safeway", number) if number else ("", ""))


def test_the_longer_of_two_matching_brands_wins() -> None:
    assert stores.albertsons_store("Albertsons Market 0123") == ("Albertsons Market", "123")
    assert stores.albertsons_store("Jewel Osco #77") == ("Jewel-Osco", "77")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("CVS (Kite St)", "PHARMACY"),
        ("Walgreens (Gull St.)", "PHARMACY"),
        ("Osco (Kite St)", "PHARMACY"),
        ("Stop & Shop", "PHARMACY"),
        ("Gull Family Pharmacy", "PHARMACY"),
        ("Pharmacie du Pont", "PHARMACY"),
        ("Gull's Apothecary Shoppe", "PHARMACY"),
        ("Kite Family Drug #61", "PHARMACY"),
        ("Costco- Gull Bay", "PHARMACY"),
        ("Gull County Megasite", "MASS_VAX"),
        ("Gull Mall Mass Vaccination Site", "MASS_VAX"),
        ("State mass vax site at the former CVS", "MASS_VAX"),
        ("Gull Hall (next to CVS)", None),
        ("Kite School, across from Walgreens Pharmacy", None),
        ("Gull Drug Treatment Center", None),
        ("Central Mass Allergy Clinic", None),
        ("Gull Health Department", None),
        ("", None),
    ],
)
def test_a_name_gives_the_kind_of_place_if_it_shows_one(name: str, kind: LocationType | None) -> None:
    assert stores.kind_of(name) == kind
