"""Runs the matrix, or a part of it, and prints the counts: `python -m tests.fault_matrix.run [WORDS ...]`.

WORDS select the cells whose line contains all of them, so the line of a bad cell, given as an argument, runs it again.
"""

import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from tests.fault_matrix.cells import NOT_APPLICABLE, Cell, Result, cells_of, run_cell
from tests.fault_matrix.faults import ALL
from tests.fault_matrix.subjects import all_subjects, missing

PROCESSES = 2
NICE = 10
PARTS = 4  # of the faults of a visit, so that both processes are busy until the end
MOST_SHOWN = 3  # sentences of one bad cell


def main(words: Sequence[str]) -> int:
    began = time.monotonic()
    subjects = all_subjects()
    print(f"{len(subjects)} visits of {len({name.partition('/')[0] for name in subjects})} adapters, {len(ALL)} faults")
    if missing():
        print(
            f"skipped {len(missing())} visits: the recordings of real booking systems (../shared/captures) are not here"
        )
    counts: Counter[str] = Counter()
    bad = 0
    largest_first = sorted(subjects, key=lambda name: -sum(len(e.body) for e in subjects[name].recording.entries))
    tasks = [(name, part, tuple(words)) for name in largest_first for part in range(PARTS)]
    with multiprocessing.Pool(PROCESSES, _be_nice) as pool:
        for results, not_applicable in pool.imap_unordered(_run_part, tasks):
            counts[NOT_APPLICABLE] += not_applicable
            for result in results:
                counts[result.outcome] += 1
                if result.bad:
                    bad += 1
                    print(f"BAD {result.cell}: {'; '.join(result.bad[:MOST_SHOWN])}", flush=True)
    ran = sum(counts.values()) - counts[NOT_APPLICABLE]
    for outcome, count in counts.most_common():
        print(f"{count:8}  {outcome}")
    print(f"{ran} cells in {time.monotonic() - began:.0f} s, {bad} of them bad")
    return 1 if bad or not ran else 0


def _be_nice() -> None:
    os.nice(NICE)


def _run_part(task: tuple[str, int, tuple[str, ...]]) -> tuple[list[Result], int]:
    name, part, words = task
    chosen, not_applicable = [], 0
    for cell, applies in _cells(name, part, words):
        if applies:
            chosen.append(run_cell(cell))
        else:
            not_applicable += 1
    return chosen, not_applicable


def _cells(name: str, part: int, words: tuple[str, ...]) -> Iterator[tuple[Cell, bool]]:
    subject = all_subjects()[name]
    for fault in tuple(ALL.values())[part::PARTS]:
        if all(word in f"{name} | {fault.name} | " for word in words if "|" not in word):
            for cell, applies in cells_of(subject, fault):
                if all(word in str(cell) for word in words):
                    yield cell, applies


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
