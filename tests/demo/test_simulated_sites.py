"""The simulated region, over real HTTP on loopback: the response of each system, and that all of them stop."""

import asyncio
import http.client
import itertools
import json
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Unpack
from urllib.parse import urlencode, urljoin, urlsplit

import pytest

from aggregator.adapter import Available, Html, Listing, Page, RequestOptions
from aggregator.config.region import Region, load_region
from aggregator.demo.chain_site import STORES_PATH
from aggregator.demo.listener import PortTaken
from aggregator.demo.made_up_places import CLINIC_VENUES, HOSPITALS, STORES
from aggregator.demo.prepmod_site import SEARCH, county
from aggregator.demo.runner import FAIL_ON_PURPOSE, chosen_ports, demo_region, went_as_meant
from aggregator.demo.servers import ADAPTERS, FIRST_PORT, REGION_FILE, Demo, ports_from
from aggregator.demo.simulated_site import SimulatedRequest
from aggregator.demo.world import World
from aggregator.errors import ConfigError
from aggregator.kit import contract
from aggregator.model import Answer, Outcome
from aggregator.registry import check, load, of
from tests.support.demo import SOURCES, demo_at
from tests.support.records import report

TODAY = date(2021, 5, 13)
NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 16, 20, tzinfo=UTC)


class Got(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: str


def get(url: str, headers: Mapping[str, str] | None = None) -> Got:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path, headers=headers or {})
        answer = connection.getresponse()
        return Got(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode())
    finally:
        connection.close()


class Loopback:
    """Fetches like the framework, without its policies."""

    today = TODAY

    def send_token(self, page: Page, header: str, token: str) -> None:
        raise NotImplementedError("no simulated system hands out tokens")

    @property
    def kept(self) -> Mapping[str, str]:
        return {}

    def keep(self, key: str, text: str) -> None:
        raise NotImplementedError("no simulated system is harvested")

    def attribute(self, publisher: str, license: str = "", url: str = "") -> None:
        raise NotImplementedError("no simulated system has a license")

    def damaged(self, url: str, reason: str) -> None:
        raise AssertionError(f"the simulated {url} {reason}")

    async def __call__(self, url: str, **options: Unpack[RequestOptions]) -> Page:
        params = options.get("params")
        full = f"{url}?{urlencode(params)}" if params else url
        got = get(full)
        now = datetime(2021, 5, 13, 12, tzinfo=UTC)
        return Page(Answer(url=full, status=got.status, headers=got.headers, body=got.body.encode(), fetched_at=now))

    try_fetch = __call__


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with demo_at(NOW) as running:
        yield running


@pytest.fixture(scope="module")
def region(demo: Demo) -> Region:
    return demo.region()


def visit(region: Region, name: str) -> list[Listing]:
    """What the source's own adapter reads from its system."""
    source = next(source for source in region.sources if source.name == name)
    adapter = of(source)()

    async def listings() -> list[Listing]:
        pages = adapter.pages(source, Loopback())
        found = [
            adapter.listing(adapter.row_type(value, page, source))
            async for page in pages
            for value in adapter.rows_of(page)
        ]
        return [listing for listing in found if listing]

    return asyncio.run(listings())


# --- the region -----------------------------------------------------------------------------------------------------


def test_the_region_has_a_source_for_each_system_but_the_town_hall(region: Region, demo: Demo) -> None:
    assert (region.loopback, region.made_up) == (True, True)
    assert [*(source.name for source in region.sources), "town-hall"] == list(demo.bases)
    for source in region.sources:
        assert source.url.startswith(f"{demo.bases[source.name]}/")
        assert source.door.startswith(f"{demo.bases[source.name]}/")
    assert {source.name for source in region.sources} > FAIL_ON_PURPOSE


def test_the_demo_region_file_is_valid_and_names_the_fixed_ports() -> None:
    region = load_region(REGION_FILE)
    ports = tuple(urlsplit(source.url).port for source in region.sources)
    assert (*ports, FIRST_PORT + SOURCES) == ports_from(FIRST_PORT)
    check(region.sources)


def test_the_demo_adapter_passes_the_contracts_file_checks() -> None:
    file = ADAPTERS / "harbor_drug.py"
    assert list(contract.file_faults(load("harbor_drug", str(ADAPTERS)), file)) == []


def test_a_written_region_file_has_its_adapter_next_to_it(demo: Demo, tmp_path: Path) -> None:
    demo.write_region(tmp_path / "copy.toml")
    copy = load_region(tmp_path / "copy.toml")
    assert {source.adapters for source in copy.sources} == {str(tmp_path / "providers")}
    check(copy.sources)


def test_the_simulated_systems_follow_the_demo_world() -> None:
    ticks = itertools.count()
    with Demo(lambda: World(tick=next(ticks), now=NOW), latency=0) as demo:
        answers = {get(demo.bases["harbor-drug"] + STORES_PATH).body for _ in range(4)}
    assert len(answers) > 1


