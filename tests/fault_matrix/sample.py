"""The fixed part of the matrix for `make test`: every fault on one adapter, every adapter with several faults."""

from collections.abc import Iterator

from tests.fault_matrix.cells import Cell, cells_of
from tests.fault_matrix.faults import ALL
from tests.fault_matrix.subjects import Subject, all_subjects

ROUNDS = 2  # adapters for each fault
STEP = 17  # distance between the adapters of two rounds


# one cell for each kind of bug that the whole matrix found
FOUND = (
    "athena/weeks | page: nginx, 502 | 1",
    "avecmondoc/list | JSON null | 11",
    "avecmondoc/list | status 503, Retry-After: zero | 2",
    "baystate/campaigns | every value null | 1",
    "blockitnow/all-times | JSON {} | 3",
    "color/all-sites | JSON {} | 2",
    "heb/places | another region's answer | 1",
    "heb/places | counts below zero | 1",
    "keldoc/ain | JSON [] | 3",
    "keldoc/ain | JSON {} | 10",
    "keldoc/ain | every value null | 7",
    "keldoc/ain | numbers as text | 9",
    "keldoc/ain | page: maintenance, under | 5",
    "maiia/ain | status 403 | 3",
    "mapharma/open-data | JSON {} | 2",
    "mychart/group-door | captcha: reCAPTCHA | 2",
    "pdhi/peer-made | every value null | 1",
    "prepmod_registration/town | counts below zero | 2",
    "rxtouch/circles | cut at a third | 3",
    "rxtouch/circles | page: nginx, 502 | 8",
    "thrifty_white/fargo | waiting room of Queue-it in French | 1",
    "wa_doh/pages | counts below zero | 1",
)


def found() -> list[Cell]:
    return [Cell(*line.split(" | ")) for line in FOUND]


def sample() -> dict[str, list[Cell]]:
    """The cells by adapter. Only visits from the repository, so that everyone runs the same."""
    chosen = _visits()
    cells: dict[str, list[Cell]] = {subject.source.provider: [] for subject in chosen}
    for turn, name in enumerate(ALL):
        for round_number in range(ROUNDS):
            start = (turn + round_number * STEP) % len(chosen)
            cell = _first_cell(chosen[start:] + chosen[:start], name, turn)
            if cell and cell not in cells[adapter_of(cell)]:
                cells[adapter_of(cell)].append(cell)
    return cells


def adapter_of(cell: Cell) -> str:
    return all_subjects()[cell.subject].source.provider


def _visits() -> list[Subject]:
    """For each adapter, our own visit with the most requests."""
    found: dict[str, Subject] = {}
    for subject in sorted(all_subjects().values(), key=lambda one: one.name):
        known = found.get(subject.source.provider)
        if subject.is_ours and (known is None or len(subject.recording.entries) > len(known.recording.entries)):
            found[subject.source.provider] = subject
    return list(found.values())


def _first_cell(subjects: list[Subject], fault: str, turn: int) -> Cell | None:
    """On the first visit to which the fault applies, at one of its requests."""
    for subject in subjects:
        if cells := [cell for cell, applies in _cells(subject, fault) if applies]:
            return cells[turn % len(cells)]
    return None


def _cells(subject: Subject, fault: str) -> Iterator[tuple[Cell, bool]]:
    return cells_of(subject, ALL[fault], every_visit=True)
