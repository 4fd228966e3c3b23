"""Recorded responses of French systems whose requests contain a day, or that were only partly recorded.

They are replayed as if requested on that day; missing responses are completed with made-up ones. The recordings are
other people's pages and not part of this repository; these tests are skipped without them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.providers.test_providers import replayed, shown, source_of, totals

BIMEDOC = "https://server.bimedoc.com/vmd/pharmacy-with-slots"
KELDOC = "https://booking.keldoc.com/api/patients/v2/searches/resource?type=centre-hospitalier-regional"
MAIIA = "https://www.maiia.com/api/pat-public"
MESOIGNER = "https://www.mesoigner.fr/api/v1/vaccination/centers"
ORDOCLIC = "https://api.ordoclic.fr/v1"
VALWIN = "https://pharma-api.epharmacie.pro/global/api/meetings/v2"


class SourceView(NamedTuple):
    """Recordings of one visit on a day; `instead`: parts of their requests and our replacements."""

    recordings: tuple[str, ...]
    day: str
    url: str
    state: str
    expected: dict[str, Any]
    place: dict[str, Any]
    instead: Mapping[str, str] = {}
    ours: Mapping[str, Any] = {}  # URL -> response


CASES = {
    "doctolib": SourceView(
        ("doctolib/basic.har",),
        "2021-04-03",
        "https://partners.doctolib.fr/booking/centre1.json",
        "75",
        {"outcome": "OK", "with_appointments": 1, "slots": 1},
        {"first": "2021-04-10T21:45:00+02:00", "products": ["Pfizer"], "doses": ["1"]},
    ),
    "doctolib-category": SourceView(
        ("doctolib/category.har",),
        "2021-04-03",
        "https://partners.doctolib.fr/booking/centre1.json",
        "75",
        {"outcome": "OK", "with_appointments": 1, "slots": 1},
        {"first": "2021-04-10T00:00:00+02:00", "all_day": True, "products": ["Moderna"]},
    ),
    # two clinics state the next opening and a number, two others were not recorded, one is in Finistère
    "keldoc": SourceView(
        ("keldoc/lorient-center.har", "keldoc/lorient-phone-only.har"),
        "2021-04-13",
        f"{KELDOC}&location=lorient-56100&slug=groupe-hospitalier-bretagne-sud-lorient-hopital-du-scorff",
        "56",
        {"outcome": "DOWN", "locations": 4, "with_appointments": 2, "unknown": 2, "slots": 2},
        {"name": "Centre de Vaccination Caudan Ville", "city": "Caudan", "first": "2021-04-20T16:55:00+02:00"},
    ),
    "maiia": SourceView(
        ("maiia/closest-availability.har",),
        "2021-04-14",
        f"{MAIIA}/hcd?speciality.shortName=pharmacie",
        "01",
        {"outcome": "OK", "with_appointments": 1, "slots": 1},
        {"first": "2021-05-26T14:55:00+02:00", "products": ["Pfizer"], "doses": ["1"]},
        instead={"from=2021-04-14T17:50:00.000Z": "from=2021-04-14T00:00:00"},
        ours={
            f"{MAIIA}/hcd": {
                "items": [
                    {
                        "center": {
                            "id": "6005bad42475225a68a3f19f",
                            "name": "Centre",
                            "publicInformation": {"address": {"zipCode": "01980"}},
                        }
                    }
                ],
            },
            f"{MAIIA}/consultation-reason-hcd": {
                "items": [
                    {"name": "Première injection vaccin anti Covid-19 (Pfizer-BioNTech)", "injectionType": "FIRST"}
                ]
            },
            f"{MAIIA}/availabilities": {"items": [], "total": 0},
        },
    ),
    "mapharma": SourceView(
        ("mapharma/opendata-2021-09-06.har", "mapharma/calendar.har"),
        "2021-04-14",
        "https://mapharma.net/opendata/rdv",
        "972",
        {"outcome": "OK", "locations": 1, "slots": 72, "bookable": 72},
        {"name": "Pharmacie Gely Kst", "city": "Fort de France", "first": "2021-04-19T17:15:00-04:00"},
    ),
    "ordoclic": SourceView(
        ("ordoclic/pharmacie-oceane.har",),
        "2021-05-08",
        f"{ORDOCLIC}/public/entities/profile/pharmacie-oceane-paris",
        "75",
        {"outcome": "OK", "locations": 1, "slots": 12, "bookable": 12},
        {"first": "2021-05-12T16:00:00+02:00", "products": ["AstraZeneca"], "doses": ["1"], "city": "Paris"},
        instead={"2021-05-08T23:59:59": "2021-05-08T00:00:00", "2021-05-19T00": "2021-05-22T00"},
    ),
    "ordoclic-older-reasons": SourceView(
        ("ordoclic/reasons.har",),
        "2021-04-17",
        f"{ORDOCLIC}/public/search",
        "01",
        {"outcome": "OK", "with_appointments": 1, "slots": 1, "bookable": 1},
        {"doses": ["1", "2"], "products": []},
        ours={
            f"{ORDOCLIC}/public/search": {
                "items": [
                    {
                        "id": "e9c4990e-711f-4af6-aee2-354de59c9e4e",
                        "name": "Place",
                        "type": "Pharmacie",
                        "phone": "",
                        "location": {"zip": "01980", "address": "", "city": ""},
                        "publicProfile": {"slug": "place"},
                        "professionals": ["one"],
                        "bookingSettings": {"option": "internal"},
                    }
                ]
            },
            f"POST {ORDOCLIC}/solar/slots/availableSlots": {
                "slots": [{"id": "s", "timeStart": "2021-04-18T09:00:00Z", "timeEnd": "2021-04-18T09:10:00Z"}]
            },
        },
    ),
    # the times of the second reason were not recorded
    "avecmondoc-first-week": SourceView(
        ("avecmondoc/organization-and-weeks.har",),
        "2021-05-20",
        "https://api.avecmondoc.com/api/Organizations/slug/masked-person-159",
        "28",
        {"outcome": "DOWN", "with_appointments": 1, "slots": 8, "bookable": 8},
        {"city": "Chartres", "phone": "+33143987678", "first": "2021-05-20T11:00:00+02:00", "products": ["Pfizer"]},
    ),
    "avecmondoc-second-week": SourceView(
        ("avecmondoc/organization-and-weeks.har",),
        "2021-05-26",
        "https://api.avecmondoc.com/api/Organizations/slug/masked-person-159",
        "28",
        {"outcome": "DOWN", "with_appointments": 1, "slots": 4, "bookable": 4},
        {"external_ids": [["amd", "159"]], "first": "2021-05-27T11:00:00+02:00"},
    ),
    "bimedoc": SourceView(
        ("bimedoc/slots-available.har",),
        "2021-08-10",
        BIMEDOC,
        "62",
        {"outcome": "OK", "locations": 1, "slots": 133, "bookable": 133},
        {"city": "Saint-Omer", "phone": "+33321382253", "first": "2021-08-11T10:15:00+02:00", "products": ["Pfizer"]},
        instead={"end_date=2021-08-17": "end_date=2021-09-07"},
        ours={BIMEDOC: [{"id": "9cf46288-0080-4a8d-8856-8e9998ced9f7"}]},
    ),
    "mesoigner": SourceView(
        ("mesoigner/slots-available.har",),
        "2021-06-16",
        MESOIGNER,
        "01",
        {"outcome": "OK", "locations": 1, "slots": 4, "bookable": 4},
        {"first": "2021-06-16T14:50:00+02:00", "products": ["Moderna", "AstraZeneca"]},
        ours={
            MESOIGNER: [
                {
                    "id": "1722",
                    "name": "Pharmacie",
                    "adress_street": "",
                    "zipcode": "01980",
                    "adress_city": "",
                    "booking_disabled": False,
                    "rdv_site_web": "",
                }
            ]
        },
    ),
    "valwin": SourceView(
        ("valwin/slots-available.har",),
        "2021-09-12",
        f"{VALWIN}/pharmacies-with-vaccines",
        "01",
        {"outcome": "OK", "locations": 1, "slots": 12, "bookable": 12},
        {"first": "2021-09-17T10:00:00+02:00", "products": []},
        ours={
            f"{VALWIN}/pharmacies-with-vaccines": {
                "Pharmacie": {
                    "id": "aptiphar18-priker-magny-hameaux",
                    "name": "Pharmacie",
                    "address": {"street": "", "zipCode": "01980", "city": ""},
                    "websiteUrl": "https://pharmacie.example.org",
                    "hasAvailableSlot": True,
                }
            }
        },
    ),
}


def combined(case: SourceView, captures: Path, folder: Path) -> Path:
    """The recordings and our own responses together, requested on that day."""
    entries: list[dict[str, Any]] = []
    for name in case.recordings:
        text = (captures / name).read_text(encoding="utf-8")
        for old, new in case.instead.items():
            text = text.replace(old, new)
        entries += json.loads(text)["log"]["entries"]
    for address, answer in case.ours.items():
        method, _, url = address.rpartition(" ")
        response = {"status": 200, "content": {"text": json.dumps(answer)}}
        entries.append({"request": {"method": method or "GET", "url": url}, "response": response})
    dated = [{**entry, "startedDateTime": f"{case.day}T06:00:00Z"} for entry in entries]
    path = folder / "retold.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": dated}}), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", CASES)
def test_a_recorded_answer_gives_its_known_facts(name: str, captures: Path, tmp_path: Path) -> None:
    case = CASES[name]
    given = {
        "url": case.url,
        "country": "FR",
        "states": [case.state],
        "time_zone": "Europe/Paris",
        "service": "vaccination",
    }
    source = source_of(Path(name.partition("-")[0]) / "capture.toml", given)
    report = replayed(source, combined(case, captures, tmp_path))
    places = [shown(reading) for reading in report.readings]
    found = totals(report, places)

    assert {key: found[key] for key in case.expected} == case.expected, (report.message, report.problems)
    assert not report.problems
    assert case.place in [{key: place[key] for key in case.place} for place in places]
