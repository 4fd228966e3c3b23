"""`aggregator init`: from a few answers to a working region file."""

import json
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import msgspec
import pytest

from aggregator import registry
from aggregator.config.ready_entries import ready_sources
from aggregator.config.region import load_region, parse_region
from aggregator.demo.prepmod_site import county
from aggregator.demo.simulated_site import SimulatedRequest
from aggregator.demo.world import World
from tests.commands.conftest import Command
from tests.support.snapshots import NOW

WYOMING = ("--title", "Wyoming appointments", "--state", "WY", "--contact", "desk@wyoming.test")
SEARCH = "https://www.wyoapptportal.org/appointment/en/clinic/search"
TODAY = date(2026, 6, 1)
# fmt: off
STATES = [
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA",
    "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR",
    "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "PR",
]
# fmt: on


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Simulates a person at a terminal who gives these answers; returns the questions asked."""

    def answers(*given: str) -> list[str]:
        left, questions = iter(given), []

        def answer(question: str) -> str:
            questions.append(question)
            try:
                return next(left)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
        monkeypatch.setattr("builtins.input", answer)
        return questions

    return answers


@pytest.fixture
def search_har(tmp_path: Path) -> Path:
    """A recording of Wyoming's clinic search."""
    entries = []
    for page in range(1, 5):
        simulated = SimulatedRequest(base="", path=urlsplit(SEARCH).path, query={"page": str(page)})
        reply = county(World(tick=0, now=NOW), simulated)
        assert reply
        request = {"method": "GET", "url": f"{SEARCH}?page={page}"}
        content = {"text": reply.body, "mimeType": "text/html"}
        response = {"status": 200, "headers": [], "content": content}
        entries.append({"startedDateTime": NOW.isoformat(), "request": request, "response": response})
    path = tmp_path / "search.har"
    path.write_text(json.dumps({"log": {"entries": entries}}))
    return path


# --- from options -----------------------------------------------------------------------------------------------------


def test_a_region_file_written_by_init_passes_doctor_and_runs(aggregator: Command, search_har: Path) -> None:
    code, out, err = aggregator("init", "wyoming.toml", *WYOMING, "--sources", "prepmod-wy")
    assert (code, err) == (0, "")
    assert "wrote wyoming.toml with 1 of the " in out
    assert "next: aggregator doctor --region wyoming.toml, then aggregator run --region wyoming.toml" in out
    assert aggregator("doctor", "--region", "wyoming.toml")[0] == 0
    assert aggregator("run", "--quiet", "--region", "wyoming.toml", "--replay", str(search_har))[0] == 0
    assert json.loads(Path("public/freshness.json").read_bytes())["region"] == "wyoming-appointments"


def test_every_key_has_a_comment_and_the_answers_are_filled_in(aggregator: Command) -> None:
    aggregator("init", *WYOMING)
    text = Path("region.toml").read_text()
    head = text.split("[[sources]]")[0].split("\n\n")[1:]
    assert all(part.startswith("# ") for part in head if part)
    region = load_region(Path("region.toml"))
    facts = (region.name, region.title, region.states, region.country, region.time_zone, region.contact)
    assert facts == (
        "wyoming-appointments", "Wyoming appointments", ("WY",), "US", "America/Denver", "desk@wyoming.test",
    )  # fmt: skip
    assert {"prepmod-wy", "cvs", "walgreens"} <= {source.name for source in region.sources}


def test_a_title_may_contain_any_characters(aggregator: Command) -> None:
    title = 'Rendez-vous "vaccin" \\ Île-de-France'
    code, *_ = aggregator(
        "init", "--title", title, "--state", "75,92", "--country", "fr", "--contact", "https://paris.test/qui",
        "--time-zone", "Europe/Paris", "--name", "paris",
    )  # fmt: skip
    region = load_region(Path("region.toml"))
    assert (code, region.title, region.name, region.states) == (0, title, "paris", ("75", "92"))
    assert region.sources == ()
    assert "docs/add-a-provider.md" in Path("region.toml").read_text()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"--contact": "operator@example.org"}, "--contact 'operator@example.org' reaches nobody; accepted: your own"),
        ({"--contact": "desk"}, "--contact 'desk' reaches nobody"),
        ({"--state": "XQ"}, "--state 'XQ' has 'XQ', which is not a US state; accepted: codes such as WY"),
        ({"--state": "Wyoming"}, "has 'WYOMING', which is not a state code"),
        ({"--state": ","}, "names no state"),
        ({"--country": "USA"}, "--country 'USA' is not a country code"),
        ({"--title": "x" * 121}, "is not a title; accepted: 1 to 120 characters"),
        ({"--time-zone": "Denver"}, "--time-zone 'Denver' is not a time zone"),
        ({"--sources": "cvs,moon"}, "has 'moon'; accepted: all, none, or some of prepmod-wy"),
        ({"--name": "Wyoming!"}, "region.toml: name: "),
    ],
)
def test_an_invalid_option_is_named_with_the_accepted_values(
    aggregator: Command, changed: dict[str, str], message: str
) -> None:
    options = dict(zip(WYOMING[::2], WYOMING[1::2], strict=True)) | changed
    code, _, err = aggregator("init", *(part for option in options.items() for part in option))
    assert (code, message in err) == (2, True), err
    assert not Path("region.toml").exists()


