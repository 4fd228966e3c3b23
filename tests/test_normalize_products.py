"""Product names as booking systems spelt them between 2021 and 2023, codes, and doses."""

import pytest

from aggregator.normalize.products import dose, doses_in, is_covid, product, products

SPELLINGS = {
    "Pfizer": [
        "pfizer",
        "Pfizer-BioNTech COVID-19 Vaccine/Booster (Ages 12+)",
        "Comirnaty COVID-19 Vaccine/Booster (Ages 12+)",
        "Booster Pfizer_PurpleCap (12 and older)",
        "ServiceType_Pfizer",
        "PFZ 1",
        "Pfizer-BioNTech, COVID-19 Vaccine, 30 mcg/0.3mL",
        "cvx:208",
        "cvx:217",
    ],
    "Pfizer bivalent": [
        "Pfizer COVID-19, Bivalent Booster (Ages 12+)",
        "Pfizer-BioNTech bivalent booster, ages 12 years and up",
        "Booster Pfizer_GrayCap (12 and older)",
        "COVID-19 Pfizer_Updated_Booster",
        "Pfizer BA.5",
        "Pfizer Omicron",
        "cvx:300",
    ],
    "Pfizer (5\u201311)": [
        "Pediatric-Pfizer",
        "PfizerChild",
        "Pfizer_Peds (5 - 11 years)",
        "Pfizer-BioNTech Pediatric COVID-19 Vaccine/Booster (Ages 5 through 11)",
        "Pfizer-BioNTech, COVID-19 Vaccine, 10 mcg/0.2 mL, tris-sucrose",
        "cvx:218",
    ],
    "Pfizer bivalent (5\u201311)": [
        "COVID-19 Pediatric_Pfizer_Updated_Booster",
        "Pfizer_Bivalent (5 - 11 years)",
        "cvx:301",
    ],
    "Pfizer (under 5)": [
        "Pfizer-BioNTech Pediatric COVID-19 Vaccine (Ages 6 months through 4 years)",
        "Pfizer-BioNTech COVID-19 Vaccine (Ages 6m-4yrs)",
        "Pediatric-Pfizer (under 5)",
        "PfizerToddler",
        "COVID-19 Ultra_Pediatric_Pfizer",
        "cvx:219",
    ],
    "Pfizer bivalent (under 5)": [
        "Pediatric Pfizer Bivalent 3-4",
        "COVID-19 Ultra_Pediatric_Pfizer_Updated_Dose3",
        "cvx:302",
    ],
    "Moderna": [
        "Moderna COVID-19 Vaccine",
        "Moderna COVID-19 Vaccine (Ages 6+)",
        "Moderna (Spikevax), ages 12 years and up",
        "Moderna (12-17)",
        "Booster Moderna_RedCap (18 and older)",
        "cvx:207",
        "CVX: 221",
    ],
    "Moderna bivalent": [
        "Moderna COVID-19, Bivalent (Ages 6mo+ blue)",
        "Moderna bivalent, ages 6 months and up",
        "Moderna COVID-19 Vaccine (Ages 12+)/Bivalent Booster (Ages 18+)",
        "Booster Moderna_DarkBlueCap (18 and older)",
        "cvx:229",
    ],
    "Moderna (6\u201311)": [
        "Moderna COVID-19 Vaccine (ages 6-11 Primary, 18+ Booster)",
        "Moderna_Peds_DarkBlueCap (6 - 11 years)",
        "cvx:227",
    ],
    "Moderna bivalent (6\u201311)": [
        "Pediatric Moderna Bivalent (6-12)",
        "COVID-19 Pediatric_Moderna_Updated_Booster",
        "Moderna_Bivalent (6 -11 years)",
    ],
    "Moderna (under 6)": [
        "Moderna Pediatric COVID-19 Vaccine (Ages 6 months - 5 years)",
        "ModernaChild",
        "COVID-19 Pediatric_Moderna",
        "Pediatric-Moderna (3-5)",
        "Moderna, COVID-19 pediatric vaccine, 25mcg/.25 ml",
        "cvx:228",
    ],
    "Moderna bivalent (under 6)": [
        "Moderna COVID-19 Bivalent Booster (Ages 6m - 5yrs)",
        "COVID-19 Ultra_Pediatric_Moderna_Updated_Booster",
        "cvx:230",
    ],
    "Johnson & Johnson": [
        "Janssen (J&J) COVID-19 Vaccine/Booster (Ages 18+)",
        "Johnson & Johnson\u2019s Janssen",
        "Janssen \u2013 J & J",
        "johnsonAndJohnson",
        "JnJ",
        "jjj",
        "Jensen",
        "cvx:212",
    ],
    "Novavax": ["Novavax (12 and older)", "Nuvaxovid", "cvx:211", "cvx:313"],
    "AstraZeneca": ["Vaccination AZ 2", "1ere vaccination astra", "cvx:210"],
    "Sanofi": ["VidPrevtyn Beta", "cvx:225"],
    "mRNA (Pfizer or Moderna)": ["Vaccin ARNm", "AstraZeneca -55 ans: suite"],
    "Influenza": ["Flu", "Senior_Flu", "Influenza (Flu)", "Vaccination grippe", "vaccin antigrippal", "cvx:88"],
    "RSV": ["RSV", "Abrysvo", "cvx:303"],
    "Mpox": ["Monkeypox (Jynneos)", "cvx:206"],
    "Shingles": ["Zoster", "Shingrix"],
    "Td": ["Td", "cvx:113"],
    "Tdap": ["Tdap"],
    "DTaP": ["DTaP"],
    "Pneumococcal": ["PCV13", "PPSV23", "cvx:33"],
    "MMR": ["MMR", "cvx:03", "cvx:3"],
    "MMRV": ["MMRV"],
    "Hepatitis A": ["Hepatitis A"],
    "Hepatitis B": ["Hep B", "cvx:08"],
    "Varicella": ["Varicella (chickenpox)"],
    "Meningococcal B": ["MenB"],
    "Meningococcal": ["MenACWY"],
    "Hib": ["Hib", "Haemophilus influenzae type b"],
    "Japanese encephalitis": ["J.encephalitis"],
    "Yellow fever": ["Yellow Fever"],
    "Typhoid": ["Typhoid fever"],
}


