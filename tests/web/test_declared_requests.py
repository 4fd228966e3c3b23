"""What an adapter declares about its requests, on the wire: headers, statuses that are answers, matrix parameters."""

import httpx
import pytest

from aggregator.errors import PageError, Refused, Throttled, VisitError, WaitingRoom
from aggregator.model import Request
from aggregator.web.client import Client
from tests.support.memory_hosts import HOME, HandClock, Host, get, reply, run, source


def test_fixed_headers_go_with_every_request_and_replace_ours() -> None:
    host = Host([reply(302, location="/moved"), reply()])
    get(host, Request(url=f"{HOME}/a", headers=(("accept", "application/json"), ("cal-api-version", "2024-09-04"))))
    for request in host.requested:
        assert request.headers.get_list("accept") == ["application/json"]
        assert request.headers["cal-api-version"] == "2024-09-04"
        assert request.headers["user-agent"].startswith("appointment-aggregator/")
    assert "cal-api-version" not in host.robots.calls[0].request.headers


def test_a_region_file_has_the_last_word_on_a_header() -> None:
    host = Host(reply())

    async def work() -> None:
        async with Client(source(headers={"accept": "text/csv"}), host.hosts()) as client:
            await client.get(Request(url=f"{HOME}/a", headers=(("accept", "application/json"),)))

    run(work())
    assert host.requested[0].headers["accept"] == "text/csv"


@pytest.mark.parametrize("status", [204, 404, 410])
def test_a_declared_status_is_an_answer_and_no_other_adapters(status: int) -> None:
    host = Host(httpx.Response(status, json={"message": "Event Type not found"} if status != 204 else None))
    answer = get(host, Request(url=f"{HOME}/a", answers=(204, 404, 410)))
    assert answer.status == status
    with pytest.raises(PageError, match=str(status)):
        get(host, Request(url=f"{HOME}/a"))


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (reply(404, text="<h1>Virtual waiting room</h1>"), WaitingRoom),
        (reply(404, text="<h1>Access denied</h1>"), Refused),
        (reply(403), Refused),
        (reply(429), Throttled),
    ],
)
def test_a_waiting_room_or_a_block_is_no_answer_whatever_its_status(
    page: httpx.Response, error: type[VisitError]
) -> None:
    with pytest.raises(error):
        get(Host(page), Request(url=f"{HOME}/a", answers=(404,)), clock=HandClock())


def test_a_declared_404_is_not_stored_for_later_visits() -> None:
    host = Host(reply(404, etag='"1"'))
    hosts = host.hosts()

    async def visit() -> None:
        async with Client(source(), hosts) as client:
            await client.get(Request(url=f"{HOME}/a", answers=(404,)))
            client.settle(True)

    run(visit())
    run(visit())
    assert ["if-none-match" in request.headers for request in host.requested] == [False, False]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (f"{HOME}/dates", "/dates;servicePublicId=7;customSlotLength=10"),
        (f"{HOME}/dates?lang=en#top", "/dates;servicePublicId=7;customSlotLength=10?lang=en"),
    ],
)
def test_matrix_parameters_end_the_path_literally_and_in_order(url: str, target: str) -> None:
    host = Host(reply())
    get(host, Request(url=url, matrix=(("servicePublicId", "7"), ("customSlotLength", "10"))))
    assert host.requested[0].url.raw_path.decode() == target


def test_a_value_of_a_matrix_parameter_cannot_add_another_or_leave_the_path() -> None:
    host = Host(reply())
    get(host, Request(url=f"{HOME}/dates", matrix=(("id", "7;x=1/../?a b&é"),)))
    assert host.requested[0].url.raw_path.decode() == "/dates;id=7%3Bx%3D1%2F..%2F%3Fa%20b%26%C3%A9"
