"""Product names as booking systems spelled them between 2021 and 2023, and codes."""

import pytest

from aggregator.clean.product_names import products_of
from aggregator.config import service_named

VACCINES = products_of(service_named("vaccination"))
product, products = VACCINES.product, VACCINES.products
MRNA = "mRNA (Pfizer or Moderna)"

COVID = {
    "Pfizer": [
        "COVID-19 Dose 2 Pfizer",
        "COVID-19 Additional Dose Pfizer",
        "VACCIN COVID PFIZER",
        "COMIRNATY Pfizer-BioNTech",
        "Pfizer 2023-2024 Formula (12+)",
        "Pfizer (16-64)",
        "Pfizer doses 1-2",
        "cvx:309",
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
        "COVID-19 Updated Booster Pfizer",
        "Pfizer_Bivalent (12 and older)",
        "Pfizer-BioNTech COVID-19 Vaccine/Bivalent Booster (Ages 12+)",
        "Pfizer COVID-19, Bivalent Booster (Ages 12+)",
        "Pfizer-BioNTech bivalent booster, ages 12 years and up",
        "Booster Pfizer_GrayCap (12 and older)",
        "COVID-19 Pfizer_Updated_Booster",
        "Pfizer BA.5",
        "Pfizer Omicron",
        "cvx:300",
    ],
    "Pfizer (5\u201311)": [
        "Pfizer enfants 5-11 ans",
        "Comirnaty 2024-2025 5-11yrs",
        "COVID-19 Dose 1 Pfizer Child",
        "Booster Pfizer_Peds (5 - 11 years)",
        "cvx:310",
        "Pediatric-Pfizer",
        "PfizerChild",
        "Pfizer_Peds (5 - 11 years)",
        "Pfizer-BioNTech Pediatric COVID-19 Vaccine/Booster (Ages 5 through 11)",
        "Pfizer-BioNTech, COVID-19 Vaccine, 10 mcg/0.2 mL, tris-sucrose",
        "cvx:218",
    ],
    "Pfizer bivalent (5\u201311)": [
        "Pediatric Pfizer Bivalent (5-11)",
        "COVID-19 Updated Booster Pfizer Child",
        "COVID-19 Pediatric_Pfizer_Updated_Booster",
        "Pfizer_Bivalent (5 - 11 years)",
        "cvx:301",
    ],
    "Pfizer (under 5)": [
        "Pfizer_Peds (6 months - 4 years)",
        "Pfizer 6 mos. - 4 yrs.",
        "Pfizer-BioNTech, COVID-19 Vaccine, 3 mcg/0.2 mL, tris-sucrose",
        "cvx:308",
        "Pfizer-BioNTech Pediatric COVID-19 Vaccine (Ages 6 months through 4 years)",
        "Pfizer-BioNTech COVID-19 Vaccine (Ages 6m-4yrs)",
        "Pediatric-Pfizer (under 5)",
        "PfizerToddler",
        "COVID-19 Ultra_Pediatric_Pfizer",
        "cvx:219",
    ],
    "Pfizer bivalent (under 5)": [
        "Pediatric-Pfizer Bivalent (under 5)",
        "Pfizer_Bivalent (6 months - 4 years)",
        "Pediatric Pfizer Bivalent 3-4",
        "COVID-19 Ultra_Pediatric_Pfizer_Updated_Dose3",
        "cvx:302",
    ],
    "Moderna": [
        "Moderna Dose 1",
        "Vaccination covid moderna",
        "Spikevax 12y+",
        "Moderna, COVID-19 Vaccine, 100mcg/0.5mL 10 dose",
        "cvx:312",
        "Moderna COVID-19 Vaccine",
        "Moderna COVID-19 Vaccine (Ages 6+)",
        "Moderna (Spikevax), ages 12 years and up",
        "Moderna (12-17)",
        "Booster Moderna_RedCap (18 and older)",
        "cvx:207",
        "CVX: 221",
    ],
    "Moderna bivalent": [
        "Moderna BA.1",
        "COVID-19 Moderna_Updated_Booster",
        "Moderna COVID-19 Bivalent Booster (Ages 6+)",
        "Moderna bivalent booster, ages 12 years and up",
        "cvx:519",
        "Moderna COVID-19, Bivalent (Ages 6mo+ blue)",
        "Moderna bivalent, ages 6 months and up",
        "Moderna COVID-19 Vaccine (Ages 12+)/Bivalent Booster (Ages 18+)",
        "Booster Moderna_DarkBlueCap (18 and older)",
        "cvx:229",
    ],
    "Moderna (6\u201311)": [
        "Moderna Pediatric COVID-19 Vaccine (Ages 6 through 11)",
        "Moderna COVID-19 Vaccine (ages 6-11 Primary, 18+ Booster)",
        "Moderna_Peds_DarkBlueCap (6 - 11 years)",
        "cvx:227",
    ],
    "Moderna bivalent (6\u201311)": [
        "COVID-19 Updated Booster Moderna Child",
        "Pediatric Moderna Bivalent (6-12)",
        "COVID-19 Pediatric_Moderna_Updated_Booster",
        "Moderna_Bivalent (6 -11 years)",
    ],
    "Moderna (under 6)": [
        "ModernaToddler",
        "Moderna COVID-19 Vaccine (Ages 6m-5yrs)",
        "Moderna_Peds (6 months - 5 years)",
        "Moderna Pediatric COVID-19 Vaccine (Ages 6 months - 5 years)",
        "ModernaChild",
        "COVID-19 Pediatric_Moderna",
        "Pediatric-Moderna (3-5)",
        "Moderna, COVID-19 pediatric vaccine, 25mcg/.25 ml",
        "cvx:228",
    ],
    "Moderna bivalent (under 6)": [
        "Pediatric Moderna Bivalent 3-5",
        "Moderna_Bivalent (6 months - 5 years)",
        "Moderna COVID-19 Bivalent Booster (Ages 6m - 5yrs)",
        "COVID-19 Ultra_Pediatric_Moderna_Updated_Booster",
        "cvx:230",
    ],
    "Johnson & Johnson": [
        "Janssen (Johnson & Johnson) COVID-19 Vaccine",
        "Booster Janssen (J&J) (18 and older)",
        "johnson and johnson",
        "JohnsonJohnson",
        "Injection monodose Janssen",
        "COVID-19 Janssen",
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
    "Sanofi": ["VidPrevtyn Beta", "cvx:225", "cvx:521"],
    "Valneva": ["Valneva", "cvx:518"],
    "Moderna (under 12)": ["Moderna (6 months - 11 years)", "Spikevax under 12", "cvx:311"],
    MRNA: ["Vaccin ARNm", "AstraZeneca -55 ans: suite"],
}
OTHERS = {
    "Influenza": ["Flu", "Flu Vaccine", "Influenza (Flu)", "Vaccination grippe", "vaccin antigrippal", "Flucelvax",
                  "Flu (6m+)", "cvx:88", "cvx:150"],
    "Influenza (65+)": ["Senior_Flu", "Flu, high dose", "Fluzone High-Dose", "Fluad", "Flu (65+)",
                        "Influenza for 65 years and older", "cvx:135", "cvx:205"],
    "Influenza (nasal)": ["FluMist", "Flu (nasal spray)", "cvx:111", "cvx:333"],
    "RSV": ["RSV", "RSV (60+)", "Abrysvo", "Arexvy", "mRESVIA", "Nirsevimab (Beyfortus)", "cvx:303", "cvx:306"],
    "Mpox": ["Monkeypox (Jynneos)", "Monkey pox", "mpox", "cvx:206", "cvx:75"],
    "Shingles": ["Zoster", "Shingrix", "Shingles (50+)", "cvx:187", "cvx:121"],
    "Adenovirus": ["Adenovirus", "cvx:143"],
    "Td": ["Td", "Tenivac", "cvx:113"],
    "Tdap": ["Tdap", "Boostrix", "Tetanus, diphtheria, pertussis (Tdap)", "cvx:115"],
    "DTaP": ["DTaP", "cvx:20"],
    "Pneumococcal": ["PCV13", "PCV 20", "PPSV23", "Prevnar 20", "Pneumonia", "cvx:33", "cvx:216"],
    "MMR": ["MMR", "M-M-R II", "Measles, mumps, rubella", "cvx:03", "cvx:3"],
    "MMRV": ["MMRV", "ProQuad", "cvx:94"],
    "HPV": ["HPV", "HPV9", "Gardasil 9", "cvx:165"],
    "Hepatitis A": ["Hepatitis A", "HepA", "cvx:52", "cvx:83"],
    "Hepatitis B": ["Hep B", "Hepatitis-B", "Heplisav-B", "cvx:08", "cvx:8", "cvx:189"],
    "Hepatitis A and B": ["Twinrix", "cvx:104"],
    "Hepatitis": ["Hepatitis"],
    "Varicella": ["Varicella (chickenpox)", "Chicken Pox", "cvx:21"],
    "Rotavirus": ["Rotavirus", "cvx:116"],
    "Meningococcal B": ["MenB", "Bexsero", "cvx:162"],
    "Meningococcal": ["MenACWY", "Menveo", "cvx:114", "cvx:316"],
    "Hib": ["Hib", "Haemophilus influenzae type b", "cvx:48"],
    "Polio": ["Polio", "IPV", "cvx:10"],
    "Typhoid": ["Typhoid", "Typhoid fever", "cvx:101"],
    "Rabies": ["Rabies", "cvx:175"],
    "Japanese encephalitis": ["J.encephalitis", "Japanese Encephalitis", "cvx:134"],
    "Tick-borne encephalitis": ["Tick-borne encephalitis", "cvx:222"],
    "Yellow fever": ["Yellow Fever", "YF-Vax", "cvx:37"],
    "Cholera": ["Cholera", "cvx:174"],
    "Chikungunya": ["Chikungunya", "cvx:317"],
    "Dengue": ["Dengue fever", "cvx:56"],
}  # fmt: skip
SPELLINGS = COVID | OTHERS


@pytest.mark.parametrize(("text", "name"), [(text, name) for name, texts in SPELLINGS.items() for text in texts])
def test_every_known_spelling_gives_one_product_name(text: str, name: str) -> None:
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
def test_texts_without_a_product_give_neither_a_name_nor_a_problem(text: str) -> None:
    assert product(text) is None
    assert products([text]) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "fluid therapy", "Td booster course", "Elixir", "Pediatric Pfizer (2-3)", "Pfizer under 12", "Pfizer (6m-11y)",
        "Hay fever", "Tetanus", "Meningitis", "P", "cvx:999",
    ],
)  # fmt: skip
def test_unknown_products_are_returned_unchanged(text: str) -> None:
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
        (["Flu, high dose, RSV"], ("Influenza (65+)", "RSV"), ()),
        (["DTaP-IPV"], ("DTaP", "Polio"), ()),
        (["COVID-19 (Moderna) & Flu"], ("Moderna", "Influenza"), ()),
        # COVID-19 without a brand counts as a product beside others, so that they do not hide it
        (["COVID-19 and Flu"], ("Influenza", "COVID-19"), ()),
        (["Flu", "COVID-19 Unknown"], ("Influenza", "COVID-19"), ()),
        (["RSV", "cvx:213"], ("RSV", "COVID-19"), ()),
        (["Non-COVID: Flu"], ("Influenza",), ()),
        (["Pfizer", "Elixir", "Flu", "Elixir"], ("Pfizer", "Influenza"), ("Elixir",)),
    ],
)
def test_lists_are_split_in_order_without_duplicates(
    texts: list[str], known: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    assert products(texts) == (known, unknown)


@pytest.mark.parametrize(
    ("name", "expected"),
    [(name, True) for name in (*COVID, "COVID-19")] + [(name, False) for name in (*OTHERS, "Elixir")],
)
def test_covid_products_are_distinguished_from_others(name: str, expected: bool) -> None:
    assert ("covid-19" in VACCINES.groups(name)) is expected


@pytest.mark.parametrize("name", [name for name in SPELLINGS if name not in {"Hepatitis A and B", MRNA}])
def test_a_display_name_is_read_as_itself(name: str) -> None:
    assert product(name) == name


@pytest.mark.parametrize("name", sorted(service_named("vaccination").codes["cvx"]))
def test_every_product_name_for_a_cvx_code_is_in_the_spellings_table(name: str) -> None:
    assert name in SPELLINGS
