"""Recordings of GraphQL systems: the question in them is shortened or an older one, so it is not compared."""

import json
from pathlib import Path
from typing import Any

from aggregator.model import Report
from tests.test_providers import replayed, shown, source_of

HYVEE = {
    "url": "https://www.hy-vee.com/my-pharmacy/api/graphql",
    "states": ["IA", "MN", "MO", "NE", "IL", "SD", "KS", "WI"],
}
WASHINGTON = "https://apim-vaccs-prod.azure-api.net"


def visited(provider: str, recording: Path, folder: Path, **given: Any) -> tuple[Report, dict[str, dict[str, Any]]]:
    """The report of a visit answered from the recording whatever was asked, and its places by name."""
    har = json.loads(recording.read_text(encoding="utf-8"))
    for entry in har["log"]["entries"]:
        del entry["request"]["postData"]
    made = folder / "without-questions.har"
    made.write_text(json.dumps(har), encoding="utf-8")
    report = replayed(source_of(Path(f"{provider}/case.toml"), given), made)
    return report, {reading.location.name: shown(reading) for reading in report.readings}


def count(report: Report, answer: str) -> int:
    return sum(shown(reading)["available"] == answer for reading in report.readings)


def test_of_hyvees_272_open_stores_the_12_that_only_give_flu_are_closed(captures: Path, tmp_path: Path) -> None:
    report, places = visited("hyvee", captures / "hyvee/graphql-2021-11-08.har", tmp_path, **HYVEE)

    assert (report.outcome, len(report.readings), report.problems) == ("OK", 283, ())
    assert (count(report, "YES"), count(report, "NO")) == (272 - 12, 11 + 12)
    kearney = places["Hy-Vee Kearney"]
    assert (kearney["postal_code"], kearney["phone"], kearney["available"]) == ("68845", "308-236-0020", "YES")
    assert ["hyvee_store", "1323"] in kearney["external_ids"]


def test_puerto_ricos_costcos_are_known_and_nothing_is_said_of_them(captures: Path, tmp_path: Path) -> None:
    given = {"url": f"{WASHINGTON}/open/graphql", "states": ["PR"], "time_zone": "America/Puerto_Rico"}

    report, places = visited("wa_doh", captures / "wa_doh/graphql-pr-2021-06-05.har", tmp_path, **given)

    assert (report.outcome, len(places), count(report, "UNKNOWN")) == ("OK", 2, 2)
    caguas = places["Costco Caguas"]
    assert (caguas["postal_code"], caguas["city"], caguas["state"]) == ("00725", "Caguas", "PR")
    assert ["costco", "365"] in caguas["external_ids"]
    assert ["appointment_plus", "625"] in caguas["external_ids"]


def test_washingtons_504_entries_of_costcos_store_list_are_unknown_and_the_rest_is_open(
    captures: Path, tmp_path: Path
) -> None:
    given = {"url": f"{WASHINGTON}/web/graphql", "states": ["WA"], "time_zone": "America/Los_Angeles"}

    report, places = visited("wa_doh", captures / "wa_doh/web-graphql-wa-2021-08-06.har", tmp_path, **given)

    assert (report.outcome, report.rows, report.requests) == ("OK", 715, 1)
    assert (count(report, "YES"), count(report, "UNKNOWN"), count(report, "NO")) == (211, 504, 0)
    assert places["KVH Pediatrics"]["postal_code"] == "98926"
    assert ["costco", "13"] in places["Costco Silverdale"]["external_ids"]
