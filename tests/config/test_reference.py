"""The bundled data: sources to copy, systems that are not checked, and which file uses which adapter."""

import tomllib
from functools import cache
from itertools import chain

import pytest

from aggregator import registry
from aggregator.clean.state import read_state
from aggregator.config.region import CheckYourself, Region, Source, load_region, parse_region
from aggregator.errors import ConfigError
from aggregator.kit.provider_docs import catalogue, not_checked
from tests.support.paths import ROOT
from tests.support.records import SOURCES, region

DATA = ROOT / "data"
PREPMOD = DATA / "reference" / "prepmod.toml"
REGIONS = sorted((DATA / "regions").glob("*.toml"))
HEAD = """
name = "reference"
title = "Sources to copy"
states = ["MA", "WA"]
time_zone = "America/New_York"
contact = "operator@reference.test"
"""
IN_NO_FILE = {
    "albertsons_rxie": "needs the public key of the chain's booking page",
    "bimedoc": "needs a partner's key",
    "cal_com": "each host is a source of its own; none has been added yet",
    "events_calendar": "each site is a source of its own; none has been added yet",
    "fhir_slots": "each server is a source of its own; none has been added yet",
    "json_ld": "each site is a source of its own; none has been added yet",
    "libcal": "each library is a source of its own; none has been added yet",
    "manual": "reads a list of the operator's own volunteers",
    "mesoigner": "needs a partner's key",
    "openactive": "each operator is a source of its own; none has been confirmed yet",
    "qmatic": "each office has to be asked first",
    "signup_com": "needs the public key of the sign-up page",
    "tevis": "each city has to be asked first",
}
LINK = '[[check_yourself]]\ntitle = "Gull Drug"\nurl = "https://gull.example.org/"\nwhy = "Its times need a login."\n'


@cache
def reference() -> tuple[Source, ...]:
    return parse_region(HEAD + PREPMOD.read_text(encoding="utf-8"), str(PREPMOD)).sources


@cache
def regions() -> tuple[Region, ...]:
    return tuple(load_region(path) for path in REGIONS)


def test_reference_sources_are_valid_and_their_adapters_accept_the_options() -> None:
    registry.check(reference())
    assert {source.provider for source in reference()} == {"prepmod", "smart_scheduling_links"}


def test_a_reference_source_states_its_own_location() -> None:
    written = tomllib.loads(PREPMOD.read_text(encoding="utf-8"))["sources"]
    assert [source["name"] for source in written if not {"title", "door", "state", "time_zone"} <= source.keys()] == []
    assert [source["name"] for source in written if read_state(source["state"]) != source["state"]] == []


def test_no_two_reference_sources_have_the_same_url() -> None:
    urls = [source.url for source in reference()]
    assert len(set(urls)) == len(urls)


def test_a_source_copied_into_a_region_file_keeps_its_reference_url() -> None:
    entries = {source.name: (source.provider, source.url) for source in reference()}
    copied = [source for source in chain(*(found.sources for found in regions())) if source.name in entries]
    assert copied
    assert {source.name: (source.provider, source.url) for source in copied} == {
        source.name: entries[source.name] for source in copied
    }


def test_every_adapter_is_used_by_a_file_or_listed_with_a_reason() -> None:
    used = {source.provider for source in chain(reference(), *(found.sources for found in regions()))}
    assert used | IN_NO_FILE.keys() == set(registry.names())
    assert used & IN_NO_FILE.keys() == set()


def test_unsupported_systems_have_unique_names_and_a_web_page() -> None:
    names = [system.name for system in not_checked()]
    assert len(set(names)) == len(names)
    assert [system.name for system in not_checked() if not system.url.startswith("https://")] == []
    assert set(names) & set(registry.names()) == set()


def test_the_provider_list_names_unsupported_systems_with_the_reason() -> None:
    text = catalogue().partition("## Not checked, and why")[2]
    assert [system.name for system in not_checked() if f"]({system.url}) | {system.why} |" not in text] == []


def test_regions_link_to_an_unsupported_system_by_its_listed_url() -> None:
    doors = {system.title: system.url for system in not_checked()}
    links = [link for link in chain(*(found.check_yourself for found in regions())) if link.title in doors]
    assert {"Walmart", "Walgreens (times)", "Publix"} <= {link.title for link in links}
    assert [link for link in links if link.url != doors[link.title]] == []


def test_a_region_lists_the_sites_to_check_yourself() -> None:
    (link,) = region(sources=SOURCES + LINK).check_yourself
    assert link == CheckYourself(title="Gull Drug", url="https://gull.example.org/", why="Its times need a login.")
    assert region().check_yourself == ()


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        (
            "https://gull",
            "ftp://gull",
            "check_yourself[0] (Gull Drug).url: 'ftp://gull.example.org/' is not an http(s)",
        ),
        (
            "https://gull.example.org/",
            "javascript:go()",
            "(Gull Drug).url: 'javascript:go()' is not an http(s) address",
        ),
        ("why = ", "because = ", "check_yourself[0].because: unknown key; accepted: title, url, why"),
        ('why = "Its times need a login."', "", "check_yourself[0].why: is missing; see docs/region-file.md"),
        ("Its times need a login.", "", "check_yourself[0].why: Expected `str` of length >= 1"),
    ],
)
def test_an_invalid_link_is_reported_with_its_key(was: str, becomes: str, expected: str) -> None:
    assert was in LINK
    with pytest.raises(ConfigError) as error:
        region(sources=SOURCES + LINK.replace(was, becomes))
    assert expected in str(error.value)
