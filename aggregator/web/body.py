"""Reads the body of an answer without trusting its size.

Memory use stays near `max_bytes` whatever is sent: compressed bodies are decompressed piece by piece (`unpack`), and
both compressed and decompressed bytes are limited. Slow decompression runs in a thread, so that other visits go on.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import cast

import httpx

from aggregator.web.unpack import Unpacker, too_big, unpacked, unpackers

MIN_WIRE_LIMIT = 8 * 1024 * 1024
LARGE = 4 * 1024 * 1024  # bytes; the largest recorded answer has 1.2 million
SMALL = 2048  # compressed bytes, decompressed at once: at most 2 MB come out, in a few milliseconds
PIECES_AT_ONCE = 8  # about 2 MB per turn of the thread
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="unpack")  # the loop's own may all be blocked by name lookups


async def _do_nothing() -> None:
    pass


async def read_body(
    response: httpx.Response, max_bytes: int, before_large: Callable[[], Awaitable[None]] = _do_nothing
) -> bytes:
    """The decompressed body of a streamed answer, at most `max_bytes`. `before_large` is awaited when it exceeds LARGE.

    A compressed body may take half of `max_bytes` on the wire, or MIN_WIRE_LIMIT if that is more. PageError if it is
    too big or cannot be decompressed, Unreachable if it is cut off. httpx's own errors pass through.
    """
    url = str(response.url)
    chain = unpackers(response.headers.get("content-encoding", ""), url, max_bytes)
    wire_limit = max(max_bytes // 2, MIN_WIRE_LIMIT) if chain else max_bytes
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and float(declared) > wire_limit:
        raise too_big(url, f"{declared} bytes announced", wire_limit)
    parts: list[bytes] = []
    wire = size = 0
    # `aiter_raw` cannot read answers that a transport holds in memory
    async for chunk in cast(httpx.AsyncByteStream, response.stream):
        wire += len(chunk)
        if wire > wire_limit:
            raise too_big(url, f"{wire} bytes received", wire_limit)
        async for piece in _pieces(chain, chunk):
            if size <= LARGE < size + len(piece):
                await before_large()
            size += len(piece)
            parts.append(piece)
    for unpacker in chain:
        unpacker.finish()
    return b"".join(parts)


async def _pieces(chain: Sequence[Unpacker], chunk: bytes) -> AsyncIterator[bytes]:
    pieces = iter(unpacked(chain, chunk))
    if not chain or (len(chain) == 1 and len(chunk) <= SMALL):
        for piece in pieces:
            yield piece
        return
    loop = asyncio.get_running_loop()
    while some := await loop.run_in_executor(_THREADS, lambda: list(islice(pieces, PIECES_AT_ONCE))):
        for piece in some:
            yield piece


def states_length(response: httpx.Response) -> bool:
    """Whether the answer announces its end (by a length, chunks, or HTTP/2); otherwise it may be cut off unnoticed.

    httpx raises an error if less arrives than was announced.
    """
    if response.extensions.get("http_version", b"") not in {b"HTTP/1.0", b"HTTP/1.1"}:
        return True
    chunked = "chunked" in response.headers.get("transfer-encoding", "").lower()
    return chunked or "content-length" in response.headers
