"""Telephone numbers in the forms that feeds use."""

import pytest

from aggregator.normalize.phone import phone


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("607-555-0107", "607-555-0107"),
        ("907-6448400", "907-644-8400"),
        ("6075550107", "607-555-0107"),
        ("(607) 555-0107", "607-555-0107"),
        ("1-800-925-4733", "800-925-4733"),
        ("+1 607.555.0107", "607-555-0107"),
        ("tel:+16075550107", "607-555-0107"),
        ("Call 607/555-0107 or 607-555-0108, ext. 5", "607-555-0107"),
        ("+33 1 99 00 12 34", "+33199001234"),
        ("(609) 877-700", ""),
        ("000-000-0000", ""),
        ("911-555-0107", ""),
        ("60755501077", ""),
        ("1234567890", ""),
        ("none", ""),
        ("", ""),
    ],
)
def test_a_number_has_one_form_and_an_impossible_one_is_dropped(found: str, expected: str) -> None:
    assert phone(found) == expected
