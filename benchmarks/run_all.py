"""Runs every `bench_*.py` in its own process and lets it write its table into docs/performance.md.

Exit 1 if a limit is exceeded or a benchmark could not be measured; the others still run.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tables import EXCEEDED

FOLDER = Path(__file__).parent


def main(benchmarks: Iterable[Path]) -> int:
    problems = []
    for path in benchmarks:
        code = subprocess.run([sys.executable, str(path), "--write"]).returncode
        if code:
            problems.append(f"{path.name}: {'a limit is exceeded' if code == EXCEEDED else 'not measured'}")
    print("", *(problems or ["every limit holds"]), sep="\n")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main(sorted(FOLDER.glob("bench_*.py"))))
