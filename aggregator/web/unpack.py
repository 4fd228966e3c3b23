"""Decodes Content-Encoding piece by piece, as tolerantly as browsers and curl.

Each coding yields at most `limit` bytes, in pieces of about 256 KiB, so that a decompression bomb costs no more memory
than a normal body. We request gzip and deflate; brotli and zstd are decoded, too, because some servers send a stored
file whatever the request accepts.

Tolerated: tokens that are not codings (`UTF-8`, `aws-chunked`, `none`); lists, which are decoded from right to left;
trailing bytes after a complete gzip or zstd member. As in browsers, a body that does not match its header is an error.
"""

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import brotli

from aggregator.errors import PageError, Unreachable, excerpt

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, deflate"
MAX_CODINGS = 4  # applied one after another
PIECE = 256 * 1024
_CANNOT = frozenset(
    {"aes128gcm", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip"}
)  # IANA's other codings
_GZIP, _ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"  # magic numbers of a member
_GZIP_OR_ZLIB, _RAW = 47, -15
_ZSTD_WINDOW = 23  # 8 MiB, the most that RFC 9659 allows on the web


class _Stream(Protocol):
    """One compressed stream. `eof`: whether it has ended; `unused_data` is what follows it."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def unpack(self, data: bytes) -> tuple[bytes, bytes | None]:
        """Returns a piece of output and the input for the next call; None as input means that more data is needed."""
        ...


class _Zlib:
    without_header = _GZIP_OR_ZLIB  # `wbits`: zlib then reports the wrong header

    def __init__(self, head: bytes) -> None:
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB if _has_header(head) else self.without_header)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def unpack(self, data: bytes) -> tuple[bytes, bytes | None]:
        piece = self._stream.decompress(data, PIECE)
        rest = self._stream.unconsumed_tail
        return piece, rest if (rest or len(piece) == PIECE) and not self.eof else None


class _Deflate(_Zlib):
    without_header = _RAW  # some servers send "deflate" without the header of RFC 1950


class _Zstd:
    def __init__(self, head: bytes) -> None:
        self._stream = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW})

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def unpack(self, data: bytes) -> tuple[bytes, bytes | None]:
        piece = self._stream.decompress(data, PIECE)
        return piece, None if self._stream.needs_input or self.eof else b""


class _Brotli:
    unused_data = b""  # the library raises an error for bytes after the end

    def __init__(self, head: bytes) -> None:
        self._stream = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._stream.is_finished())

    def unpack(self, data: bytes) -> tuple[bytes, bytes | None]:
        piece: bytes = self._stream.process(data, output_buffer_limit=PIECE)
        more = not self.eof and (piece or not self._stream.can_accept_more_data())
        return piece, b"" if more else None


class _Coding(NamedTuple):
    open: Callable[[bytes], _Stream]
    head: int  # bytes needed to open a stream
    member: bytes = b""  # magic number of further streams after the first; b"": there are none


_CODINGS = {
    "gzip": _Coding(_Zlib, 3, _GZIP),
    "x-gzip": _Coding(_Zlib, 3, _GZIP),
    "deflate": _Coding(_Deflate, 2, _GZIP),  # some servers mislabel gzip as deflate
    "br": _Coding(_Brotli, 1),
    "zstd": _Coding(_Zstd, 4, _ZSTD),
}


class Unpacker:
    """Decodes one coding. Several members in a row form one body (RFC 1952, 2.2)."""

    def __init__(self, coding: str, url: str, limit: int) -> None:
        self._coding = _CODINGS[coding]
        self._url, self._limit = url, limit
        self._head = b""  # first bytes of a member, until there are enough to open it
        self._stream: _Stream | None = None
        self._size = self._members = 0
        self._done = False  # the rest is dropped

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._done:
            if self._stream is None:
                data, self._head = self._head + data, b""
                if len(data) < self._coding.head:
                    self._head = data
                    return
                if self._members and not (self._coding.member and data.startswith(self._coding.member)):
                    self._done = True
                    return
                self._stream = self._coding.open(data)
            yield from self._unpacked(self._stream, data)
            data = b""
            if self._stream.eof:
                data, self._stream = self._stream.unused_data, None
                self._members += 1

    def finish(self) -> None:
        """Raises Unreachable if the compressed data is incomplete."""
        if self._stream is not None or (self._head and not self._members):
            error = f"{self._url} was cut off after {self._size} decompressed bytes; the next visit tries again"
            raise Unreachable(error) from EOFError("a compressed body without its end")

    def _unpacked(self, stream: _Stream, data: bytes | None) -> Iterator[bytes]:
        while data is not None:
            try:
                piece, data = stream.unpack(data)
            except (zlib.error, zstd.ZstdError, brotli.error) as error:
                raise PageError(f"{self._url} cannot be decompressed ({error}); check what it sends") from None
            self._size += len(piece)
            if self._size > self._limit:
                raise too_big(self._url, f"more than {self._limit} bytes decompressed", self._limit)
            if piece:
                yield piece


def unpackers(content_encoding: str, url: str, limit: int) -> list[Unpacker]:
    """The decoders for a Content-Encoding header, in order of use; PageError for a coding that we cannot decode."""
    named = [token.partition(";")[0].strip().lower() for token in content_encoding.split(",")]
    codings = [name for name in named if name in _CODINGS]
    if len(codings) > MAX_CODINGS or not _CANNOT.isdisjoint(named):
        raise PageError(f"{url} is encoded as {excerpt(content_encoding)}, but we requested {ACCEPT_ENCODING}")
    return [Unpacker(coding, url, limit) for coding in reversed(codings)]


def unpacked(chain: Sequence[Unpacker], data: bytes) -> Iterable[bytes]:
    """Yields the decoded pieces of some bytes of a body, applying one coding after the other."""
    if not chain:
        yield data
        return
    for piece in chain[0].feed(data):
        yield from unpacked(chain[1:], piece)


def too_big(url: str, seen: str, limit: int) -> PageError:
    """The error for a body over the limit; `seen` states its size."""
    return PageError(f"{url}: {seen}, but the limit is {limit}; if the size is right, raise `max_bytes` of the source")


def _has_header(head: bytes) -> bool:
    return head[:2] == _GZIP[:2] or (head[0] & 15 == 8 and int.from_bytes(head[:2], "big") % 31 == 0)
