"""A fixed sample of the fault matrix (`make faults` runs all of it), and tests of its checks."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from msgspec.structs import replace

from aggregator import registry
from aggregator.adapter import Adapter, DataRow, Listing, Page
from aggregator.demo import servers
from aggregator.model import Available, Outcome
from tests.fault_matrix.cells import Cell, run_cell
from tests.fault_matrix.faults import ALL
from tests.fault_matrix.sample import found, sample
from tests.fault_matrix.subjects import all_subjects
from tests.fault_matrix.verdicts import faults_of
from tests.fault_matrix.view import Seen as Place
from tests.fault_matrix.visits import Visited, first_visit, forget_visits, visited

ADAPTERS = sorted(registry.names())
NAME = "prepmod/made-up"


@cache
def cells() -> dict[str, list[Cell]]:
    return sample()


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_host_fault_never_makes_an_answer_false_too_new_or_missing(adapter: str) -> None:
    results = [run_cell(cell) for cell in cells()[adapter]]
    assert results
    assert [f"{result.cell}: {'; '.join(result.bad)}" for result in results if result.bad] == []


@pytest.mark.parametrize("cell", found(), ids=str)
def test_a_mistake_that_the_matrix_once_found_stays_fixed(cell: Cell) -> None:
    assert run_cell(cell).bad == ()


def test_the_sample_applies_every_fault_to_some_adapter() -> None:
    assert len(ALL) >= 60
    assert {cell.fault for chosen in cells().values() for cell in chosen} == ALL.keys()


# --- the checks themselves --------------------------------------------------------------------------------------------


def refused() -> Visited:
    """A good cell: nothing was received, everything is unchanged."""
    hit = frozenset(first_visit(all_subjects()[NAME], "etag").requests)
    return visited(all_subjects()[NAME], ALL["connection refused"], hit)


def wrong(cell: Visited, fault: str = "connection refused") -> str:
    return "; ".join(faults_of(cell, ALL[fault], all_subjects()[NAME], frozenset(), True))


def with_places(cell: Visited, change: Callable[[Place], Place | None]) -> Visited:
    places = {key: new for key, place in cell.faulty.view.places.items() if (new := change(place))}
    return cell._replace(faulty=cell.faulty._replace(view=cell.faulty.view._replace(places=places)))


def with_report(cell: Visited, **fields: Any) -> Visited:
    return cell._replace(faulty=cell.faulty._replace(report=replace(cell.faulty.report, **fields)))


def test_a_good_cell_passes() -> None:
    assert wrong(refused()) == ""


@pytest.mark.parametrize(
    ("change", "caught"),
    [
        (lambda place: place._replace(available=Available.NO, openings=0, slots=()), "turns NO"),
        (lambda place: place._replace(available=Available.YES, openings=9, slots=()), "turns YES"),
        (lambda place: place._replace(openings=(place.openings or 0) + 1), "turns more"),
        (lambda place: place._replace(openings=None), "turns fewer"),
        (lambda place: place._replace(available=Available.UNKNOWN, openings=None), "everything is UNKNOWN or gone"),
        (lambda place: place._replace(gone=True), "turns gone"),
        (lambda place: None, "turns gone"),
        (lambda place: place._replace(at=place.at + timedelta(minutes=5)), "although nothing was learned"),
        (lambda place: place._replace(at=place.at - timedelta(minutes=5)), "and was known as of"),
        (lambda place: place._replace(checked_at=place.at + timedelta(days=1)), "after now"),
    ],
)
def test_a_false_answer_or_date_is_caught(change: Callable[[Place], Place | None], caught: str) -> None:
    assert caught in wrong(with_places(refused(), change))


@pytest.mark.parametrize(
    ("fields", "caught"),
    [
        ({"outcome": Outcome.OK}, "outcome OK, not DOWN"),
        ({"message": ""}, "without a message"),
        ({"message": "it is down; the next visit tries again"}, "names no address"),
        ({"message": "https://clinics.example.org/ is not there"}, "names no next step"),
        ({"message": "https://clinics.example.org/; the next visit tries again"}, "does not say what was seen"),
        ({"message": "https://clinics.example.org/?key=1 is not there; the next visit tries again"}, "shows a query"),
        ({"message": "the visit failed (KeyError: 'x'); please report this"}, "an exception"),
        ({"unsaved": "KeyError: 'x'"}, "an exception"),
    ],
)
def test_a_wrong_outcome_or_message_is_caught(fields: dict[str, Any], caught: str) -> None:
    assert caught in wrong(with_report(refused(), **fields))


def test_a_source_that_does_not_recover_is_caught() -> None:
    cell = refused()
    assert "afterwards DOWN, not OK" in wrong(cell._replace(after=cell.faulty))
    ill = cell.after._replace(view=cell.after.view._replace(failures=1))
    assert "afterwards 1 failures" in wrong(cell._replace(after=ill))
    none = cell.after._replace(view=cell.after.view._replace(places={}))
    assert "afterwards 'at:gull hall|1 kite st|02120' is None" in wrong(cell._replace(after=none))


def test_a_visit_before_retry_after_has_passed_is_caught() -> None:
    assert "before 2021-05-13" in wrong(refused(), "status 429, Retry-After: seconds")


def test_an_adapter_that_reads_a_missing_list_as_no_appointments_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    real = registry.load
    good = real("harbor_drug", str(servers.ADAPTERS))

    class TakesAnything(good):  # type: ignore[valid-type, misc]
        def rows_of(self, page: Page) -> Any:
            return page.json["stores"] if isinstance(page.json, dict) and "stores" in page.json else range(1, 5)

        def listing(self, row: DataRow) -> Listing | None:
            if isinstance(row.value, int):
                return Listing(name=f"Harbor Drug #{row.value}", id=str(row.value), available=Available.NO)
            return super().listing(row)  # type: ignore[no-any-return]

    def load(name: str, folder: str = "") -> type[Adapter]:
        return TakesAnything if name == "harbor_drug" else real(name, folder)

    forget_visits()
    monkeypatch.setattr(registry, "load", load)
    result = run_cell(Cell("harbor_drug/made-up", "JSON null", "1"))
    forget_visits()
    assert result.bad
