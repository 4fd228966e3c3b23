"""Cases: what their files may contain, what counts as a difference, and what accepting a visit writes."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.errors import ConfigError
from aggregator.har.recording import load_recording
from aggregator.kit import cases
from aggregator.model import Report
from tests.support.made_up_project import URL, Project, har, made_up_project, store, stores

MAY_20 = "2021-05-20T10:00"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    with made_up_project(tmp_path, monkeypatch) as made:
        yield made


def replayed(case: cases.Case) -> Report:
    return cases.replay(case.source, load_recording([case.recording])).report


def disagreements(path: Path) -> list[str]:
    case = cases.load(path)
    return cases.disagreements(case, replayed(case))


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_case_has_a_source_a_recording_and_expected_values(project: Project) -> None:
    case = cases.load(project.case('states = ["ME"]\ntime_zone = "America/Chicago"\n[expect]\nlocations = 1\n'))

    assert (case.name, case.source.provider, case.source.name, case.source.url) == (
        "kites/visit",
        "kites",
        "visit",
        URL,
    )
    assert (case.source.states, case.source.state, case.source.time_zone) == (("ME",), "ME", "America/Chicago")
    assert (case.recording, case.expect) == (project.cases / "visit.har", {"locations": 1})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('har = "visit.har"\nurl = "https://a.example.org/"\nhaar = 1\n', "visit.toml: haar: unknown key; accepted: "),
        ('har = "visit.har"\nurl = "https://a.example.org/"\nprovider = "terns"\n', "provider: 'terns' is not 'kites'"),
        ('har = "gone.har"\nurl = "https://a.example.org/"\n', "har: 'gone.har' is not beside it"),
        ('url = "https://a.example.org/"\n', 'name the recording beside it, har = "visit.har"'),
        ('har = "visit.har"\ncapture = "x.har"\nurl = "https://a.example.org/"\n', "not both"),
        ('har = "visit.har"\nurl = "nowhere"\n', "is not an http(s) address"),
        ('har = "visit.har"\n', "is missing"),
        ("har = ", "not TOML"),
        (
            'har = "visit.har"\nurl = "https://a.example.org/"\nafter = "before"\n',
            "after: 'before' is not another case beside it; accepted: none",
        ),
        (
            'har = "visit.har"\nurl = "https://a.example.org/"\noptions = {color = 1}\n',
            "does not accept options.color = 1",
        ),
    ],
)
def test_errors_in_a_case_file_are_reported(project: Project, text: str, message: str) -> None:
    path = project.case()
    path.write_text(text)

    with pytest.raises(ConfigError) as error:
        cases.load(path)
    assert message in str(error.value)


def test_cases_that_follow_each_other_in_a_circle_are_refused(project: Project) -> None:
    path = project.case()
    other = path.with_name("other.toml")
    other.write_text(f'after = "{path.stem}"\n{path.read_text()}')
    path.write_text(f'after = "other"\n{path.read_text()}')

    with pytest.raises(ConfigError, match="the cases before it lead back to kites/visit"):
        cases.kept_before(cases.load(path))


def test_a_missing_case_is_reported(project: Project) -> None:
    with pytest.raises(ConfigError, match=r"other\.toml: cannot be read"):
        cases.load(project.cases / "other.toml")


def test_the_recording_of_a_capture_may_be_missing(project: Project) -> None:
    path = project.case()
    path.write_text(f'capture = "kites/of-2021.har"\nurl = "{URL}"\n')

    assert cases.load(path).recording == project.folder.parent / cases.CAPTURES / "kites" / "of-2021.har"


def test_a_source_on_loopback_can_be_replayed(project: Project) -> None:
    path = project.case("[expect]\nlocations = 1\n", url="http://127.0.0.1:28704/stores.json")

    assert disagreements(path) == []


# --- differences ------------------------------------------------------------------------------------------------------

TWO = stores(store(1, MAY_20, "2021-05-20T11:00"), store(2))


@pytest.mark.parametrize(
    ("expect", "differences"),
    [
        ('outcome = "OK"\nlocations = 2\nwith_appointments = 1\nslots = 2\nbookable = 2', []),
        ("locations = 3", ["locations is 2, accepted was 3"]),
        ('outcome = "EMPTY"', ["outcome is 'OK', accepted was 'EMPTY'"]),
        ("unread = 1", ["unread is 0, accepted was 1"]),
        ('[[expect.places]]\nname = "Kite 01"\ncount = 2\nfirst = "2021-05-20T10:00:00-04:00"', []),
        ('[[expect.places]]\nname = "Kite 01"\ncount = 5', ["places: Kite 01: count is 2, accepted was 5"]),
        ('[[expect.places]]\nname = "Kite 02"\ncount = 5', ["places: Kite 02: count is not stated, accepted was 5"]),
        ('[[expect.places]]\nname = "Gull"', ["places: Gull: is not there, was accepted"]),
    ],
)
def test_differences_from_accepted_values_are_described_in_words(
    project: Project, expect: str, differences: list[str]
) -> None:
    assert disagreements(project.case(f"[expect]\n{expect}\n", TWO)) == differences


@pytest.mark.parametrize("expect", ["locatoins = 2", '[[expect.places]]\nname = "Kite 01"\ncuont = 5'])
def test_a_misspelled_expectation_is_reported_with_the_known_ones(project: Project, expect: str) -> None:
    (difference,) = disagreements(project.case(f"[expect]\n{expect}\n", TWO))
    assert "is not a known value; accepted: " in difference


def test_problems_that_were_not_accepted_are_a_difference(project: Project) -> None:
    body = stores(store(1), {"name": "a row without the rest"})
    assert disagreements(project.case("[expect]\nlocations = 1\n", body)) == ["unread is 1, accepted was 0"]


def test_of_places_with_the_same_name_the_best_match_is_compared(project: Project) -> None:
    body = stores(store(1, name="Kite", zip="02121"), store(2, MAY_20, name="Kite", zip="02122"))
    expect = '[expect]\n[[expect.places]]\nname = "Kite"\npostal_code = "02122"\navailable = "YES"\nslots = 4\n'

    assert disagreements(project.case(expect, body)) == ["places: Kite: slots is 1, accepted was 4"]


def test_a_case_without_accepted_values_names_the_command_that_adds_them(project: Project) -> None:
    (difference,) = disagreements(project.case())
    assert "run aggregator try kites --accept after you looked at the table" in difference


# --- accepting --------------------------------------------------------------------------------------------------------


def accepted(path: Path) -> str:
    case = cases.load(path)
    cases.accept(case, replayed(case))
    return path.read_text()


def test_accepted_values_match_from_then_on(project: Project) -> None:
    path = project.case(body=TWO)
    expect = tomllib.loads(accepted(path))["expect"]

    assert disagreements(path) == []
    assert {key: expect[key] for key in ("outcome", "whole", "locations", "with_appointments", "problems")} == {
        "outcome": "OK", "whole": True, "locations": 2, "with_appointments": 1, "problems": 0,
    }  # fmt: skip
    first, second = expect["places"]
    assert (first["name"], first["first"], first["products"]) == ("Kite 01", "2021-05-20T10:00:00-04:00", ["Moderna"])
    assert {"first", "products", "booking_url", "all_day"}.isdisjoint(second)


def test_accepting_keeps_comments_and_other_keys(project: Project) -> None:
    original = "# open on Sundays\noptions = {} # none yet\n\n[expect]\nunread = 3 # how: fax\n\n"
    path = project.case(
        original + '[[expect.places]] # the big one\nname = "Kite 02"\n# no longer so\ncount = 9\n', TWO
    )
    text = accepted(path)

    assert "# open on Sundays\noptions = {} # none yet\n" in text
    assert "unread = 0 # how: fax" in text
    assert '[[expect.places]] # the big one\nname = "Kite 02"' in text
    assert "count = 9" not in text
    assert disagreements(path) == []


def test_accepting_twice_or_in_another_order_writes_the_same_file(project: Project) -> None:
    path = project.case(body=TWO)
    first = accepted(path)
    (project.cases / "visit.har").write_text(har(stores(store(2), store(1, MAY_20, "2021-05-20T11:00"))))

    assert accepted(path) == first


def test_at_most_200_places_are_written(project: Project) -> None:
    path = project.case(body=stores(*(store(number) for number in range(1, 251))))
    expect = tomllib.loads(accepted(path))["expect"]

    assert (expect["locations"], len(expect["places"])) == (250, 200)
    assert disagreements(path) == []


def test_places_with_the_same_name_are_all_written(project: Project) -> None:
    path = project.case(body=stores(store(1, name="Kite"), store(2, MAY_20, name="Kite")))

    assert [place["address"] for place in tomllib.loads(accepted(path))["expect"]["places"]] == [
        ["1 Kite St"],
        ["2 Kite St"],
    ]
    assert disagreements(path) == []


def test_names_that_look_like_toml_are_written_correctly(project: Project) -> None:
    name = 'Kite "7" \\ [expect] # ünïcode = 1'
    path = project.case(body=stores(store(1, name=name)))

    assert tomllib.loads(accepted(path))["expect"]["places"][0]["name"] == name
    assert disagreements(path) == []
