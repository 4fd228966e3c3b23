"""The page offers only the choices of the service, and names the kind of a place only if the service has kinds."""

import pytest

from aggregator.config.service_file import service_named
from aggregator.model import Service
from aggregator.site.pages import page_files
from tests.support.snapshots import crowd, region

LABELS = {"dose": 'name="dose"', "age": 'name="age"', "kind": 'name="kind"'}


def home(service: Service) -> str:
    (page,) = (file for file in page_files(crowd(6), region(service=service)) if file.path == "index.html")
    return page.make().decode()


def test_a_page_of_vaccinations_offers_dose_age_and_kind() -> None:
    page = home(service_named("vaccination"))
    assert [name for name, label in LABELS.items() if label in page] == ["dose", "age", "kind"]
    assert "</span> · " in page


@pytest.mark.parametrize("name", ["appointment", "identity-documents"])
def test_a_service_without_doses_ages_and_kinds_offers_none_of_them(name: str) -> None:
    page = home(service_named(name))
    assert [name for name, label in LABELS.items() if label in page] == []
    assert 'name="product"' in page
    assert "</span> · " not in page


def test_a_service_may_have_some_of_the_choices() -> None:
    page = home(Service(name="driving tests", choices=("age",)))
    assert [name for name, label in LABELS.items() if label in page] == ["age"]
