"""Ages in the forms that product names, visit reasons and notes use."""

import pytest

from aggregator.clean.age_ranges import Ages, ages

YEAR = 12


@pytest.mark.parametrize(
    ("text", "youngest", "below"),
    [
        ("12+", 12 * YEAR, None),
        ("(Ages 6+)", 6 * YEAR, None),
        ("65 +", 65 * YEAR, None),
        ("ages 12 years and up", 12 * YEAR, None),
        ("18 years and older", 18 * YEAR, None),
        ("Pfizer_GrayCap (12 and older)", 12 * YEAR, None),
        ("60 yrs. & over", 60 * YEAR, None),
        ("12 years of age or older", 12 * YEAR, None),
        ("5 year olds and up", 5 * YEAR, None),
        ("at least 16 years", 16 * YEAR, None),
        ("6mo+ blue", 6, None),
        ("6m+", 6, None),
        ("ages 6 months and up", 6, None),
        ("Vaccination Covid + 12 ans", 12 * YEAR, None),
        ("plus de 55 ans", 55 * YEAR, None),
        ("12 ans et plus", 12 * YEAR, None),
        ("5-11 yrs", 5 * YEAR, 12 * YEAR),
        ("Pfizer-BioNTech Pediatric (Ages 5 through 11)", 5 * YEAR, 12 * YEAR),
        ("5 to 11 years old", 5 * YEAR, 12 * YEAR),
        ("5–11", 5 * YEAR, 12 * YEAR),
        ("(6 -11 years)", 6 * YEAR, 12 * YEAR),
        ("5 à 11 ans", 5 * YEAR, 12 * YEAR),
        ("12-120", 12 * YEAR, 121 * YEAR),
        ("6 months - 4 years", 6, 5 * YEAR),
        ("Ages 6m-4yrs", 6, 5 * YEAR),
        ("6m - 5yrs", 6, 6 * YEAR),
        ("6 mos. - 4 yrs.", 6, 5 * YEAR),
        ("6-35 months", 6, 36),
        ("3-5", 3 * YEAR, 6 * YEAR),
        ("under 5", None, 5 * YEAR),
        ("younger than 12 years", None, 12 * YEAR),
        ("moins de 55 ans", None, 55 * YEAR),
        ("11 and under", None, 12 * YEAR),
        # several: the first counts
        ("ages 6-11 Primary, 18+ Booster", 6 * YEAR, 12 * YEAR),
        ("COVID-19 Vaccine (Ages 12+)/Bivalent Booster (Ages 18+)", 12 * YEAR, None),
    ],
)  # fmt: skip
def test_ages_are_converted_to_months(text: str, youngest: int | None, below: int | None) -> None:
    assert ages(text) == Ages(youngest, below)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Adults, Seniors",
        "COVID-19",
        "COVID-19 Dose 2 Pfizer",
        "dose 1-2",
        "5/11/2021",
        "2021-05-11",
        "5-11-2021",
        "2023-2024 formula",
        "30 mcg/0.3mL",
        "100mcg/0.5mL 10 dose",
        "PCV13-20",
        "2-3 weeks",
        "11-5 years",
        "0-400",
        "+33 6 00 00 00 01",
    ],
)
def test_numbers_that_are_not_ages_are_ignored(text: str) -> None:
    assert ages(text) is None