@pytest.mark.parametrize(("text", "name"), [(text, name) for name, texts in SPELLINGS.items() for text in texts])
def test_every_spelling_seen_has_one_name(text: str, name: str) -> None:
    assert product(text) == name
    assert products([text]) == ((name,), ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "COVID-19 Unknown",
        "Vaccin COVID-19",
        "COVID-19 Vaccine",
        "check provider",
        "Contact Clinic Site",
        "Multiple",
        "Other",
        "Child and Adolescent Immunization",
        "Multi-vaccine",
        "N/A",
        "AstraZeneca : contre indications",
        "test antig\u00e9nique",
        "cvx:213",
    ],
)
def test_texts_that_state_no_product_give_neither_a_name_nor_a_problem(text: str) -> None:
    assert product(text) is None
    assert products([text]) == ((), ())


@pytest.mark.parametrize("text", ["fluid therapy", "Td booster course", "Elixir", "Pediatric Pfizer (2-3)", "cvx:999"])
def test_what_we_do_not_know_is_given_back_as_it_is(text: str) -> None:
    assert product(text) is None
    assert products([text]) == ((), (text,))


@pytest.mark.parametrize(
    ("texts", "known", "unknown"),
    [
        (["Moderna, Pfizer"], ("Moderna", "Pfizer"), ()),
        (["Pfizer Moderna Johnson & Johnson"], ("Pfizer", "Moderna", "Johnson & Johnson"), ()),
        (["Moderna/Johnson & Johnson"], ("Moderna", "Johnson & Johnson"), ()),
        (["moderna,pfizer,jjj", "Pfizer"], ("Moderna", "Pfizer", "Johnson & Johnson"), ()),
        (["Pfizer COVID-19 Vaccine (Ages 5-11), Pfizer, Elixir"], ("Pfizer (5\u201311)", "Pfizer"), ("Elixir",)),
        (["Hepatitis A & B"], ("Hepatitis A", "Hepatitis B"), ()),
        (["Pfizer", "Elixir", "Flu", "Elixir"], ("Pfizer", "Influenza"), ("Elixir",)),
    ],
)
def test_lists_are_split_in_order_and_without_repeats(
    texts: list[str], known: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    assert products(texts) == (known, unknown)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Pfizer", True), ("Moderna bivalent (6\u201311)", True), ("Influenza", False), ("Elixir", False)],
)
def test_covid_products_are_told_from_others(name: str, expected: bool) -> None:
    assert is_covid(name) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "1"),
        ("2", "2"),
        ("first", "1"),
        ("SECOND", "2"),
        ("second dose", "2"),
        ("first_dose_only", "1"),
        ("Dose 2", "2"),
        ("1\u00e8re", "1"),
        ("2\u00e8me injection", "2"),
        ("THIRD_PEDIATRIC", "3"),
        ("1_kid", "1"),
        ("Booster", "booster"),
        ("rappel", "booster"),
        ("9", None),
        ("21", None),
        ("NONE", None),
        ("all_doses", None),
        ("", None),
    ],
)
def test_dose_fields_have_four_values_or_none(text: str, expected: str | None) -> None:
    assert dose(text) == expected


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
def test_free_text_may_say_second_doses_only(text: str) -> None:
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
def test_free_text_that_only_mentions_doses_says_nothing(text: str) -> None:
    assert doses_in(text) == ()
