"""Which postal codes and towns of a snapshot have pages."""

from aggregator.geography.atlas import Atlas
from aggregator.model import Position
from tests.support.snapshots import place, region, snapshot

HERE = Position(latitude=49.8, longitude=-94.5)


def test_only_postal_codes_of_the_regions_country_that_fit_into_an_address_have_a_page() -> None:
    own, spaced = (place(n, postal_code=code, position=HERE) for n, code in ((1, "10965"), (2, "K0X 1X0")))
    abroad = place(3, postal_code="35000", country="FR", position=HERE)

    assert set(Atlas(snapshot(own, spaced, abroad), region(country="DE")).codes) == {"10965"}


def test_a_place_abroad_is_found_by_its_town() -> None:
    kenora = place(1, city="Kenora", state="ON", postal_code="P9N 1X8", country="CA")
    doha = place(2, city="Doha", state="", postal_code="", country="QA")
    odd = place(3, city="Dededo", state="Île/../7", country="GU")
    towns = Atlas(snapshot(kenora, doha, odd), region(states=("MA", "NY"))).towns

    assert [(town.slug, town.name) for town in towns] == [
        ("dededo-ile-7", "Dededo, Île/../7"),
        ("doha", "Doha"),
        ("kenora-on", "Kenora, ON"),
    ]
