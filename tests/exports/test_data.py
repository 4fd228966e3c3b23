"""The open data: what is in each file, in whose words."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.exports.data_files import data_files
from aggregator.exports.tables import COLUMNS
from aggregator.exports.univaf import dose_name, location_data
from aggregator.model import Available, Outcome, Place, Slot, Snapshot
from tests.support.snapshots import NOW, contents, current, local, offer, place, region, source, times, window

UTC_NOW = "2021-05-14T02:19:00+00:00"


def files(*places: Place, **fields: Any) -> dict[str, bytes]:
    return contents(data_files(Snapshot(generated_at=NOW, places=places, **fields), region()))


def rows(*places: Place) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files(*places)["api/v1/locations.csv"].decode(), newline="")))


def test_there_is_one_file_of_each_kind_and_one_a_place() -> None:
    assert set(files(place(1), place(2))) == {
        "api/v1/locations.json",
        "api/v1/locations.geojson",
        "api/v1/locations.csv",
        f"api/v1/places/{place(1).id}.json",
        f"api/v1/places/{place(2).id}.json",
        "freshness.json",
    }


def test_locations_say_when_and_of_what_region_they_are() -> None:
    document = json.loads(files(place(1), place(2))["api/v1/locations.json"])
    assert (document["generated_at"], document["region"]) == (UTC_NOW, "alder-county")
    assert [found["id"] for found in document["data"]] == [place(1).id, place(2).id]


def test_a_place_is_published_with_all_that_its_source_said() -> None:
    made = place(1, offer(window(20, 5, doses=("1",), restrictions="Residents only")), restrictions="Bring a letter")
    (found,) = json.loads(files(made)["api/v1/locations.json"])["data"]
    assert (found["provider"], found["location_type"], found["restrictions"]) == ("example", "CLINIC", "Bring a letter")
    assert found["position"] == {"latitude": 42.101, "longitude": -71.2}
    said = found["availability"]
    assert (said["source"], said["outcome"], said["available"], said["available_count"]) == ("county", "OK", "YES", 5)
    assert (said["products"], said["doses"]) == (["Pfizer"], ["first_dose_only"])
    (slot,) = said["slots"]
    assert (slot["start"], slot["end"]) == ("2021-05-20T09:00:00-04:00", "2021-05-20T17:00:00-04:00")
    assert (slot["available"], slot["count"], slot["dose"], slot["all_day"]) == ("YES", 5, "first_dose_only", False)
    assert slot["restrictions"] == "Residents only"


def test_a_total_is_never_the_count_of_the_first_time() -> None:
    first = Slot(start=local(24, 10, 20, month=8), count=1222, first_of_many=True)
    said = location_data(place(1, offer(first))).availability
    assert said.available_count == 1222
    assert [(slot.count, slot.count_from_start) for slot in said.slots] == [(None, 1222)]
    (ordinary,) = location_data(place(1, offer(window(20, 5)))).availability.slots
    assert (ordinary.count, ordinary.count_from_start) == (5, None)


def test_a_place_abroad_states_its_country_and_others_none() -> None:
    abroad = place(1, country="QA", state="", postal_code="", time_zone="Asia/Qatar")
    found = json.loads(files(abroad, place(2))["api/v1/locations.json"])["data"]
    assert [(one["country"], one["state"], one["postal_code"]) for one in found] == [
        ("QA", None, None),
        (None, "MA", "01902"),
    ]
    assert found[0]["time_zone"] == "Asia/Qatar"


def test_what_is_not_known_is_null_and_never_left_out() -> None:
    bare = place(1, current(Available.UNKNOWN, checked_at=None, outcome=None), city="", position=None, booking_url="")
    (found,) = json.loads(files(bare)["api/v1/locations.json"])["data"]
    missing = {name for name, value in found.items() if value is None}
    assert {"city", "position", "booking_url", "county", "info_phone", "description", "restrictions"} <= missing
    said = found["availability"]
    assert (said["outcome"], said["checked_at"], said["valid_at"], said["available_count"]) == (None,) * 4


def test_products_and_doses_are_those_that_can_be_had() -> None:
    taken = window(19, 0, products=("Moderna",), doses=("2",), available=Available.NO)
    free = window(20, 2, products=("Pfizer",), doses=("1",))
    said = location_data(place(1, offer(taken, free))).availability
    assert (said.products, said.doses) == (("Pfizer",), ("first_dose_only",))
    nothing_free = location_data(place(1, current(slots=(taken,)))).availability
    assert (nothing_free.products, nothing_free.doses) == (("Moderna",), ("second_dose_only",))


@pytest.mark.parametrize(
    ("doses", "name"),
    [
        ((), None),
        (("1",), "first_dose_only"),
        (("2",), "second_dose_only"),
        (("3",), "third_dose_only"),
        (("booster",), "booster_only"),
        (("1", "2"), "all_doses"),
    ],
)
def test_doses_have_the_names_that_univaf_gives_them(doses: tuple[str, ...], name: str | None) -> None:
    assert dose_name(doses) == name


def test_a_place_has_a_file_of_its_own_with_its_history() -> None:
    document = json.loads(files(place(7))[f"api/v1/places/{place(7).id}.json"])
    assert (document["region"], document["data"]["name"]) == ("alder-county", "Town hall 7")
    assert document["history"] == [{"at": "2021-05-14T00:19:00Z", "available": "NO"}]


def test_geojson_gives_longitude_first_and_null_where_there_is_no_position() -> None:
    document = json.loads(files(place(1), place(2, position=None))["api/v1/locations.geojson"])
    first, second = document["features"]
    assert document["type"] == "FeatureCollection"
    assert first["geometry"] == {"type": "Point", "coordinates": [-71.2, 42.101]}
    assert (first["id"], first["properties"]["name"]) == (place(1).id, "Town hall 1")
    assert tuple(first["properties"]) == COLUMNS
    assert not any(isinstance(value, list | dict) for value in first["properties"].values())
    assert second["geometry"] is None


def test_the_csv_has_one_row_a_place_under_its_columns() -> None:
    taken = window(19, 0, available=Available.NO)
    (row,) = rows(place(1, offer(taken, *times(20, 2, products=("Pfizer", "Moderna")))))
    assert tuple(row) == COLUMNS
    assert (row["name"], row["address"], row["city"]) == ("Town hall 1", "1 Example Street", "Birchfield")
    assert (row["available"], row["first_slot"]) == ("YES", "2021-05-20T09:00:00-04:00")
    assert (row["products"], row["checked_at"]) == ("Pfizer; Moderna", "2021-05-14T02:18:00+00:00")
    assert (row["county"], row["valid_at"]) == ("", "")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_csv_is_a_formula(begin: str) -> None:
    (row,) = rows(place(1, name=f"{begin}HYPERLINK(1)"))
    assert row["name"] == f"'{begin}HYPERLINK(1)"
    assert row["longitude"] == "-71.2"


@pytest.mark.parametrize(("number", "written"), [("+33474000000", "+33474000000"), ("+16075550107", "607-555-0107")])
def test_a_telephone_number_in_the_csv_can_be_dialled(number: str, written: str) -> None:
    (row,) = rows(place(1, booking_phone=number))
    assert row["booking_phone"] == written


@pytest.mark.parametrize("name", ["+33474000000+1", "+1|calc", "+cmd", "+33 474\n", "+", "+٣٣٤"])
def test_what_only_begins_as_a_telephone_number_is_marked_as_text(name: str) -> None:
    (row,) = rows(place(1, name=name))
    assert row["name"] == f"'{name}"


def test_line_ends_and_quotes_stay_inside_their_cell() -> None:
    (row,) = rows(place(1, restrictions='Residents, "only"\nof Alder'))
    assert row["restrictions"] == 'Residents, "only"\nof Alder'


def test_freshness_says_when_each_source_was_last_asked_and_last_answered() -> None:
    good = NOW - timedelta(minutes=9)
    document = json.loads(
        files(
            sources=(
                source(last_good_at=good, all_checked_at=good - timedelta(seconds=30)),
                source("town", None, attempted_at=None),
            )
        )["freshness.json"]
    )
    assert (document["generated_at"], document["region"], document["stale_after"]) == (UTC_NOW, "alder-county", 600)
    county, town = document["sources"]
    assert county == {
        "name": "county",
        "outcome": "OK",
        "attempted_at": "2021-05-14T02:18:00+00:00",
        "last_good_at": "2021-05-14T02:10:00+00:00",
        "all_checked_at": "2021-05-14T02:09:30+00:00",
        "wait_minutes": None,
    }
    assert (town["outcome"], town["attempted_at"]) == (None, None)


def test_freshness_has_the_estimate_of_a_waiting_room() -> None:
    document = json.loads(files(sources=(source(outcome=Outcome.BUSY, wait_minutes=45),))["freshness.json"])
    assert [(one["outcome"], one["wait_minutes"]) for one in document["sources"]] == [("BUSY", 45)]


def test_every_time_bears_an_offset() -> None:
    made = place(1, offer(window(20), valid_at=datetime(2021, 5, 14, 1, tzinfo=UTC)))
    (found,) = json.loads(files(made)["api/v1/locations.json"])["data"]
    said = found["availability"]
    told = [
        said["checked_at"],
        said["valid_at"],
        said["changed_at"],
        said["slots"][0]["start"],
        said["slots"][0]["end"],
    ]
    assert [datetime.fromisoformat(text).tzinfo is not None for text in told] == [True] * 5
