"""Northwell's recording contains only the lists of its three pages: they are put back into complete responses."""

import json
from pathlib import Path

from tests.providers.test_providers import replayed, shown, source_of

URL = "https://api.northwell.edu/v2/vax-locations/all?page=1"


def test_northwells_pages_list_twelve_sites_all_unknown(captures: Path, tmp_path: Path) -> None:
    har = json.loads((captures / "northwell/locations-2021-08.har").read_text(encoding="utf-8"))
    links = [{"url": entry["request"]["url"]} for entry in har["log"]["entries"]]
    for entry in har["log"]["entries"]:
        content = entry["response"]["content"]
        answer = {"locations": json.loads(content["text"]), "pagination": {"display": links}}
        content["text"] = json.dumps({"response": answer})
    made = tmp_path / "whole.har"
    made.write_text(json.dumps(har), encoding="utf-8")

    report = replayed(source_of(Path("northwell/case.toml"), {"url": URL, "states": ["NY"]}), made)

    places = {reading.location.name: shown(reading) for reading in report.readings}
    assert (report.outcome, report.rows, len(report.readings), report.problems) == ("OK", 13, 12, ())
    assert {place["available"] for place in places.values()} == {"UNKNOWN"}
    farrell = places["Richmond - Monsignor Farrell (2900 Amboy Road) -- Pfizer"]
    assert (farrell["city"], farrell["postal_code"]) == ("Staten Island", "10306")
