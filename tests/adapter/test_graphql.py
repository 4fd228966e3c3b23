"""Systems that use GraphQL, tested with a made-up clinic finder."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from aggregator.adapter import Available, DataRow, Listing, SourceInfo, graphql
from aggregator.model import Answer, Report, Request
from tests.support.pages import NOW, TableClient, names, source, visit

API = "https://clinics.example.org/graphql"
FOUND = {"data": {"clinics": [{"name": "Gull Hall", "town": "Boston"}]}}


class Finder(graphql.GraphqlAdapter):
    name = "finder"
    title = "Clinic finder"
    rows = "data.clinics"
    query = "query FindClinics($week: Int!) { clinics(week: $week) { name town } }"

    def variables(self, source: SourceInfo, today: date) -> Iterator[dict[str, int]]:
        return ({"week": number} for number in (1, 2))

    def listing(self, row: DataRow) -> Listing:
        return Listing(name=row["name"], city=row["town"], available=Available.YES)


class OrderedReplies(TableClient):
    """Returns its responses in order."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.requests: list[Any] = []

    async def get(self, request: Request) -> Answer:
        self.requests.append(request.json)
        text = json.dumps(self.answers.pop(0))
        return Answer(url=request.url, status=200, headers={}, body=text.encode(), fetched_at=NOW)


def searched(*answers: object) -> tuple[Report, list[Any]]:
    client = OrderedReplies(*answers)
    return visit(Finder(), source(API), client), client.requests


def test_each_set_of_variables_is_one_request_with_the_operation_name() -> None:
    report, requests = searched(FOUND, {"data": {"clinics": []}})

    assert (report.outcome, names(report)) == ("OK", ["Gull Hall"])
    assert [request["variables"] for request in requests] == [{"week": 1}, {"week": 2}]
    assert {request["operationName"] for request in requests} == {"FindClinics"}


@pytest.mark.parametrize(
    "answer",
    [
        {"errors": [{"message": "no such question"}]},
        {"errors": [{"message": "unknown field"}], "data": None},
        FOUND | {"errors": [{"message": "one part is missing"}]},
        {"data": None},
        [],
    ],
)
def test_a_response_with_errors_or_without_data_is_a_changed_page(answer: object) -> None:
    report, _ = searched(answer)

    assert (report.outcome, report.readings) == ("CHANGED", ())
    assert "did not answer the query" in report.message
