"""Bodies that lie about their size."""

import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterable

import httpx
import pytest

from aggregator.errors import PageError, Unreachable
from aggregator.web.body import MIN_WIRE_LIMIT, read_body
from tests.test_web_support import HOME, run

MB = 1024 * 1024
TEXT = b"clinic " * 1000


class Sent(httpx.AsyncByteStream):
    """A body that arrives in pieces; `pieces` counts those taken."""

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
    ],
)
@pytest.mark.parametrize("size", [1, 100, 10**6])
def test_a_body_arrives_whole_however_it_is_packed_and_cut(encoding: str, body: bytes, size: int) -> None:
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    assert read(Sent(pieces), content_encoding=encoding) == TEXT


def test_an_empty_body_is_empty_also_where_it_claims_to_be_packed() -> None:
    assert read(Sent([]), content_encoding="gzip") == b""


def test_ten_gigabytes_packed_small_stop_at_the_limit_in_bounded_memory() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.compress(b"\0" * MB) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"\0" * MB) + packer.flush(zlib.Z_FULL_FLUSH)  # says the same each time it is repeated
    sent = Sent([head, *[block * 64] * 160])
    tracemalloc.start()
    with pytest.raises(PageError, match=rf"{HOME}: more than {4 * MB} bytes unpacked.*max_bytes"):
        read(sent, 4 * MB, content_encoding="gzip")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent.pieces == 2
    assert peak < 12 * MB


def test_a_hundred_megabytes_are_refused_before_they_are_read_where_they_are_announced() -> None:
    sent = Sent([b"x" * MB] * 100)
    with pytest.raises(PageError, match="104857600 bytes announced, the limit is 67108864"):
        read(sent, 64 * MB, content_length=str(100 * MB))
    assert sent.pieces == 0


def test_a_hundred_megabytes_that_nobody_announced_stop_at_the_limit() -> None:
    sent = Sent([b"x" * MB] * 100)
    with pytest.raises(PageError, match="bytes received, the limit is 8388608"):
        read(sent, 8 * MB)
    assert sent.pieces == 9


def test_bytes_on_the_wire_count_even_if_nothing_comes_out_of_them() -> None:
    empty_block = b"\0\0\0\xff\xff"  # deflate: "stored, 0 bytes"
    sent = Sent([zlib.compress(b"")[:2], *[empty_block * 200_000] * 100])
    with pytest.raises(PageError, match=f"bytes received, the limit is {MIN_WIRE_LIMIT}"):
        read(sent, MB, content_encoding="deflate")
    assert sent.pieces < 12


def test_a_small_source_may_still_send_eight_megabytes_packed_and_a_big_one_half_its_limit() -> None:
    sent = Sent([])
    assert read(sent, MB, content_encoding="gzip", content_length=str(MIN_WIRE_LIMIT)) == b""
    with pytest.raises(PageError, match=f"limit is {32 * MB}"):
        read(sent, 64 * MB, content_encoding="gzip", content_length=str(33 * MB))


def test_a_packed_body_cut_off_is_worth_another_try() -> None:
    with pytest.raises(Unreachable, match="cut off"):
        read(Sent([gzip.compress(TEXT)[:-9]]), content_encoding="gzip")


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_an_encoding_we_did_not_ask_for_is_named(encoding: str) -> None:
    with pytest.raises(PageError, match=f"encoded as '{encoding}', we asked for gzip, deflate"):
        read(Sent([TEXT]), content_encoding=encoding)


@pytest.mark.parametrize("body", [b"<html>not packed</html>", gzip.compress(TEXT) + b"rubbish"])
def test_what_cannot_be_unpacked_is_not_the_page(body: bytes) -> None:
    with pytest.raises(PageError, match="cannot be unpacked"):
        read(Sent([body]), content_encoding="gzip")
