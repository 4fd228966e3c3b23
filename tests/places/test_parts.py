"""What is compared between two locations: ids of all forms, addresses, positions; and how candidate pairs are found."""

import pytest

from aggregator.clean.address_key import Street, address_key_of
from aggregator.clean.position import distance
from aggregator.model import Position
from aggregator.places.blocks import CROWD, candidates
from aggregator.places.comparable_ids import Key, keys_of
from aggregator.places.evidence import Facts, Verdict, compare
from tests.support.records import location


@pytest.mark.parametrize(
    ("system", "value", "key"),
    [
        ("cvs", "02004", Key("cvs", "2004")),
        ("CVS", "2004", Key("cvs", "2004")),
        ("vtrcks", "CV1002004", Key("cvs", "2004")),
        ("vtrcks", "RA1000116", Key("rite_aid", "116")),
        ("vtrcks", "40101570", Key("vtrcks", "40101570")),
        ("bartell", "58", Key("rite_aid", "6958")),
        ("kroger_qfc", "02900123", Key("kroger", "2900123")),
        ("walgreens", "000", Key("walgreens", "0")),
    ],
)
def test_every_form_of_a_store_number_gives_the_same_key(system: str, value: str, key: Key) -> None:
    assert keys_of([(system, value)]).stores == {key}


def test_long_chain_numbers_are_entries_an_npi_is_shared_and_a_clinic_is_an_event() -> None:
    event = "prepmod-clinics.example.org-clinic", "7001"
    keys = keys_of([("albertsons", "1600103909474"), ("juvare", "aq7"), ("npi_usa", "1234567893"), event])
    assert keys.stores == frozenset()
    assert keys.entries == {Key("albertsons", "1600103909474"), Key("juvare", "aq7")}
    assert keys.shared == {Key("npi_usa", "1234567893")}
    assert keys.events == {Key(*event)}


@pytest.mark.parametrize(
    ("line", "house", "street"),
    [
        ("14 North Main Street", "14", Street("n", ("main",), "st")),
        ("14 Main St. NE", "14", Street("ne", ("main",), "st")),
        ("14 N.W. Main St", "14", Street("nw", ("main",), "st")),
        ("14 St Mary's Road", "14", Street("", ("st", "marys"), "rd")),
        ("14 Park Place Blvd", "14", Street("", ("park", "pl"), "blvd")),
        ("14 Main St Quince Plaza Corner", "14", Street("", ("main",), "st")),
        ("14 Avenue L", "14", Street("", ("ave", "l"), "")),
        ("14 East Route 130 S", "14", Street("e", ("hwy", "130"), "")),
        ("14 North Street", "14", Street("", ("n",), "st")),
        ("One Quince Drive", "1", Street("", ("quince",), "dr")),
        ("14-16 Main St", "14", Street("", ("main",), "st")),
        ("#14 Main St, rear", "14", Street("", ("main",), "st")),
        ("Mile 61.5 Larch Highway", "", None),
        ("PO Box 12", "", None),
        ("14 #3 Larch St", "14", Street("", ("larch",), "st")),
        ("14 Suite 30 Quince Rd", "14", Street("", ("quince",), "rd")),
        ("1400 Building 6 Orchard Dr", "1400", Street("", ("orchard",), "dr")),
        ("7 B #2 Larch Road", "7", Street("", ("larch",), "rd")),
        ("14 #3 Suite 4 Larch St", "14", Street("", ("larch",), "st")),
        ("14 Larch St Suite 30 rear door", "14", Street("", ("larch",), "st")),
        ("400 #100", "", None),
        ("400 #100, rear door", "", None),
        ("14 - -", "", None),
        ("14 Washington 20", "14", Street("", ("hwy", "20"), "")),
        ("14 WA-20", "14", Street("", ("hwy", "20"), "")),
        ("14 East State Route 20", "14", Street("e", ("hwy", "20"), "")),
        ("14 West Virginia Ave", "14", Street("w", ("virginia",), "ave")),
        ("14 Oak Ct 5", "14", Street("", ("oak",), "ct")),
        ("14 '", "", None),
    ],
)
def test_an_address_line_is_split_into_house_number_and_street(line: str, house: str, street: Street | None) -> None:
    spot = address_key_of(location(address_lines=(line,)))
    assert (spot.house, spot.street) == (house, street)


