"""Runs the publisher of the surge: `aggregator watch` on a demo region whose appointments keep changing.

It runs from a copy of the program, so that the copy can be replaced with a new version. As a script this file is
`aggregator` itself, only faster: a region file may not poll a source more than once a minute, but here a release is
published every half minute.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from aggregator import schedule
from aggregator.cli import main
from aggregator.commands import job
from aggregator.config.region import Region
from aggregator.demo.servers import Demo
from aggregator.demo.world import World

ROOT = Path(__file__).parent.parent
PARTS = ("aggregator", "providers", "site_templates", "data/reference", "data/services")
LATENCY = 0.05
STARTS_WITHIN = 90.0


@contextmanager
def region(file: Path, every: int) -> Iterator[None]:
    """Writes the region file of booking systems that run during the block and change every `every` seconds."""
    began = time.monotonic()

    def world() -> World:
        return World(tick=int((time.monotonic() - began) / every), now=datetime.now(UTC))

    with Demo(world, latency=LATENCY) as demo:
        demo.write_region(file)
        yield


class Publisher:
    """`aggregator watch` in a process of its own, from a copy of the program in `home`."""

    def __init__(self, home: Path, out: Path, every: int) -> None:
        self.out, self._home, self._program, self._every = out, home, home / "program", every
        self._log = home / "publisher.log"
        for part in PARTS:
            shutil.copytree(ROOT / part, self._program / part, ignore=shutil.ignore_patterns("__pycache__"))

    def start(self) -> None:
        files = ["--region", str(self._home / "region.toml"), "--db", str(self._home / "a.db"), "--out", str(self.out)]
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, __file__, str(self._every), "watch", "--quiet", *files],
                env=os.environ | {"PYTHONPATH": str(self._program)},
                stdout=log,
                stderr=log,
            )

    def release(self) -> str:
        """The release being served; "" before the first one."""
        return self.out.readlink().name if self.out.is_symlink() else ""

    def output(self) -> str:
        """Its complete output since it first started."""
        return self._log.read_text()

    def wait_for_release(self, after: str = "") -> None:
        """Waits until a release other than `after` is served."""
        until = time.monotonic() + STARTS_WITHIN
        while self.release() == after:
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"not measured: nothing is published; its output: {self.output()[-500:]}")
            time.sleep(0.05)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Suspends the publisher during the block."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kills it with SIGKILL, like a power cut."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def renew(self) -> None:
        """Installs a new version of the program, whose script is a different asset."""
        with (self._program / "site_templates" / "page.js").open("a") as script:
            script.write("// the next version\n")


if __name__ == "__main__":
    every = int(sys.argv.pop(1))
    schedule.PUBLISH_EVERY = every
    load = job.load

    def faster(file: str) -> Region:
        known = load(file)
        sources = tuple(msgspec.structs.replace(source, interval=every) for source in known.sources)
        return msgspec.structs.replace(known, sources=sources)

    job.load = faster
    sys.exit(main())
