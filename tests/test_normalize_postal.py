"""What is known of a ZIP, and how ZIP fields are written."""

import pytest

from aggregator.normalize.postal import lookup, plain_county, read_code


def test_a_zip_is_known_with_its_towns_state_zone_and_middle() -> None:
    postal = lookup("02120")
    assert postal is not None
    assert {"Boston", "Roxbury"} <= set(postal.towns)
    assert (postal.state, postal.county, postal.time_zone) == ("MA", "Suffolk", "America/New_York")
    assert (round(postal.latitude), round(postal.longitude)) == (42, -71)


@pytest.mark.parametrize("code", ["00000", "0212", "02120-1234", "abcde", "", "\u0660" * 5])
def test_what_is_not_a_zip_is_not_known(code: str) -> None:
    assert lookup(code) is None


def test_a_zip_whose_time_zone_is_no_zone_has_none() -> None:
    military = lookup("09001")
    assert military is None or military.time_zone == ""
    mistaken = lookup("99634")  # the table says "Napakiak", which is a town
    assert mistaken is not None
    assert mistaken.time_zone == ""


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ("02120", "02120"),
        ("02120-1234", "02120"),
        ("021201234", "02120"),
        ("MA 02120", "02120"),
        ("8060-3762", "08060"),
        ("8060-385", "08060"),
        ("6750", "06750"),
        ("501", "00501"),
        ("01999", "01999"),  # no table knows it: it may be new
        ("199", ""),
        ("00000", ""),
        ("99999", ""),
        ("2", ""),
        ("1234567", ""),
        ("", ""),
    ],
)
def test_zip_fields_are_padded_and_placeholders_dropped(found: str, code: str) -> None:
    assert read_code(found) == code


def test_a_county_is_named_without_its_kind() -> None:
    assert [plain_county(name) for name in ("King County", "Orleans Parish", "Anchorage")] == [
        "King",
        "Orleans",
        "Anchorage",
    ]
