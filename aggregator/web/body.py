"""Reads the body of an answer without trusting its size.

A reader may rely on: memory stays near `max_bytes` whatever is sent, because packed bodies are unpacked here, step by
step, and both sides of the unpacking are counted.
"""

import zlib
from typing import cast

import httpx

from aggregator.errors import PageError, Unreachable, excerpt

ACCEPT_ENCODING = "gzip, deflate"
MIN_WIRE_LIMIT = 8 * 1024 * 1024
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_ZLIB_OR_GZIP, _RAW_DEFLATE = 47, -15  # `wbits` of zlib


async def read_body(response: httpx.Response, max_bytes: int) -> bytes:
    """The decoded body of a streamed answer of at most `max_bytes`.

    A packed one may take half of that on the wire, or MIN_WIRE_LIMIT. PageError: too big or not to be unpacked;
    Unreachable: cut off. httpx's own errors pass through.
    """
    url, encoding = str(response.url), response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in _PACKED | {"identity", ""}:
        raise PageError(f"{url} is encoded as {excerpt(encoding)}, we asked for {ACCEPT_ENCODING}")
    packed = encoding in _PACKED
    wire_limit = max(max_bytes // 2, MIN_WIRE_LIMIT) if packed else max_bytes
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and float(declared) > wire_limit:
        raise _too_big(url, f"{declared} bytes announced", wire_limit)
    unpack = _Unpacker(url, max_bytes) if packed else None
    parts: list[bytes] = []
    wire = 0
    # not `aiter_raw`, which cannot read what a transport answers from memory
    async for chunk in cast(httpx.AsyncByteStream, response.stream):
        wire += len(chunk)
        if wire > wire_limit:
            raise _too_big(url, f"{wire} bytes received", wire_limit)
        parts.append(unpack.feed(chunk) if unpack else chunk)
    if unpack:
        unpack.finish()
    return b"".join(parts)


class _Unpacker:
    """gzip or deflate, with a limit on what comes out. Several gzip members in a row are one body (RFC 1952, 2.2)."""

    def __init__(self, url: str, limit: int) -> None:
        self._url = url
        self._limit = limit
        self._size = 0
        self._head = b""  # the first bytes of a member; they say how it is packed
        self._stream = zlib.decompressobj()

    def feed(self, data: bytes) -> bytes:
        parts: list[bytes] = []
        while data:
            if len(self._head) < 2:
                data, self._head = self._head + data, (self._head + data)[:2]
                if len(self._head) < 2:
                    break
                self._stream = zlib.decompressobj(_ZLIB_OR_GZIP if self._size else _wbits(self._head))
            parts.append(self._step(data))
            data = self._stream.unconsumed_tail
            if self._stream.eof:
                data, self._head = self._stream.unused_data, b""
        return b"".join(parts)

    def finish(self) -> None:
        if self._head:
            error = f"{self._url} was cut off after {self._size} unpacked bytes; the next visit looks again"
            raise Unreachable(error) from EOFError("a packed body without its end")

    def _step(self, data: bytes) -> bytes:
        try:
            part = self._stream.decompress(data, self._limit - self._size + 1)
        except zlib.error as error:
            raise PageError(f"{self._url} cannot be unpacked ({error}); look at what it sends") from None
        self._size += len(part)
        if self._size > self._limit:
            raise _too_big(self._url, f"more than {self._limit} bytes unpacked", self._limit)
        return part


def _wbits(head: bytes) -> int:
    """What zlib needs to be told. Some servers take "deflate" to mean a stream without the header of RFC 1950."""
    has_header = head == b"\x1f\x8b" or (head[0] & 15 == 8 and int.from_bytes(head, "big") % 31 == 0)
    return _ZLIB_OR_GZIP if has_header else _RAW_DEFLATE


def _too_big(url: str, seen: str, limit: int) -> PageError:
    return PageError(f"{url}: {seen}, the limit is {limit}; if that is right, raise `max_bytes` of the source")
