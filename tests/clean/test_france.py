"""France, where the rules of the United States do not apply: postal codes, departments, capitals, doses."""

from datetime import UTC, datetime

import pytest

from aggregator.clean.doses import doses_of
from aggregator.clean.france import department, read_address, read_parts, time_zone, title_case
from aggregator.clean.listing import Context, normalize
from aggregator.clean.product_names import products_of
from aggregator.config import service_named
from aggregator.model import Listing, LocationType

NOW = datetime(2021, 5, 13, 14, 0, tzinfo=UTC)
CONTEXT = Context(
    source="exemple",
    base_url="https://rdv.example.org/",
    time_zone="Europe/Paris",
    state="",
    location_type=LocationType.PHARMACY,
    country="FR",
)


@pytest.mark.parametrize(
    ("line", "lines", "code", "city"),
    [
        ("12 rue des Tilleuls, 01000 Bourg-en-Bresse", ("12 rue des Tilleuls",), "01000", "Bourg-en-Bresse"),
        ("12 rue des Tilleuls 01000 Bourg-en-Bresse", ("12 rue des Tilleuls",), "01000", "Bourg-en-Bresse"),
        ("4, rue du Pont, 01200 Valserhône", ("4 rue du Pont",), "01200", "Valserhône"),
        ("3 bis, place du Marché, 01200 Valserhône", ("3 bis place du Marché",), "01200", "Valserhône"),
        (
            "Salle des Fêtes, 2 rue Haute, 01500, Ambérieu,France",
            ("Salle des Fêtes", "2 rue Haute"),
            "01500",
            "Ambérieu",
        ),
        ("BP 12345, 01012 BOURG EN BRESSE CEDEX 9", ("BP 12345",), "01012", "Bourg en Bresse"),
        ("1 quai Vert, F-01100 Oyonnax", ("1 quai Vert",), "01100", "Oyonnax"),
        ("1 quai Vert, Oyonnax 01 100", ("1 quai Vert",), "01100", "Oyonnax"),
        ("1 quai Vert 01 01100 Oyonnax", ("1 quai Vert",), "01100", "Oyonnax"),
        ("1 quai Vert, (01) 01100 Oyonnax", ("1 quai Vert",), "01100", "Oyonnax"),
        ("01 01100 Oyonnax", (), "01100", "Oyonnax"),
        ("1 quai Vert, Oyonnax 01 01100", ("1 quai Vert",), "01100", "Oyonnax"),
        ("1 quai Vert, 01100 OYONNAX FRANCE", ("1 quai Vert",), "01100", "Oyonnax"),
        ("1 quai Vert, 01100 Oyonnax (2e étage)", ("1 quai Vert", "2e Étage"), "01100", "Oyonnax"),
        ("1 quai Vert, 01390 ST ANDRE DE CORCY", ("1 quai Vert",), "01390", "Saint-Andre de Corcy"),
        ("1 quai Vert, Oyonnax", ("1 quai Vert",), "", "Oyonnax"),
        ("1 quai Vert", ("1 quai Vert",), "", ""),
        ("", (), "", ""),
    ],
)
def test_a_one_line_address_is_split_into_street_code_and_town(
    line: str, lines: tuple[str, ...], code: str, city: str
) -> None:
    found = read_address(line, "01")
    assert (found.lines, found.postal_code, found.city, found.state) == (lines, code, city, "01")


@pytest.mark.parametrize(
    ("street", "city", "code", "expected"),
    [
        ("9 AVENUE DE L'HÔPITAL", "BOURG-EN-BRESSE", "01000", ("9 Avenue de l'Hôpital", "01000", "Bourg-en-Bresse")),
        ("9 rue Basse", "01500 - AMBERIEU", "", ("9 rue Basse", "01500", "Amberieu")),
        ("9 rue Basse", "AMBERIEU", " 01500", ("9 rue Basse", "01500", "Amberieu")),
        ("9 rue Basse", "Ambérieu", "1500", ("9 rue Basse", "01500", "Ambérieu")),
        ("9 rue Basse 01500 Ambérieu", "Ambérieu", "01500", ("9 rue Basse", "01500", "Ambérieu")),
        ("9 rue Basse 01500 Ambérieu", "[object Object]", "", ("9 rue Basse", "01500", "Ambérieu")),
        ("9 rue Basse", "FORT DE FRANCE", "97200", ("9 rue Basse", "97200", "Fort de France")),
        ("9 rue Basse", "[object Object]", "01500", ("9 rue Basse", "01500", "")),
        ("9 rue Basse 01 01500", "Ambérieu", "", ("9 rue Basse", "01500", "Ambérieu")),
        ("9 rue Basse", "01 01500 Ambérieu", "", ("9 rue Basse", "01500", "Ambérieu")),
        ("9 rue Basse", "Ambérieu", "01 01500", ("9 rue Basse", "01500", "Ambérieu")),
        ("9 rue Basse", "Ste Foy", "01500", ("9 rue Basse", "01500", "Sainte-Foy")),
        ("9 rue Basse", "", "null", ("9 rue Basse", "", "")),
    ],
)
def test_address_parts_may_repeat_or_contain_each_other(
    street: str, city: str, code: str, expected: tuple[str, str, str]
) -> None:
    found = read_parts((street,), city, "", code, "")
    assert ("".join(found.lines), found.postal_code, found.city) == expected


