"""Runs cycles of a small region that tests can kill: `python -m tests.support.cycles FOLDER`, for `test_operate.py`.

After a first complete cycle, each line on standard input starts a child that runs the next cycle. Standard output gets
the child's process id and, when it has ended, its exit status. The child is reaped only at the next line, so that the
system cannot reuse its id before. Forking keeps the modules of the first cycle loaded, so a child starts at once.
"""

import os
import sys
from pathlib import Path

from aggregator.cli import main
from tests.support.demo import demo_at, write_small_region


def cycle(folder: Path, tick: int) -> int:
    """One `aggregator run` while the demo's systems answer as in run `tick`; its exit code."""
    with demo_at(tick=tick) as demo:
        region = folder / "region.toml"
        write_small_region(demo, region, "harbor-drug")
        region.write_text(region.read_text().replace("spacing = 0.05", "spacing = 0"))
        paths = {
            "--region": region,
            "--db": folder / "a.db",
            "--out": folder / "public",
            "--metrics": folder / "m.prom",
        }
        return main(["run", "--quiet", *(str(part) for pair in paths.items() for part in pair)])


def serve(folder: Path) -> None:
    print_line(cycle(folder, 0))
    for tick, _ in enumerate(sys.stdin, 1):
        if not (child := os.fork()):
            os._exit(cycle(folder, tick))
        print_line(child)
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        print_line(ended.si_status if ended and ended.si_code == os.CLD_EXITED else "killed")
        sys.stdin.readline()
        os.waitpid(child, 0)


def print_line(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
