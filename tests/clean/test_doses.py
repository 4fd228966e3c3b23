"""Doses as the fields and texts of booking systems name them."""

import pytest

from aggregator.clean.doses import doses_of
from aggregator.config import service_named

VACCINATION = doses_of(service_named("vaccination"))
doses, doses_in = VACCINATION.named, VACCINATION.only


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "1"),
        ("2", "2"),
        ("first", "1"),
        ("SECOND", "2"),
        ("second dose", "2"),
        ("first_dose_only", "1"),
        ("2nd_dose_only", "2"),
        ("Dose 2", "2"),
        ("COVID-19 Dose 1 Pfizer Child", "1"),
        ("1\u00e8re", "1"),
        ("2\u00e8me injection", "2"),
        ("THIRD_PEDIATRIC", "3"),
        ("1_kid", "1"),
        ("Booster", "booster"),
        ("2nd booster", "booster"),
        ("rappel", "booster"),
        ("COVID-19 Additional Dose Pfizer", "booster"),
        ("2nd dose (you must have had the 1st dose here)", "2"),
        ("First dose; the second is booked at the visit", "1"),
    ],
)
def test_a_dose_field_names_one_of_four_doses(text: str, expected: str) -> None:
    assert doses(text) == (expected,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1st & 2nd Dose - Pfizer & Moderna - OKC", ("1", "2")),
        ("First and second dose", ("1", "2")),
        ("Dose 1 and 2", ("1", "2")),
        ("Dose 1/2", ("1", "2")),
        ("1,2", ("1", "2")),
        ("3rd or booster", ("3", "booster")),
    ],
)
def test_a_dose_field_may_name_several_doses(text: str, expected: tuple[str, ...]) -> None:
    assert doses(text) == expected


@pytest.mark.parametrize("text", ["9", "21", "NONE", "all_doses", "unknown", "Multiple", "+ 12 ans", ""])
def test_text_without_a_dose_gives_no_dose(text: str) -> None:
    assert doses(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Second dose only.",
        "***2ND DOSE ONLY***",
        "2nd doses clinic only",
        "Second\ndose clinic only",
        "You must have had a first dose here",
    ],
)
def test_free_text_may_limit_a_place_to_second_doses(text: str) -> None:
    assert doses_in(text) == ("2",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1st and 2nd doses",
        "If you have had your 1st dose, bring your card",
        "Come back for a second dose",
        "Town residents only",
    ],
)
def test_free_text_that_only_mentions_doses_gives_no_dose(text: str) -> None:
    assert doses_in(text) == ()
