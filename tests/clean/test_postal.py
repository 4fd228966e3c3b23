"""What is known of a ZIP, and how ZIP fields are written."""

import pytest

from aggregator.clean.postal import box, lookup, plain_county, read_code


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
        ("2139.0", "02139"),
        ("99502-", "99502"),
        ("78628-0", "78628"),
        ("8015-385", "08015"),
        ("21391234", "02139"),
        ("PR00725", "00725"),
        ("Boston", ""),
        ("35", ""),
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


@pytest.mark.parametrize(
    ("found", "state", "code"),
    [
        ("2139", "MA", "02139"),
        ("2139", "NH", ""),
        ("0906", "MA", ""),
        ("906", "PR", "00906"),
        ("8812-1", "NJ", "08812"),
        ("98406", "MA", "98406"),  # five digits: whoever knows the town decides
    ],
)
def test_lost_zeros_are_put_back_only_within_the_state(found: str, state: str, code: str) -> None:
    assert read_code(found, state) == code


def test_a_zip_without_a_middle_is_known_to_have_none() -> None:
    military, town = lookup("09003"), lookup("02120")
    assert military is not None
    assert town is not None
    assert (military.placed, town.placed) == (False, True)


def test_a_state_lies_between_its_zips_and_not_at_zero_degrees() -> None:
    found = box("TX")
    assert found is not None
    assert (round(found.south), round(found.north), round(found.west), round(found.east)) == (26, 37, -107, -94)
    assert box("AE") is None
    assert box("") is None


def test_a_county_is_named_without_its_kind() -> None:
    assert [plain_county(name) for name in ("King County", "Orleans Parish", "Anchorage")] == [
        "King",
        "Orleans",
        "Anchorage",
    ]
