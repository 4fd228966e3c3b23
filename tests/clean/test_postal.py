"""What the tables know about a ZIP, and how ZIP fields are written."""

import pytest

from aggregator.clean.postal import box, lookup, plain_county, read_code


def test_a_zip_has_its_towns_state_time_zone_and_center() -> None:
    postal = lookup("02120")
    assert postal is not None
    assert {"Boston", "Roxbury"} <= set(postal.towns)
    assert (postal.state, postal.county, postal.time_zone) == ("MA", "Suffolk", "America/New_York")
    assert (round(postal.latitude), round(postal.longitude)) == (42, -71)


@pytest.mark.parametrize("code", ["00000", "0212", "02120-1234", "abcde", "", "\u0660" * 5])
def test_invalid_zips_are_unknown(code: str) -> None:
    assert lookup(code) is None


def test_a_zip_with_an_invalid_time_zone_has_none() -> None:
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
        ("2139.0", "02139"),
        ("99502-", "99502"),
        ("78628-0", "78628"),
        ("8015-385", "08015"),
        ("21391234", "02139"),
        ("PR00725", "00725"),
        ("Boston", ""),
        ("35", ""),
        ("01999", "01999"),  # in no table: it may be new
        ("199", ""),
        ("00000", ""),
        ("99999", ""),
        ("2", ""),
        ("1234567", ""),
        ("", ""),
    ],
)
def test_zip_fields_are_padded_and_placeholders_are_dropped(found: str, code: str) -> None:
    assert read_code(found) == code


@pytest.mark.parametrize(
    ("found", "state", "code"),
    [
        ("2139", "MA", "02139"),
        ("2139", "NH", ""),
        ("0906", "MA", ""),
        ("906", "PR", "00906"),
        ("8812-1", "NJ", "08812"),
        ("98406", "MA", "98406"),  # five digits: a caller that knows the town decides
    ],
)
def test_leading_zeros_are_restored_only_within_the_state(found: str, state: str, code: str) -> None:
    assert read_code(found, state) == code


def test_a_zip_without_a_center_has_none() -> None:
    military, town = lookup("09003"), lookup("02120")
    assert military is not None
    assert town is not None
    assert (military.placed, town.placed) == (False, True)


def test_a_states_bounds_come_from_its_zips_and_exclude_zero_degrees() -> None:
    found = box("TX")
    assert found is not None
    assert (round(found.south), round(found.north), round(found.west), round(found.east)) == (26, 37, -107, -94)
    assert box("AE") is None
    assert box("") is None


def test_a_county_name_omits_words_such_as_county() -> None:
    assert [plain_county(name) for name in ("King County", "Orleans Parish", "Anchorage")] == [
        "King",
        "Orleans",
        "Anchorage",
    ]
