"""Bodies that misstate their size."""

import gzip
import sys
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Iterable

import brotli
import httpx
import pytest

from aggregator.errors import PageError, Unreachable
from aggregator.web.body import MIN_WIRE_LIMIT, read_body
from aggregator.web.unpack import PIECE
from tests.support.memory_hosts import HOME, run

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MB = 1024 * 1024
TEXT = b"clinic " * 1000


class Sent(httpx.AsyncByteStream):
    """A body that arrives in chunks; `pieces` counts those read."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self.pieces = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            self.pieces += 1
            yield piece


def read(sent: Sent, limit: int = MB, **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx.Response(200, stream=sent, headers=named, request=httpx.Request("GET", HOME))
    return run(read_body(response, limit))


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("identity", TEXT),
        ("", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("GZIP", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("gzip", gzip.compress(TEXT[:2000]) + gzip.compress(TEXT[2000:])),
        ("br", brotli.compress(TEXT)),
        ("zstd", zstd.compress(TEXT)),
        ("zstd", zstd.compress(TEXT[:2000]) + zstd.compress(TEXT[2000:])),
        ("UTF-8", TEXT),
        ("aws-chunked", TEXT),
        ("none, binary", TEXT),
        ("gzip,aws-chunked", gzip.compress(TEXT)),
        ("identity, gzip", gzip.compress(TEXT)),
        (", gzip ,", gzip.compress(TEXT)),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT))),
        ("deflate, gzip", gzip.compress(zlib.compress(TEXT))),
        ("gzip, utf-8, br", brotli.compress(gzip.compress(TEXT))),
    ],
)
@pytest.mark.parametrize("size", [1, 100, 10**6])
def test_a_body_arrives_complete_with_any_compression_and_chunking(encoding: str, body: bytes, size: int) -> None:
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    assert read(Sent(pieces), content_encoding=encoding) == TEXT


def test_an_empty_body_is_empty_even_if_labeled_as_compressed() -> None:
    assert read(Sent([]), content_encoding="gzip") == b""


def test_a_ten_gigabyte_bomb_stops_at_the_limit_in_bounded_memory() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.compress(b"\0" * MB) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"\0" * MB) + packer.flush(zlib.Z_FULL_FLUSH)  # the same text repeated
    sent = Sent([head, *[block * 64] * 160])
    tracemalloc.start()
    with pytest.raises(PageError, match=rf"{HOME}: more than {4 * MB} bytes decompressed.*max_bytes"):
        read(sent, 4 * MB, content_encoding="gzip")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent.pieces == 2
    assert peak < 12 * MB


def test_an_announced_hundred_megabytes_are_refused_before_reading() -> None:
    sent = Sent([b"x" * MB] * 100)
    with pytest.raises(PageError, match="104857600 bytes announced, but the limit is 67108864"):
        read(sent, 64 * MB, content_length=str(100 * MB))
    assert sent.pieces == 0


def test_an_unannounced_hundred_megabytes_stop_at_the_limit() -> None:
    sent = Sent([b"x" * MB] * 100)
    with pytest.raises(PageError, match="bytes received, but the limit is 8388608"):
        read(sent, 8 * MB)
    assert sent.pieces == 9


def test_bytes_on_the_wire_are_limited_even_if_they_decompress_to_nothing() -> None:
    empty_block = b"\0\0\0\xff\xff"  # deflate: "stored, 0 bytes"
    sent = Sent([zlib.compress(b"")[:2], *[empty_block * 200_000] * 100])
    with pytest.raises(PageError, match=f"bytes received, but the limit is {MIN_WIRE_LIMIT}"):
        read(sent, MB, content_encoding="deflate")
    assert sent.pieces < 12


def test_the_wire_limit_is_half_of_max_bytes_but_at_least_eight_megabytes() -> None:
    sent = Sent([])
    assert read(sent, MB, content_encoding="gzip", content_length=str(MIN_WIRE_LIMIT)) == b""
    with pytest.raises(PageError, match=f"limit is {32 * MB}"):
        read(sent, 64 * MB, content_encoding="gzip", content_length=str(33 * MB))


def test_a_truncated_compressed_body_counts_as_unreachable() -> None:
    with pytest.raises(Unreachable, match="cut off"):
        read(Sent([gzip.compress(TEXT)[:-9]]), content_encoding="gzip")


@pytest.mark.parametrize("size", [1, 7, 10**6])
@pytest.mark.parametrize("after", [b"\r\n", b"\0" * 512, b"</html>", b"\x1f", b"\x1f\x8b", b"\x1f\x8b\0" * 9, TEXT])
@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, raw_deflate, zstd.compress])
def test_garbage_after_a_complete_compressed_body_is_dropped(
    pack: Callable[[bytes], bytes], after: bytes, size: int
) -> None:
    encoding = {gzip.compress: "gzip", zstd.compress: "zstd"}.get(pack, "deflate")
    body = pack(TEXT) + after
    sent = Sent([body[i : i + size] for i in range(0, len(body), size)])
    assert read(sent, content_encoding=encoding) == TEXT


def test_a_truncated_second_gzip_member_is_detected() -> None:
    with pytest.raises(Unreachable, match="cut off"):
        read(Sent([gzip.compress(TEXT) + gzip.compress(TEXT)[:-9]]), content_encoding="gzip")


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", brotli.compress(TEXT)[:-1]),
        ("zstd", zstd.compress(TEXT)[:-1]),
        ("gzip", b"\x1f"),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT)[:-9])),
    ],
)
def test_a_truncated_body_is_detected_in_every_encoding(encoding: str, body: bytes) -> None:
    with pytest.raises(Unreachable, match="cut off"):
        read(Sent([body]), content_encoding=encoding)


@pytest.mark.parametrize("pack", [brotli.compress, zstd.compress, lambda data: gzip.compress(gzip.compress(data))])
def test_every_encoding_stops_at_the_limit_in_bounded_memory(pack: Callable[[bytes], bytes]) -> None:
    encoding = {brotli.compress: "br", zstd.compress: "zstd"}.get(pack, "gzip, gzip")
    body = pack(b"\0" * 64 * MB)
    tracemalloc.start()
    with pytest.raises(PageError, match=rf"more than {4 * MB} bytes decompressed"):
        read(Sent([body]), 4 * MB, content_encoding=encoding)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * MB


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, brotli.compress, zstd.compress])
@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_nothing_is_lost_at_chunk_boundaries(pack: Callable[[bytes], bytes], size: int) -> None:
    encoding = {gzip.compress: "gzip", zlib.compress: "deflate", brotli.compress: "br"}.get(pack, "zstd")
    assert read(Sent([pack(b"x" * size)]), content_encoding=encoding) == b"x" * size


@pytest.mark.parametrize("encoding", ["compress", "gzip, dcb", "aes128gcm", ", ".join(["gzip"] * 5)])
def test_an_unsupported_encoding_is_named(encoding: str) -> None:
    with pytest.raises(PageError, match=f"encoded as '{encoding}', but we requested gzip, deflate"):
        read(Sent([TEXT]), content_encoding=encoding)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_a_body_that_cannot_be_decompressed_is_a_changed_page(encoding: str) -> None:
    body = gzip.compress(b"<html>not packed</html>") if encoding == "gzip, gzip" else b"<html>not packed</html>"
    with pytest.raises(PageError, match="cannot be decompressed"):
        read(Sent([body]), content_encoding=encoding)
