"""Phone numbers in the forms that feeds use."""

import subprocess
import sys

import pytest

from aggregator.clean.phone import national, phone


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("607-555-0107", "+16075550107"),
        ("907-6448400", "+19076448400"),
        ("6075550107", "+16075550107"),
        ("(607) 555-0107", "+16075550107"),
        ("1-800-925-4733", "+18009254733"),
        ("+1 607.555.0107", "+16075550107"),
        ("tel:+16075550107", "+16075550107"),
        ("Call 607/555-0107 or 607-555-0108, ext. 5", "+16075550107"),
        ("607\u2011555\u20130107", "+16075550107"),
        ("(607)\xa0555\u202f0107", "+16075550107"),
        ("6075550107.0", "+16075550107"),
        ("607-555-0107 x123", "+16075550107"),
        ("607 555 0107 / 607 555 0108", "+16075550107"),
        ("607-555-0107 or 211", "+16075550107"),
        ("800-SHOP-CVS (1-800-555-0199)", "+18005550199"),
        ("800-SHOP-CVS", "+18007467287"),
        ("Call 1-888-555-GULL", "+18885554855"),
        ("+33 1 99 00 12 34", "+33199001234"),
        ("(609) 877-700", ""),
        ("908957220", ""),
        ("555-0107", ""),
        ("01 23 45 67 89", ""),
        ("011 33 1 99 00 12 34", "+33199001234"),
        ("Mon 9-5, 607-555-0107", "+16075550107"),
        ("٦٠٧٥٥٥٠١٠٧", "+16075550107"),
        ("800-222-222222", ""),
        ("800-GULLS", ""),
        ("800 numbers are free", ""),
        ("1-800-GULLSHALL", ""),
        ("N/A", ""),
        ("000-000-0000", ""),
        ("911-555-0107", ""),
        ("60755501077", ""),
        ("1234567890", ""),
        ("none", ""),
        ("", ""),
    ],
)
def test_a_phone_number_is_stored_as_e164_and_an_impossible_one_is_dropped(found: str, expected: str) -> None:
    assert phone(found, "US") == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("04 74 00 00 01", "+33474000001"),
        ("04.74.00.00.01 (accueil) ou 04 74 00 00 02", "+33474000001"),
        ("0474000001", "+33474000001"),
        ("0033474000001", "+33474000001"),
        ("+33 (0)4 74 00 00 01", "+33474000001"),
        ("+33474000001", "+33474000001"),
        ("0596 00 00 01", "+596596000001"),
        ("0692 00 00 01", "+262692000001"),
        ("01 99 00 12 34 ou 0596 00 00 01", "+33199001234"),
        ("0800 009 110", "+33800009110"),
        ("0976 00 00 01", "+33976000001"),
        ("+41 22 000 00 01", "+41220000001"),
        ("207-555-0107", ""),
        ("3639", ""),
        ("", ""),
    ],
)
def test_the_country_decides_how_to_read_a_number_without_a_country_code(found: str, expected: str) -> None:
    assert phone(found, "FR") == expected


@pytest.mark.parametrize(
    ("number", "country", "shown"),
    [
        ("+16075550107", "US", "(607) 555-0107"),
        ("+14165550107", "US", "(416) 555-0107"),
        ("+33474000001", "FR", "04 74 00 00 01"),
        ("+596596000001", "FR", "0596 00 00 01"),
        ("+33474000001", "US", "+33 4 74 00 00 01"),
        ("+16075550107", "FR", "+1 607-555-0107"),
        ("+4930901820", "DE", "030 901820"),
        ("607-555-0107", "US", "607-555-0107"),
        ("", "US", ""),
    ],
    ids=[
        "at home",
        "dialed alike",
        "France",
        "overseas",
        "abroad",
        "abroad from France",
        "Germany",
        "older form",
        "none",
    ],
)
def test_a_phone_number_is_displayed_in_the_countrys_style(number: str, country: str, shown: str) -> None:
    assert national(number, country) == shown


def test_the_numbering_plans_are_loaded_when_first_needed() -> None:
    look = "import sys; from aggregator.clean.country import load_tables; print('phonenumbers' in sys.modules); "
    look += "load_tables(['US']); print('phonenumbers' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout

    assert output.split() == ["False", "True"]
