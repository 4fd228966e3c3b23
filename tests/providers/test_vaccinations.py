"""All kinds of vaccinations: each system is queried for everything it offers, and names it."""

import json
from typing import Any

import pytest

from aggregator import registry
from aggregator.adapter import visit_reasons
from aggregator.model import Available, Report
from tests.support.pages import SITE, Reply, TableClient, availability_of, source, visit


@pytest.mark.parametrize(
    ("name", "marked", "expected"),
    [
        ("Vaccination grippe", False, True),
        ("Vaccin antigrippal", False, True),
        ("Rappel DTP", False, True),
        ("Zona", False, True),
        ("1ère injection Pfizer", False, True),
        ("Premier rendez-vous", True, True),
        ("Premier rendez-vous", False, False),
        ("Test antigénique avant vaccination", True, False),
        ("Dépistage COVID-19 (PCR)", True, False),
        ("Injection d'acide hyaluronique", False, False),
        ("Rappel téléphonique", False, False),
    ],
)
def test_a_visit_reason_is_a_vaccination_by_its_name_or_mark(name: str, marked: bool, expected: bool) -> None:
    assert visit_reasons.is_vaccination(name, marked=marked) is expected


LIST = f"{SITE}/opendata/rdv"


def mapharma(*campaigns: dict[str, Any], only: str = "") -> Report:
    """A list with one pharmacy, whose calendars each have one free place."""
    pharmacy: dict[str, Any] = {"nom": "Gull", "adresse": "1 Rue Haute", "code_postal": "01980", "ville": "Valclair"}
    pharmacy |= {"telephone": "", "url": f"{SITE}/gull", "campagnes": campaigns, "latitude": 46.1, "longitude": 5.2}
    replies: dict[str, Reply] = {LIST: json.dumps([pharmacy])}
    for one in campaigns:
        day = {"2021-05-20": [{"id": one["id_campagne"], "time": "09:00", "places_dispo": 1}]}
        replies[f"{SITE}/api/public/calendar/{one['id_campagne']}/2021-05-20/1"] = json.dumps(day)
    given = source(LIST, state="01", country="FR", states=("01",), time_zone="Europe/Paris")
    return visit(registry.load("mapharma")(), given, TableClient(replies), only)


def campaign(number: int, name: str, free: int = 1, **more: Any) -> dict[str, Any]:
    dated = {"prochain_libre": "2021-05-20 09:00", "total_libres": free, "url": f"{SITE}/gull?c={number}"}
    return {"id_campagne": number, "id_type": 1, "nom": name, **dated, **more}


FLU = campaign(1, "Vaccination grippe", vaccination_covid=False)
COVID = campaign(2, "Injection 2022", vaccination_covid=True)


def test_a_place_with_only_flu_is_available_but_dropped_in_a_covid_region() -> None:
    (flu,) = mapharma(FLU).readings
    (both,) = mapharma(FLU, COVID, only="covid-19").readings

    assert (availability_of(flu).available, availability_of(flu).slots[0].products) == (Available.YES, ("Influenza",))
    assert mapharma(FLU, only="covid-19").readings == ()
    assert [slot.products for slot in availability_of(both).slots] == [()]


def test_a_campaign_not_for_covid_that_names_no_vaccine_is_skipped() -> None:
    report = mapharma(campaign(3, "Vaccination", vaccination_covid=False), COVID)
    (found,) = report.readings
    assert len(availability_of(found).slots) == 1


def test_a_count_of_zero_free_places_is_no() -> None:
    (found,) = mapharma(campaign(4, "Vaccination Covid", free=0)).readings
    assert (availability_of(found).available, availability_of(found).by_absence) == (Available.NO, False)


RXIE = f"{SITE}/service-availability"


def test_albertsons_is_queried_for_each_kind_separately_and_names_it() -> None:
    queried: list[Any] = []

    class Host(TableClient):
        async def get(self, request: Any) -> Any:
            queried.append(request.json["serviceTypes"])
            return await super().get(request)

    store: dict[str, Any] = {
        "currentStoreNumber": "0007",
        "storeName": "ACME",
        "streetAddress": "1 Kite St",
        "streetAddress2": "",
    }
    store |= {"city": "Boston", "state": "MA", "zip": "02120", "latitude": 42.3, "longitude": -71.1}
    rows = [{"store": store, "serviceTypes": [{"serviceTypeName": "Flu"}]}]
    where = source(RXIE, options={"zips": ["02120"], "kinds": ["Flu", "COVID-19 Unknown"]})
    report = visit(registry.load("albertsons_rxie")(), where, Host({RXIE: json.dumps(rows)}))

    assert [[one["serviceTypeName"] for one in kinds] for kinds in queried] == [["Flu"], ["COVID-19 Unknown"]]
    (found,) = report.readings
    assert (availability_of(found).available, availability_of(found).products) == (Available.YES, ("Influenza",))