@pytest.mark.parametrize("missing", ["--title", "--state", "--contact"])
def test_without_a_terminal_a_missing_option_is_named(aggregator: Command, missing: str) -> None:
    options = dict(zip(WYOMING[::2], WYOMING[1::2], strict=True))
    del options[missing]
    code, _, err = aggregator("init", *(part for option in options.items() for part in option))
    assert (code, f"init: {missing} is missing" in err) == (2, True)


def test_a_time_zone_missing_from_the_tables_has_to_be_given(aggregator: Command) -> None:
    code, _, err = aggregator("init", *WYOMING, "--country", "DE")
    assert (code, "--time-zone is missing" in err) == (2, True)


def test_an_existing_file_is_kept(aggregator: Command) -> None:
    Path("region.toml").write_text("mine")
    code, _, err = aggregator("init", *WYOMING)
    assert (code, "region.toml exists and is not overwritten" in err) == (2, True)
    assert Path("region.toml").read_text() == "mine"


def test_a_missing_folder_is_an_error(aggregator: Command) -> None:
    code, _, err = aggregator("init", "nowhere/region.toml", *WYOMING)
    assert (code, "nowhere/region.toml: cannot be written" in err) == (2, True)


# --- from answers -----------------------------------------------------------------------------------------------------


def test_init_asks_for_missing_answers(aggregator: Command, person: Callable[..., list[str]]) -> None:
    questions = person("Wyoming appointments", "", "wy", "desk@wyoming.test", "1, walgreens")
    code, out, _ = aggregator("init")
    assert code == 0
    assert [question.split(",")[0].split(" [")[0] for question in questions] == [
        "Title of the page", "Country", "State", "Your e-mail address or web page", "Sources",
    ]  # fmt: skip
    assert "  1  State and local clinics (PrepMod) (prepmod-wy)" in out
    assert [source.name for source in load_region(Path("region.toml")).sources] == ["prepmod-wy", "walgreens"]


def test_an_invalid_answer_is_explained_and_asked_again(aggregator: Command, person: Callable[..., list[str]]) -> None:
    questions = person("", "Wyoming appointments", "Nowhere", "wy", "desk@wyoming.test", "none")
    code, _, err = aggregator("init", "--country", "us")
    assert code == 0
    assert [question.split(",")[0] for question in questions[:4]] == ["Title of the page"] * 2 + ["State"] * 2
    assert "is not a title" in err and "is not a state code" in err


def test_aborting_the_questions_writes_no_file(aggregator: Command, person: Callable[..., list[str]]) -> None:
    person("Wyoming appointments")
    code, _, err = aggregator("init")
    assert (code, "no answer to" in err) == (2, True)
    assert not Path("region.toml").exists()


# --- the ready-made sources -------------------------------------------------------------------------------------------


def region_of(states: tuple[str, ...], country: str = "US", time_zone: str = "America/New_York") -> dict[str, object]:
    """The entries for these states, parsed, by the name of the source."""
    head = f'name = "x"\ntitle = "X"\nstates = {list(states)}\ncountry = "{country}"\ntime_zone = "{time_zone}"\n'
    entries = [each.entry_for(states, time_zone) for each in ready_sources(states, country, TODAY)]
    region = parse_region("\n\n".join((f'{head}contact = "desk@x.test"\n', *entries)), "x.toml")
    registry.check(region.sources)
    return {source.name: msgspec.structs.replace(source, states=()) for source in region.sources}


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_ready_made_sources_that_work_in_a_region_file(state: str) -> None:
    assert {"cvs", "walgreens", "vaccines-gov"} <= region_of((state,)).keys()


def test_sources_for_several_states_name_their_state_time_zone_and_dates() -> None:
    found = region_of(("MA", "WY"))
    assert (found["prepmod-ma"].state, found["prepmod-wy"].state) == ("MA", "WY")  # type: ignore[attr-defined]
    assert (found["prepmod-ma"].time_zone, found["prepmod-wy"].time_zone) == ("America/New_York", "America/Denver")  # type: ignore[attr-defined]
    assert found["cvs"].state is None  # type: ignore[attr-defined]


def test_a_source_that_has_ended_is_not_offered() -> None:
    assert "vaccinespotter" in {each.source.name for each in ready_sources(("WY",), "US", date(2021, 6, 1))}
    assert "vaccinespotter" not in {each.source.name for each in ready_sources(("WY",), "US", TODAY)}


def test_a_chain_has_its_title_in_the_state_or_its_own() -> None:
    ready = {state: ready_sources((state,), "US", TODAY) for state in ("AK", "CA")}
    titles = {state: each.source.title for state in ready for each in ready[state] if each.source.name == "kroger"}
    assert titles == {"AK": "Fred Meyer", "CA": "Kroger"}


def test_sources_of_a_country_are_offered_only_there() -> None:
    french = {each.source.name for each in ready_sources(("01",), "FR", TODAY)}
    assert "doctolib-ain" in french and "cvs" not in french
    assert ready_sources(("BY",), "DE", TODAY) == []


def test_an_entry_matches_its_source() -> None:
    for each in ready_sources(("MA",), "US", TODAY):
        (written,) = tomllib.loads(each.entry)["sources"]
        assert (written["name"], written["url"]) == each.key
        assert written.get("options", {}) == each.source.options
