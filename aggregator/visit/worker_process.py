"""The worker process that parses the pages of one visit, so that a slow or hostile page delays nothing else.

It runs the same `collect` as the main process, but the main process sends its requests: a worker touches neither the
network nor the database. Messages are msgpack. The worker sends `SendRequest` and `Reject`, at the end batches of
`SomeReadings` and one `Finished`. For each `SendRequest` it receives an `Answer` or a `Failure`.
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

CPU_SECONDS = 60  # a SMART feed of 24 MB with 20,000 places needs about 10
READINGS_AT_ONCE = 200  # the main process decodes so many in a few milliseconds


class SendRequest(msgspec.Struct, frozen=True, tag=True):
    """Asks the main process to send a request."""

    request: Request


class Reject(msgspec.Struct, frozen=True, tag=True):
    """Reports that the answer from `url` is not the expected page."""

    url: str


class SomeReadings(msgspec.Struct, frozen=True, tag=True):
    """A batch of the report's readings, as JSON, because msgpack would drop the UTC offsets of their times."""

    readings: bytes


class Finished(msgspec.Struct, frozen=True, tag=True):
    """The report without its readings, as JSON."""

    report: bytes


class Failure(msgspec.Struct, frozen=True):
    """A VisitError; `kind` is the name of its class in `aggregator.errors`."""

    kind: str
    message: str
    retry_after: float | None = None
    wait_minutes: int | None = None

    @classmethod
    def of(cls, error: VisitError) -> "Failure":
        return cls(type(error).__name__, str(error), error.retry_after, error.wait_minutes)

    def error(self) -> VisitError:
        kind: type[VisitError] = getattr(errors, self.kind)
        return kind(self.message, retry_after=self.retry_after, wait_minutes=self.wait_minutes)


Message: TypeAlias = SendRequest | Reject | SomeReadings | Finished
decode_message = msgspec.msgpack.Decoder(Message).decode
decode_readings = msgspec.json.Decoder(tuple[Reading, ...]).decode
decode_report = msgspec.json.Decoder(Report).decode
_decode_answer = msgspec.msgpack.Decoder(Answer).decode
_decode_failure = msgspec.msgpack.Decoder(Failure).decode


def encode_reply(reply: Answer | VisitError) -> bytes:
    """The reply to a `SendRequest`: one byte for its kind ("a" or "f"), then the Answer or the Failure."""
    if isinstance(reply, Answer):
        return b"a" + msgspec.msgpack.encode(reply)
    return b"f" + msgspec.msgpack.encode(Failure.of(reply))


class PipeClient:
    """Sends requests through the main process, one at a time."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._turn = asyncio.Lock()

    async def get(self, request: Request) -> Answer:
        async with self._turn:
            reply = await asyncio.get_running_loop().run_in_executor(None, self._exchange, request)
        if reply[:1] == b"a":
            return _decode_answer(memoryview(reply)[1:])
        raise _decode_failure(memoryview(reply)[1:]).error()

    def _exchange(self, request: Request) -> bytes:
        self._pipe.send_bytes(msgspec.msgpack.encode(SendRequest(request)))
        return self._pipe.recv_bytes()

    def reject(self, url: str) -> None:
        self._pipe.send_bytes(msgspec.msgpack.encode(Reject(url)))


class AdapterCode(NamedTuple):
    """An adapter's class and the file that defines it, because a new process can't import it by its module name."""

    module: str
    file: Path
    name: str

    @classmethod
    def of(cls, kind: type[Adapter]) -> "AdapterCode":
        return cls(kind.__module__, Path(inspect.getfile(kind)), kind.__qualname__)

    def load(self) -> type[Adapter]:
        kind: type[Adapter] = attrgetter(self.name)(import_file(self.file, self.module))
        return kind


class VisitArguments(NamedTuple):
    """What a worker needs for one visit. `seconds`: time left for it; `kept`: what earlier visits kept."""

    code: AdapterCode
    source: Source
    clock: RecordedClock
    seconds: float
    kept: dict[str, str]


def work(pipe: Connection, visit: VisitArguments) -> None:
    """Runs one visit and sends its report through `pipe`."""
    for name in (signal.SIGINT, signal.SIGTERM):  # the main process decides when a visit ends
        signal.signal(name, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)  # kills the process; a resource limit may be forbidden by systemd
    adapter, client = visit.code.load()(), PipeClient(pipe)
    report = asyncio.run(collect(visit.source, adapter, client, visit.clock, visit.seconds, kept=visit.kept))
    for first in range(0, len(report.readings), READINGS_AT_ONCE):
        readings = report.readings[first : first + READINGS_AT_ONCE]
        pipe.send_bytes(msgspec.msgpack.encode(SomeReadings(msgspec.json.encode(readings))))
    without_readings = msgspec.structs.replace(report, readings=())
    pipe.send_bytes(msgspec.msgpack.encode(Finished(msgspec.json.encode(without_readings))))