def test_a_house_number_in_digits_is_preferred_to_one_in_words() -> None:
    spot = address_key_of(location(address_lines=("One Quince Plaza", "300 Larch Street", "90 Birch Road")))
    assert (spot.house, spot.street) == ("300", Street("", ("larch",), "st"))


def test_a_street_without_a_house_number_is_a_road() -> None:
    spot = address_key_of(location(address_lines=("Quince Hall", "Larch Street Northwest")))
    assert (spot.house, spot.street, spot.road) == ("", None, Street("nw", ("larch",), "st"))
    assert address_key_of(location(address_lines=("Quince Hall", "14 Larch St"))).road is None


def test_if_a_line_has_no_street_the_next_line_is_used() -> None:
    spot = address_key_of(location(address_lines=("400 #100", "14 Larch Street")))
    assert (spot.house, spot.street) == ("14", Street("", ("larch",), "st"))
    assert spot.units == {("unit", "100")}


@pytest.mark.parametrize(
    ("lines", "units"),
    [
        (("14 Main St", "Suite 200"), {("unit", "200")}),
        (("14 Main St #200",), {("unit", "200")}),
        (("14 Main St Ste. P-1",), {("unit", "p1")}),
        (("14 B Larch Hill Rd",), {("unit", "b")}),
        (("14 Main St", "Bldg K, Room 3"), {("building", "k"), ("room", "3")}),
        (("17 A St",), set()),
    ],
)
def test_units_are_read_from_all_lines(lines: tuple[str, ...], units: set[tuple[str, str]]) -> None:
    assert address_key_of(location(address_lines=lines)).units == units


def test_a_hundred_meters_are_the_same_in_both_directions() -> None:
    north = distance((60.0, -150.0), (60.0009, -150.0))
    east = distance((60.0, -150.0), (60.0, -149.9982))
    assert north is not None and east is not None
    assert (round(north), round(east)) == (100, 100)
    assert distance(None, (60.0, -150.0)) is None


def at(latitude: float, longitude: float) -> Facts:
    return Facts(location(position=Position(latitude=latitude, longitude=longitude)))


@pytest.mark.parametrize("latitude", [0.0, 42.0, 69.9, -33.0])
@pytest.mark.parametrize(("north", "east"), [(0.0009, 0), (0, 0.0009), (-0.0006, 0.0006), (0.0006, 0.0006)])
def test_nearby_locations_are_compared_across_the_edge_of_a_grid_cell(
    latitude: float, north: float, east: float
) -> None:
    for step in range(10):
        start = latitude + step / 9000, 0.003 * step / 7
        assert candidates([at(*start), at(start[0] + north, start[1] + east)]) == {(0, 1)}


def test_a_crowd_at_one_position_is_not_compared_by_position() -> None:
    assert candidates([at(42.0, -71.0)] * (CROWD + 1)) == set()
    assert len(candidates([at(42.0, -71.0)] * 3)) == 3


def test_locations_with_nothing_in_common_are_not_compared() -> None:
    far = [Facts(location(address_lines=(f"{number} Main St",), postal_code="01431")) for number in range(1, 50)]
    assert candidates(far) == set()


def test_a_reason_names_the_evidence() -> None:
    one = Facts(location(external_ids=(("cvs", "02004"),), state="MA"))
    assert compare(one, Facts(location(external_ids=(("cvs", "2004"),)))).reason == "same store number (cvs 2004)"
    found = compare(one, Facts(location(external_ids=(("cvs", "2004"),), state="RI")))
    assert (found.verdict, found.reason) == (Verdict.DIFFERENT, "one is in MA, the other in RI")
