"""Shares the spacing of requests to a host among all processes with the same data folder.

`run` and `watch` lock their database, but two databases may share a folder, and `capture` and `try --live` may run at
the same time. Requests of all these processes to one host start as far apart as the gentlest of them requires. Nothing
here blocks the event loop. A process that dies delays no other: the kernel releases its lock, and its notes expire. If
the folder is not writable, each process keeps its own spacing, and the log says so.

Each host has a file with one line per process: its id, the start of its last request, and its spacing. Times are from
the machine's monotonic clock, which all processes share.
"""

import asyncio
import fcntl
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple
from urllib.parse import quote

from aggregator import log
from aggregator.clock import Clock
from aggregator.web.pace import RESOLUTION

FOLDER = "pace"
REMEMBERED = 120.0  # seconds after its last request for which the spacing of a dead process still counts
LOCK_RETRY = 0.05  # seconds until a lock is tried again; locks are held for less than a millisecond
TRIES = 20  # a process that holds a lock for a second was suspended and sends no requests
LONGEST_NAME = 200  # bytes of a file name; file systems allow 255
LONGEST_FILE = 64 * 1024  # bytes

_THREADS = ThreadPoolExecutor(2, thread_name_prefix="pace")  # the loop's own may all be blocked by name lookups


class PaceNote(NamedTuple):
    """The last request of a process: when it `started`, and the process's spacing; times in seconds."""

    process: str
    started: float
    spacing: float


class SharedPace:
    """Claims request starts for one process, in the folder `data` that all processes share."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self._folder = data / FOLDER
        self._clock = clock
        self._process = token_hex(8)  # process ids are not unique among containers that share a folder
        self._hosts: set[str] = set()
        self._warned = False

    async def claim(self, host: str, spacing: float) -> float:
        """Seconds until a request to `host` may start; 0 if it may start now, which is recorded for the others."""
        for _ in range(TRIES):
            try:
                return await asyncio.get_running_loop().run_in_executor(_THREADS, self._claim, host, spacing)
            except BlockingIOError:
                await self._clock.sleep(LOCK_RETRY)
            except OSError as error:
                self._warn(error)
                return 0.0
        return 0.0

    async def leave(self) -> None:
        """Ends the sharing: others no longer apply this process's spacing, only their own after its last request."""
        await asyncio.get_running_loop().run_in_executor(_THREADS, self._leave)

    def _claim(self, host: str, spacing: float) -> float:
        self._folder.mkdir(exist_ok=True)
        with _locked(self._file(host)) as file:
            self._hosts.add(host)
            now = self._clock.monotonic()
            # a start in the future is from before the machine was rebooted
            notes = [
                note for note in _read(file) if 0.0 <= now - note.started <= max(REMEMBERED, spacing, note.spacing)
            ]
            others = [note for note in notes if note.process != self._process]
            gap = max(spacing, *(note.spacing for note in others), 0.0)
            wait = max((note.started + gap - now for note in notes), default=0.0)
            if wait > RESOLUTION:
                return wait
            _write(file, [*others, PaceNote(self._process, now, spacing)])
        return 0.0

    def _leave(self) -> None:
        for host in self._hosts:
            with suppress(OSError), _locked(self._file(host)) as file:
                notes = list(_read(file))
                _write(file, [note._replace(spacing=0.0) if note.process == self._process else note for note in notes])
        self._hosts.clear()

    def _file(self, host: str) -> Path:
        return self._folder / f"{quote(host, safe='')[:LONGEST_NAME]}.txt"

    def _warn(self, error: OSError) -> None:
        """Warns once, and only if there is a data folder to share."""
        if not self._warned and self._folder.parent.is_dir():
            log.lines.warning(
                "pace not shared",
                problem=f"{self._folder}: {error}; other processes are ignored until you make the folder writable",
            )
        self._warned = True


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The open file, locked; BlockingIOError if another process has the lock."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield file
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)  # closing does not unlock if a process was forked meanwhile
        os.close(file)


def _read(file: int) -> Iterator[PaceNote]:
    """Yields the valid notes; a line may be broken if a process died while writing, or the disk was full."""
    for line in os.pread(file, LONGEST_FILE, 0).decode("ascii", "replace").splitlines():
        try:
            process, started, spacing = line.split()
            note = PaceNote(process, float(started), float(spacing))
        except ValueError:
            continue
        if 0.0 <= note.spacing < float("inf"):
            yield note


def _write(file: int, notes: Iterable[PaceNote]) -> None:
    content = "".join(f"{note.process} {note.started!r} {note.spacing!r}\n" for note in notes).encode("ascii")
    os.pwrite(file, content, 0)
    os.ftruncate(file, len(content))
