"""Cycles of a small test region that can be killed: `python -m tests.support.cycles FOLDER`, for `test_operate.py`.

After a first, whole cycle it answers each line on standard input with a child that runs the next cycle: first the
child's process id, then, when that has ended, its exit status. The child is collected at the next line, so that its id
means nothing else until then. A child shares what the first cycle has loaded, so that it is at work at once.
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
    say(cycle(folder, 0))
    for tick, _ in enumerate(sys.stdin, 1):
        if not (child := os.fork()):
            os._exit(cycle(folder, tick))
        say(child)
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        say(ended.si_status if ended and ended.si_code == os.CLD_EXITED else "killed")
        sys.stdin.readline()
        os.waitpid(child, 0)


def say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
