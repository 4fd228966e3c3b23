"""Measures what `aggregator --help` and `aggregator completion` cost beyond starting Python: CPU and peak memory.

Each runs in its own process, alternating with a Python that does nothing. On Linux the peak memory of a process is at
least that of its parent, so the figures are upper bounds, and this file imports nothing large.
"""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import NamedTuple

from measure import Table, figure, megabytes, must
from tables import ROOT, Benchmark

LIMIT = 150.0  # ms of CPU beyond starting Python
COMMANDS = {  # command -> a text in its output
    "--help": "rollback",
    "run --help": "--replay",
    "completion bash": "_shtab_aggregator",
}
PLAIN = (sys.executable, "-c", "pass")


class Size(NamedTuple):
    """How often each command is run."""

    rounds: int


class Cost(NamedTuple):
    """What a process used: ms of CPU, peak MB, and its output."""

    cpu: float
    memory: float
    printed: str


def cost(*command: str) -> Cost:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    must(process.returncode == 0, f"{Path(command[0]).name} {' '.join(command[1:])} ended with {process.returncode}")
    return Cost((used.ru_utime + used.ru_stime) * 1000, megabytes(used), printed)


def measured(size: Size) -> Table:
    plain: list[Cost] = []
    costs: dict[str, list[Cost]] = {name: [] for name in COMMANDS}
    for _ in range(size.rounds + 1):
        plain.append(cost(*PLAIN))
        for name, taken in costs.items():
            taken.append(cost(sys.executable, "-m", "aggregator.cli", *name.split()))
            must(COMMANDS[name] in taken[-1].printed, f"aggregator {name} does not print {COMMANDS[name]}")
    starting = median(one.cpu for one in plain[1:])  # the first round may compile modules
    lines = [
        *(
            figure(f"`aggregator {name}`, CPU", median(one.cpu for one in taken[1:]) - starting, limit=LIMIT)
            for name, taken in costs.items()
        ),
        *(
            figure(f"`aggregator {name}`, peak memory", max(one.memory for one in taken), "MB")
            for name, taken in costs.items()
        ),
        figure("starting Python, CPU", starting),
    ]
    title = "CPU beyond starting Python, and the memory of the whole process"
    return Table(title, lines, {"commands run": len(COMMANDS) * size.rounds})


BENCHMARK = Benchmark("bench_start", measured, full=Size(rounds=15), tiny=Size(rounds=1))

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())
