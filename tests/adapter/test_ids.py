"""A booking system's own ids, by which a place is recognized in other sources."""

import json
from typing import ClassVar

import pytest

from aggregator.adapter import DataRow, JsonAdapter, Listing
from tests.support.pages import SEARCH, TableClient, only_reading, source, visit

Ids = tuple[tuple[str, str], ...]


class Numbered(JsonAdapter):
    name = "numbered"
    title = "Numbered places"
    given_ids: ClassVar[Ids] = ()

    def listing(self, row: DataRow) -> Listing:
        return Listing(name=row["name"], id=row["id"], external_ids=self.given_ids)


class Named(Numbered):
    given_ids = (("gull_chain", "00012"),)


class Local(Numbered):
    local_ids = True


@pytest.mark.parametrize(
    ("adapter", "number", "ids"),
    [
        (Numbered, "12", (("numbered", "12"),)),
        (Numbered, "", ()),
        (Named, "12", (("gull_chain", "00012"),)),
        (Local, "12", ()),
    ],
)
def test_an_id_is_an_external_id_of_the_system_if_the_adapter_gives_none(
    adapter: type[Numbered], number: str, ids: Ids
) -> None:
    page = json.dumps([{"name": "Gull Hall", "id": number}])
    report = visit(adapter(), source(), TableClient({SEARCH: page}))

    assert only_reading(report).location.external_ids == ids
