"""Ids of other systems: one form for each store, and no placeholders."""

import pytest

from aggregator.clean.external_ids import external_ids


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("70100011", "70100011"),
        ("02900123", "02900123"),
        ("2900123", "02900123"),
        ("62500123", "62500123"),
        ("62000123", "62000123"),  # City Market's in older sources, but perhaps also another brand's
        # The Little Clinic: four or five digits, padded or not
        ("3123", "85100123"),
        ("03123", "85100123"),
        ("00003123", "85100123"),
        ("6001", "85200001"),
        ("11045", "85600045"),
        ("15045", "85800045"),
        ("17045", "86100045"),
        ("18045", "85300045"),
        ("36045", "85400045"),
        ("43045", "85500045"),
        ("47045", "85900045"),
        ("85100123", "85100123"),
        # pop-up clinics have ids of any shape
        ("COVID-12", "COVID-12"),
        ("123456789", "123456789"),
    ],
)
def test_a_kroger_store_number_has_eight_digits_in_every_source(found: str, expected: str) -> None:
    assert external_ids([("kroger", found)]) == (("kroger", expected),)


def test_numbers_in_other_systems_are_unchanged() -> None:
    assert external_ids([("rite_aid", "3123"), ("cvs", "02004")]) == (("rite_aid", "3123"), ("cvs", "02004"))


@pytest.mark.parametrize("value", ["", " ", "null", "NIL", "None", "N/A", "undefined", "unknown VTrckS pin for 13656"])
def test_a_placeholder_is_not_an_id(value: str) -> None:
    assert external_ids([("vtrcks", value), ("npi", "1")]) == (("npi", "1"),)


def test_two_spellings_of_one_store_number_become_one_id() -> None:
    assert external_ids([("kroger", "2900123"), ("kroger", " 02900123 ")]) == (("kroger", "02900123"),)