# --- the clinic searches --------------------------------------------------------------------------------------------


def test_the_county_lists_every_clinic_on_four_pages(region: Region) -> None:
    listings = visit(region, "county-clinics")
    assert len(listings) == 35
    assert {listing.name for listing in listings} == {venue.name for venue in CLINIC_VENUES}
    assert len({listing.external_ids for listing in listings}) == 35


def test_the_county_search_includes_the_difficult_cases_of_real_ones(region: Region) -> None:
    listings = visit(region, "county-clinics")
    rows = [(listing, listing.slots[0], int(listing.slots[0].count or 0)) for listing in listings]
    closed = [listing.name for listing, slot, count in rows if count > 0 and slot.available is Available.NO]
    assert closed == ["Gullhaven Town Hall"]
    assert any(count == 0 for *_, count in rows)
    assert any(0 < count <= 5 for *_, count in rows)
    assert any(count > 200 for *_, count in rows)
    assert any(listing.restrictions.startswith("Residents of Saltmarsh only.") for listing in listings)
    assert any(listing.restrictions.startswith("Second dose only.") for listing in listings)
    days = [(listing.name, slot.start) for listing, slot, _ in rows]
    assert len(set(days)) < len(days)


def test_sign_up_links_lead_to_a_page_that_books_nothing(region: Region) -> None:
    link = next(slot.booking_url for each in visit(region, "county-clinics") for slot in each.slots if slot.booking_url)
    (source,) = [source for source in region.sources if source.name == "county-clinics"]
    got = get(urljoin(source.url, link))
    assert got.status == 200
    assert "This is a made-up booking site of the demo." in got.body


def test_a_clinic_page_escapes_its_text() -> None:
    request = SimulatedRequest(
        base="http://127.0.0.1:1", path=SEARCH, query={"q[venue_search_name_or_venue_name_i_cont]": "s & k"}
    )
    reply = county(World(tick=0, now=NOW), request)
    assert reply is not None
    assert "Nets &amp; Knots" in reply.body
    assert "Nets & Knots" in Html(reply.body).css_first(".text-xl.font-black").text()  # type: ignore[union-attr]
    assert 'value="s &amp; k"' in reply.body


@pytest.mark.parametrize("page", ["5", "0", "-1", "x", ""])
def test_a_page_past_the_end_redirects(demo: Demo, page: str) -> None:
    got = get(f"{demo.bases['county-clinics']}{SEARCH}?page={page}")
    assert (got.status, got.body) == (302, "")


def test_the_towns_site_shows_its_waiting_room(demo: Demo) -> None:
    got = get(demo.bases["town-clinics"] + SEARCH)
    assert got.status == 200
    assert "Virtual Waiting Room</title>" in got.body
    assert "4 minutes" in got.body
    assert "pagy-nav" not in got.body


def test_the_vans_site_explicitly_lists_no_clinics(region: Region, demo: Demo) -> None:
    assert visit(region, "mobile-van") == []
    body = get(demo.bases["mobile-van"] + SEARCH).body
    assert "No clinics to show." in body
    assert len(Html(body).css("nav.pagy-nav .disabled")) == 2


# --- the health network ---------------------------------------------------------------------------------------------


def test_the_health_network_lists_its_sites_with_times_products_and_doses(region: Region) -> None:
    listings = visit(region, "lighthouse-health")
    assert [listing.name for listing in listings] == [venue.name for venue in HOSPITALS]
    assert all(listing.county == "Harbor" and listing.info_phone and listing.position for listing in listings)
    slots = [slot for listing in listings for slot in listing.slots]
    assert {slot.products for slot in slots} == {("cvx:207",), ("cvx:208",), ("cvx:212",)}
    assert {slot.doses for slot in slots} == {("1",), ("2",), ("1", "2")}
    assert all(datetime.fromisoformat(slot.start).utcoffset() == timedelta(hours=-4) for slot in slots)
    assert {int(slot.count or 0) for slot in slots} >= {0, 3}


def test_the_two_slot_files_cover_different_weeks(demo: Demo) -> None:
    base = demo.bases["lighthouse-health"]
    first, second = (
        [json.loads(line)["start"] for line in get(f"{base}/smart/slots-week-{week}.ndjson").body.splitlines()]
        for week in (1, 2)
    )
    assert first and second
    assert max(first) < "2021-05-21" <= min(second)


def test_an_unchanged_manifest_is_answered_with_304(demo: Demo) -> None:
    url = demo.bases["lighthouse-health"] + "/smart/$bulk-publish"
    full = get(url)
    assert (full.status, full.headers["cache-control"]) == (200, "max-age=60")
    again = get(url, {"If-None-Match": full.headers["etag"]})
    assert (again.status, again.body) == (304, "")
    assert get(url, {"If-None-Match": '"another"'}).status == 200


