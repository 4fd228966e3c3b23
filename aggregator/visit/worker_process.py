"""The process that reads the pages of one visit, so that whatever they do to it holds up nothing else.

It runs the same `collect` as the main process does, with a client that has every request sent by the main process:
this one touches neither the network nor the database. Messages are msgpack: `Ask`, `Reject`, then `Finding`s and one
`Finished` go up, an `Answer` or a `Failure` comes down for each `Ask`.
"""

import asyncio
import inspect
import signal
from multiprocessing.connection import Connection
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, TypeAlias

import msgspec

from aggregator import errors
from aggregator.adapter import Adapter
from aggregator.adapter_files import import_file
from aggregator.clock import RecordedClock
from aggregator.config import Source
from aggregator.errors import VisitError
from aggregator.model import Answer, Reading, Report, Request
from aggregator.visit.one_visit import collect

CPU_SECONDS = 60  # a SMART feed of 24 MB with 20,000 places needs some 10
READINGS_AT_ONCE = 200  # some milliseconds to read for whoever receives them


class Ask(msgspec.Struct, frozen=True, tag=True):
    """A request to be sent."""

    request: Request


class Reject(msgspec.Struct, frozen=True, tag=True):
    """What came from `url` is not the page that it should be."""

    url: str


class Findings(msgspec.Struct, frozen=True, tag=True):
    """Some readings of the report that follows, as JSON, which keeps the offsets of their times."""

    readings: bytes


class Finished(msgspec.Struct, frozen=True, tag=True):
    """The report without its readings, as JSON."""

    report: bytes


class Failure(msgspec.Struct, frozen=True):
    """A VisitError, by the name of its class in `aggregator.errors`."""

    kind: str
    message: str
    retry_after: float | None = None
    wait_minutes: int | None = None

    @classmethod
    def of(cls, error: VisitError) -> "Failure":
        return cls(type(error).__name__, str(error), error.retry_after, error.wait_minutes)

    def error(self) -> VisitError:
        made: VisitError = getattr(errors, self.kind)(
            self.message, retry_after=self.retry_after, wait_minutes=self.wait_minutes
        )
        return made


Upward: TypeAlias = Ask | Reject | Findings | Finished
read_upward = msgspec.msgpack.Decoder(Upward).decode
read_readings = msgspec.json.Decoder(tuple[Reading, ...]).decode
read_report = msgspec.json.Decoder(Report).decode
_read_answer = msgspec.msgpack.Decoder(Answer).decode
_read_failure = msgspec.msgpack.Decoder(Failure).decode


def downward(reply: Answer | VisitError) -> bytes:
    """The reply to an `Ask`: one byte that says what it is, and the thing itself."""
    if isinstance(reply, Answer):
        return b"a" + msgspec.msgpack.encode(reply)
    return b"f" + msgspec.msgpack.encode(Failure.of(reply))


class PipeClient:
    """Sends requests by way of the main process, one at a time."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._turn = asyncio.Lock()

    async def get(self, request: Request) -> Answer:
        async with self._turn:
            reply = await asyncio.get_running_loop().run_in_executor(None, self._exchange, request)
        if reply[:1] == b"a":
            return _read_answer(memoryview(reply)[1:])
        raise _read_failure(memoryview(reply)[1:]).error()

    def _exchange(self, request: Request) -> bytes:
        self._pipe.send_bytes(msgspec.msgpack.encode(Ask(request)))
        return self._pipe.recv_bytes()

    def reject(self, url: str) -> None:
        self._pipe.send_bytes(msgspec.msgpack.encode(Reject(url)))


class AdapterCode(NamedTuple):
    """An adapter's class by the file that defines it: a process that starts can't import that by its module's name."""

    module: str
    file: Path
    name: str

    @classmethod
    def of(cls, kind: type[Adapter]) -> "AdapterCode":
        return cls(kind.__module__, Path(inspect.getfile(kind)), kind.__qualname__)

    def load(self) -> type[Adapter]:
        kind: type[Adapter] = attrgetter(self.name)(import_file(self.file, self.module))
        return kind


def work(pipe: Connection, code: AdapterCode, source: Source, clock: RecordedClock, only: str, seconds: float) -> None:
    """One visit by the adapter of this `code`; `seconds` are left for it. Sends its report through `pipe`."""
    for name in (signal.SIGINT, signal.SIGTERM):  # the main process decides when a visit ends
        signal.signal(name, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)  # ends the process; systemd may forbid limits of resources
    report = asyncio.run(collect(source, code.load()(), PipeClient(pipe), clock, only, seconds))
    for first in range(0, len(report.readings), READINGS_AT_ONCE):
        readings = report.readings[first : first + READINGS_AT_ONCE]
        pipe.send_bytes(msgspec.msgpack.encode(Findings(msgspec.json.encode(readings))))
    alone = msgspec.structs.replace(report, readings=())
    pipe.send_bytes(msgspec.msgpack.encode(Finished(msgspec.json.encode(alone))))
