"""Serves many PrepMod-like hosts in one process, each on its own port of 127.0.0.1 and with a fixed latency.

`running` starts them in a child process, which ends with the block or with this process: it lives only as long as its
standard input is open. Run as a script with the number of hosts and the seconds per response, it serves them and prints
their ports as JSON.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from synthetic import prepmod_page

from aggregator.demo.prepmod_site import SEARCH

PAGES = 4
CLINICS = 10  # on a page, as PrepMod has it
HOST = "127.0.0.1"
REASONS = {200: "OK", 404: "Not Found"}


@contextmanager
def running(hosts: int, latency: float) -> Iterator[list[str]]:
    """The search URL of each host while the block runs; each response takes `latency` seconds."""
    command = [sys.executable, str(Path(__file__)), str(hosts), str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None and child.stdout is not None
        ports = child.stdout.readline()
        try:
            if not ports:
                raise SystemExit("not measured: the simulated hosts did not start; their output is above")
            yield [f"http://{HOST}:{port}{SEARCH}" for port in json.loads(ports)]
        finally:
            child.stdin.close()


def pages() -> dict[bytes, bytes]:
    """The complete response for each path and query that a visit requests."""
    found = {b"/robots.txt": _answer(200, b"User-agent: *\nAllow: /\n", "text/plain")}
    for number in range(1, PAGES + 1):
        following = f"?page={number + 1}" if number < PAGES else ""
        found[f"{SEARCH}?page={number}".encode()] = _answer(
            200, prepmod_page(number * CLINICS, CLINICS, following), "text/html; charset=utf-8"
        )
    return found


def _answer(status: int, body: bytes, kind: str) -> bytes:
    head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def serve(hosts: int, latency: float) -> None:
    known, missing = pages(), _answer(404, b"", "text/plain")
    first = known[f"{SEARCH}?page=1".encode()]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1]:
                await asyncio.sleep(latency)
                writer.write(first if b"venue" in request else known.get(request, missing))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    servers = [await asyncio.start_server(answer, HOST, 0) for _ in range(hosts)]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