def test_the_hospital_is_down_and_sends_retry_after(demo: Demo) -> None:
    got = get(demo.bases["island-hospital"] + "/smart/$bulk-publish")
    assert (got.status, got.headers["retry-after"]) == (503, "120")


# --- the pharmacy chain ---------------------------------------------------------------------------------------------


def test_the_chain_lists_every_store_and_marks_full_ones_no(region: Region) -> None:
    listings = visit(region, "harbor-drug")
    assert [listing.name for listing in listings] == [venue.name for venue in STORES]
    assert {listing.no_if_empty for listing in listings if not listing.slots} == {True}
    assert {listing.available for listing in listings} == {None}


def test_all_fields_of_a_store_are_read(region: Region, demo: Demo) -> None:
    store = next(listing for listing in visit(region, "harbor-drug") if listing.id == "15")
    book = f"{demo.bases['harbor-drug']}/book?store=15"
    assert (store.address, store.city, store.postal_code) == (("820 Causeway Road",), "Saltmarsh", "01928")
    assert (store.info_phone, store.booking_url) == ("508-555-0115", book)
    assert store.external_ids == (("harbor_drug", "15"),)
    assert store.valid_at == "2021-05-13T12:20:00-04:00"
    assert len({slot.start for slot in store.slots}) == len(store.slots) > 0
    for slot in store.slots:
        assert re.fullmatch(r"2021-05-\d\dT\d\d:[024]0", slot.start)
        assert (slot.count, slot.products, slot.booking_url) == (1, ("Pfizer-BioNTech",), book)
    assert get(book).status == 200


# --- the servers ----------------------------------------------------------------------------------------------------


def test_every_system_allows_robots_and_returns_404_for_unknown_paths(demo: Demo) -> None:
    for name, base in demo.bases.items():
        assert get(f"{base}/robots.txt").body == "User-agent: *\nAllow: /\n"
        assert get(f"{base}/nowhere").status == (503 if name == "island-hospital" else 404)


def ports_of(demo: Demo) -> list[int]:
    return [urlsplit(base).port or 0 for base in demo.bases.values()]


def test_leaving_the_with_block_frees_the_ports() -> None:
    with demo_at(NOW) as running:
        ports = ports_of(running)
    with Demo(World.at_present, ports, latency=0) as again:
        assert [urlsplit(base).port for base in again.bases.values()] == ports
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)


def test_nothing_is_written_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with demo_at(NOW) as running:
        for base in running.bases.values():
            get(f"{base}/nowhere")
        port = urlsplit(running.bases["county-clinics"]).port or 0
        hasty = socket.create_connection(("127.0.0.1", port), timeout=5)
        hasty.sendall(f"GET {SEARCH} HTTP/1.0\r\n\r\n".encode())
        hasty.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        hasty.close()
        get(f"{running.bases['county-clinics']}/robots.txt")
    assert capfd.readouterr() == ("", "")


# --- the runner -----------------------------------------------------------------------------------------------------


def test_a_second_command_reuses_the_running_systems(demo: Demo) -> None:
    with demo_region(ports_of(demo)) as region:
        assert region == demo.region()
    assert get(demo.bases["harbor-drug"] + "/robots.txt").status == 200


def test_a_port_taken_by_another_program_is_named_with_the_next_step() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, ExitStack() as starting:
        taken = other.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {taken}: .* harbor-drug .* --first-port or AGGREGATOR_DEMO_PORT"):
            starting.enter_context(demo_region((0, 0, 0, taken, 0, 0, 0)))


def test_ports_come_from_the_option_the_environment_or_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AGGREGATOR_DEMO_PORT", raising=False)
    assert chosen_ports(None) == tuple(range(28701, 28708))
    monkeypatch.setenv("AGGREGATOR_DEMO_PORT", "31000")
    assert chosen_ports(None) == tuple(range(31000, 31007))
    assert chosen_ports(4000) == tuple(range(4000, 4007))
    assert set(chosen_ports(0)) == {0}


@pytest.mark.parametrize("port", ["high", "-1", "65530"])
def test_an_invalid_first_port_is_an_error(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("AGGREGATOR_DEMO_PORT", port)
    with pytest.raises(ConfigError, match=f"'{port}' is not a number .*; correct --first-port or AGGREGATOR_DEMO_PORT"):
        chosen_ports(None)


@pytest.mark.parametrize(
    ("failed", "meant"),
    [
        ({"town-clinics", "island-hospital"}, True),
        ({"town-clinics"}, False),
        (set(), False),
        ({"town-clinics", "island-hospital", "harbor-drug"}, False),
    ],
)
def test_a_run_went_as_meant_if_exactly_the_expected_sources_failed(failed: set[str], meant: bool) -> None:
    names = ("town-clinics", "island-hospital", "harbor-drug", "mobile-van")
    reports = [report(source=name, outcome=Outcome.DOWN if name in failed else Outcome.OK) for name in names]
    assert went_as_meant(reports) is meant