def test_a_long_address_is_truncated_to_displayable_lines() -> None:
    found = read_parts(tuple(f"Bâtiment {number} {'x' * 200}" for number in range(8)), "Ambérieu", "", "01500", "")
    assert len(found.lines) == 4
    assert max(len(line) for line in found.lines) == 120


@pytest.mark.parametrize(
    ("code", "number", "zone"),
    [
        ("01000", "01", ""),
        ("20000", "20", ""),
        ("97200", "972", "America/Martinique"),
        ("97440", "974", "Indian/Reunion"),
        ("98800", "988", "Pacific/Noumea"),
        ("", "", ""),
    ],
)
def test_a_postal_code_gives_the_department_and_overseas_the_time_zone(code: str, number: str, zone: str) -> None:
    assert (department(code), time_zone(code)) == (number, zone)


def test_a_stated_department_is_used_if_there_is_no_postal_code() -> None:
    assert read_parts(("9 rue Basse",), "Ambérieu", "01", "", "38").state == "01"
    assert read_parts(("9 rue Basse",), "Ambérieu", "Ain", "", "38").state == "38"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("PHARMACIE DE LA MAIRIE", "Pharmacie de la Mairie"),
        ("CENTRE DE VACCINATION D'OYONNAX", "Centre de Vaccination d'Oyonnax"),
        ("avenue de l'église", "Avenue de l'Église"),
        ("L'ISLE-SUR-LE-DOUBS", "L'Isle-sur-le-Doubs"),
        ("Le Havre", "Le Havre"),
        ("DES ECOLES", "Des Ecoles"),
    ],
)
def test_capitalization_follows_french_names(written: str, shown: str) -> None:
    assert title_case(written) == shown


def test_a_french_postal_code_is_never_read_as_a_us_zip() -> None:
    listing = Listing(name="Pharmacie Bleue", address="1 rue Haute, 02120 Marchais", info_phone="03 23 00 00 01")
    reading, problems = normalize(listing, CONTEXT, NOW)
    place = reading.location
    assert (place.city, place.state, place.county, place.position) == ("Marchais", "02", "", None)
    assert (place.time_zone, place.info_phone) == ("Europe/Paris", "+33323000001")
    assert not problems


def test_a_place_overseas_keeps_its_own_time_zone_and_position() -> None:
    listing = Listing(name="Pharmacie du Lagon", address="1 rue Haute, 97440 Saint-André", position=(-20.96, 55.65))
    place = normalize(listing, CONTEXT, NOW)[0].location
    assert place.time_zone == "Indian/Reunion"
    assert place.position is not None


@pytest.mark.parametrize(
    ("reason", "dose", "vaccine"),
    [
        ("1ère injection vaccin COVID-19 (Moderna)", "1", "Moderna"),
        ("Vaccination Covid +12 ans 1ère Injection (INJ1)", "1", None),
        ("1ère injection seule (sans rappel) + 12 ans", "1", None),
        ("1 ère dose", "1", None),
        ("Injection monodose Janssen", "1", "Johnson & Johnson"),
        ("Vaccination AstraZeneca - Injection 1", "1", "AstraZeneca"),
        ("2 ème injection Pfizer", "2", "Pfizer"),
        ("Vaccin PFZ INJ2", "2", "Pfizer"),
        ("Troisième injection", "3", None),
        ("Vaccin COVID INJ3", "3", None),
        ("Dose de rappel Moderna", "booster", "Moderna"),
        ("Vaccination Covid + 12 ans", None, None),
    ],
)
def test_a_visit_reason_gives_dose_and_vaccine(reason: str, dose: str | None, vaccine: str | None) -> None:
    service = service_named("vaccination")
    assert (doses_of(service).named(reason), products_of(service).product(reason)) == ((dose,) if dose else (), vaccine)
