"""Runs a visit in this process as long as its pages parse quickly, and in a worker process from the first slow one.

Parsing a page never delays another source, and it ends at the visit's deadline at the latest, because the worker is
killed then. Nothing is requested twice: the worker starts the visit over with the answers received so far.
"""

import asyncio
import multiprocessing
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import MappingProxyType
from typing import TypeVar, TypeVarTuple

import msgspec

from aggregator.adapter import Adapter
from aggregator.clock import Clock, RecordedClock
from aggregator.config import Source
from aggregator.errors import PageError, VisitError
from aggregator.model import Answer, Outcome, Reading, Report, Request
from aggregator.visit import worker_process
from aggregator.visit.fetcher import RequestSender, deadline_passed
from aggregator.visit.kept import size_of
from aggregator.visit.one_visit import LEEWAY, collect
from aggregator.visit.reading_time import kept_reading_time, reading_time
from aggregator.visit.worker_process import (
    CPU_SECONDS,
    AdapterCode,
    Finished,
    Reject,
    SendRequest,
    SomeReadings,
    VisitArguments,
    decode_message,
    decode_readings,
    decode_report,
    encode_reply,
)

PROCESSES = 2  # at once; each may hold a large answer and everything read from it
IN_PROCESS = 0.1  # seconds of CPU, at worst, that the pages of a visit may take in this process

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


class TooSlowHere(BaseException):
    """Ends a visit in this process. A BaseException, because adapters may catch Exception."""


class RememberingClient:
    """Remembers every reply, so that the visit can start over without repeating requests."""

    def __init__(self, client: RequestSender, calendars: bool = False) -> None:
        self._client, self._calendars = client, calendars
        self._replies: list[tuple[Request, Answer | VisitError]] = []
        self._time = 0.0
        self.requests = self.received = 0

    async def get(self, request: Request) -> Answer:
        reply = await self._send(request)
        self._replies.append((request, reply))
        if isinstance(reply, VisitError):
            raise reply
        self._time += reading_time(reply, self._calendars)
        if self._time > IN_PROCESS:
            raise TooSlowHere
        return reply

    async def again(self, request: Request) -> Answer | VisitError:
        """The first reply to this request, which is sent now if it was not sent before."""
        for number, (sent, reply) in enumerate(self._replies):
            if sent == request:
                del self._replies[number]
                return reply
        return await self._send(request)

    def reject(self, url: str) -> None:
        self._client.reject(url)

    async def _send(self, request: Request) -> Answer | VisitError:
        self.requests += 1
        try:
            answer = await self._client.get(request)
        except VisitError as error:
            return error
        self.received += len(answer.body)
        return answer


class LongVisits:
    """The worker processes of one poll or watch, started from a fork server that has the code preloaded."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["__main__", worker_process.__name__, "aggregator.visit.preload"])
        self._free = asyncio.Semaphore(PROCESSES)
        self._threads = ThreadPoolExecutor(2 * PROCESSES, thread_name_prefix="visit")

    async def visit(
        self,
        source: Source,
        adapter: Adapter,
        client: RequestSender,
        clock: Clock,
        kept: Mapping[str, str] = MappingProxyType({}),
    ) -> Report:
        """Visits a source like `collect`, in a worker process if needed."""
        started, began = clock.now(), clock.monotonic()
        remembering = RememberingClient(client, adapter.reads_calendars)
        if kept_reading_time(size_of(kept)) <= IN_PROCESS:
            try:
                return await collect(source, adapter, remembering, clock, kept=kept)
            except TooSlowHere:
                pass
        left = max(source.pace.deadline - (clock.monotonic() - began), 1.0)
        error: VisitError
        try:
            async with asyncio.timeout(left * LEEWAY), self._free:
                code, then = AdapterCode.of(type(adapter)), RecordedClock(started)
                visit = VisitArguments(code, source, then, left, dict(kept))
                report = await self._in_worker(visit, remembering)
                return msgspec.structs.replace(report, took=clock.monotonic() - began)
        except TimeoutError:
            error = deadline_passed(source)
        except VisitError as raised:
            error = raised
        return Report(
            source=source.name,
            outcome=Outcome(error.outcome),
            message=str(error),
            started_at=started,
            took=clock.monotonic() - began,
            requests=remembering.requests,
            received=remembering.received,
        )

    async def _in_worker(self, visit: VisitArguments, client: RememberingClient) -> Report:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=worker_process.work, args=(theirs, visit), daemon=True)
        await self._in_thread(process.start)
        theirs.close()
        try:
            return await self._serve(ours, client)
        except (EOFError, OSError):
            await self._in_thread(process.join)
            raise _worker_died(visit.source, process.exitcode) from None
        finally:
            process.kill()
            await asyncio.shield(self._in_thread(_release, process, ours))

    async def _serve(self, pipe: Connection, client: RememberingClient) -> Report:
        readings: list[Reading] = []
        while True:
            message = decode_message(await self._in_thread(pipe.recv_bytes))
            match message:
                case SendRequest(request):
                    reply = await client.again(request)
                    await self._in_thread(_reply, pipe, reply)
                case Reject(url):
                    client.reject(url)
                case SomeReadings(batch):
                    readings += decode_readings(batch)
                case Finished(report):
                    return msgspec.structs.replace(decode_report(report), readings=tuple(readings))

    async def _in_thread(self, work: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def _reply(pipe: Connection, reply: Answer | VisitError) -> None:
    pipe.send_bytes(encode_reply(reply))


def _release(process: BaseProcess, pipe: Connection) -> None:
    process.join()
    pipe.close()


def _worker_died(source: Source, exit_code: int | None) -> PageError:
    if exit_code == -signal.SIGPROF:
        return PageError(
            f"{source.url}: reading its answer took more than {CPU_SECONDS} s of CPU and was stopped; the next visit "
            "tries again, and if the page looks normal in a browser, please report this"
        )
    return PageError(
        f"{source.url}: the process that read its answer ended with exit code {exit_code}; the next visit tries again, "
        "but check that the machine has enough memory"
    )
