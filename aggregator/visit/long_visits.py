"""A visit, in this process while its pages are quick to read, in a process of its own from the first one that is not.

A reader may rely on: reading a page holds up no other source, and it ends at the visit's deadline whatever it does,
because the process is killed then. Nothing is requested twice: the process starts the visit over with the answers that
came already.
"""

import asyncio
import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TypeVar, TypeVarTuple

import msgspec

from aggregator.adapter import Adapter
from aggregator.clock import Clock, RecordedClock
from aggregator.config import Source
from aggregator.errors import PageError, VisitError
from aggregator.model import Answer, Outcome, Reading, Report, Request
from aggregator.visit import worker_process
from aggregator.visit.fetcher import Asker, late
from aggregator.visit.one_visit import LEEWAY, collect
from aggregator.visit.reading_time import reading_time
from aggregator.visit.worker_process import (
    CPU_SECONDS,
    AdapterCode,
    Ask,
    Findings,
    Finished,
    Reject,
    downward,
    read_readings,
    read_report,
    read_upward,
)

PROCESSES = 2  # at once; each may hold a large answer and all that is read from it
IN_PLACE = 0.1  # seconds of computing that the pages of a visit may need in this process, at worst

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


class MayTakeLong(BaseException):
    """Ends a visit in this process. No Exception, because adapters catch these."""


class RememberingClient:
    """Remembers every reply, so that the visit can start over without another request."""

    def __init__(self, client: Asker, calendars: bool = False) -> None:
        self._client, self._calendars = client, calendars
        self._replies: list[tuple[Request, Answer | VisitError]] = []
        self._time = 0.0
        self.requests = self.received = 0

    async def get(self, request: Request) -> Answer:
        reply = await self._ask(request)
        self._replies.append((request, reply))
        if isinstance(reply, VisitError):
            raise reply
        self._time += reading_time(reply, self._calendars)
        if self._time > IN_PLACE:
            raise MayTakeLong
        return reply

    async def again(self, request: Request) -> Answer | VisitError:
        """What came for this request the first time; what it brings now, if it was not sent yet."""
        for number, (sent, reply) in enumerate(self._replies):
            if sent == request:
                del self._replies[number]
                return reply
        return await self._ask(request)

    def reject(self, url: str) -> None:
        self._client.reject(url)

    async def _ask(self, request: Request) -> Answer | VisitError:
        self.requests += 1
        try:
            answer = await self._client.get(request)
        except VisitError as error:
            return error
        self.received += len(answer.body)
        return answer


class LongVisits:
    """The processes of one poll, or of a watch. They are started from a server that has the adapters' code ready."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["__main__", worker_process.__name__, "aggregator.visit.preload"])
        self._free = asyncio.Semaphore(PROCESSES)
        self._threads = ThreadPoolExecutor(2 * PROCESSES, thread_name_prefix="visit")

    async def visit(self, source: Source, adapter: Adapter, client: Asker, clock: Clock, only: str = "") -> Report:
        """As `collect` does it."""
        started, began = clock.now(), clock.monotonic()
        remembering = RememberingClient(client, adapter.reads_calendars)
        try:
            return await collect(source, adapter, remembering, clock, only)
        except MayTakeLong:
            pass
        left = max(source.pace.deadline - (clock.monotonic() - began), 1.0)
        error: VisitError
        try:
            async with asyncio.timeout(left * LEEWAY), self._free:
                report = await self._in_process(source, AdapterCode.of(type(adapter)), remembering, started, only, left)
                return msgspec.structs.replace(report, took=clock.monotonic() - began)
        except TimeoutError:
            error = late(source)
        except VisitError as found:
            error = found
        return Report(
            source=source.name,
            outcome=Outcome(error.outcome),
            message=str(error),
            started_at=started,
            took=clock.monotonic() - began,
            requests=remembering.requests,
            received=remembering.received,
        )

    async def _in_process(
        self, source: Source, code: AdapterCode, client: RememberingClient, started: datetime, only: str, left: float
    ) -> Report:
        ours, theirs = self._context.Pipe()
        arguments = theirs, code, source, RecordedClock(started), only, left
        process = self._context.Process(target=worker_process.work, args=arguments, daemon=True)
        await self._in_thread(process.start)
        theirs.close()
        try:
            return await self._serve(ours, client)
        except (EOFError, OSError):
            await self._in_thread(process.join)
            raise _ended(source, process.exitcode) from None
        finally:
            process.kill()
            await asyncio.shield(self._in_thread(_clear_away, process, ours))

    async def _serve(self, pipe: Connection, client: RememberingClient) -> Report:
        readings: list[Reading] = []
        while True:
            message = read_upward(await self._in_thread(pipe.recv_bytes))
            match message:
                case Ask(request):
                    reply = await client.again(request)
                    await self._in_thread(_send, pipe, reply)
                case Reject(url):
                    client.reject(url)
                case Findings(some):
                    readings += read_readings(some)
                case Finished(report):
                    return msgspec.structs.replace(read_report(report), readings=tuple(readings))

    async def _in_thread(self, work: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def _send(pipe: Connection, reply: Answer | VisitError) -> None:
    pipe.send_bytes(downward(reply))


def _clear_away(process: BaseProcess, pipe: Connection) -> None:
    process.join()
    pipe.close()


def _ended(source: Source, exit_code: int | None) -> PageError:
    if exit_code == -signal.SIGPROF:
        return PageError(
            f"{source.url}: reading what it sent took more than {CPU_SECONDS} s of computing and was ended; the next "
            "visit looks again, and if the page is an honest one, please report this"
        )
    return PageError(
        f"{source.url}: the process that read what it sent ended with exit code {exit_code}; is there memory enough? "
        "The next visit looks again"
    )
