"""The compressed twins that stand beside every file of a release, the one that a server should prefer first.

What is made anew each minute is compressed quickly: a higher brotli level takes up to ten times as long for less than
one percent. An asset, made once and asked for by everybody, is compressed as well as can be. Of a large file, as only a
region of tens of thousands of places has, gzip is quicker still: whoever asks for one can do brotli or zstd.
"""

import sys
from collections.abc import Callable, Mapping
from typing import NamedTuple

import brotli
from zlib_ng import zlib_ng

from aggregator.serving.headers import PRECOMPRESSED

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LARGE = 4_000_000  # bytes
GZIP = 31  # the window bits for which zlib writes the format of gzip, without a name or a time
Compress = Callable[[bytes], bytes]


class Twin(NamedTuple):
    """`encoding` is its name in HTTP."""

    encoding: str
    quick: Compress
    best: Compress


def _brotli(text: bytes, quality: int) -> bytes:
    """With a window no larger than the text: to set up a larger one takes as long again as compressing a small page."""
    twin: bytes = brotli.compress(text, quality=quality, lgwin=min(22, max(16, len(text).bit_length())))
    return twin


def _gzip(text: bytes) -> bytes:
    twin: bytes = zlib_ng.compress(text, 6 if len(text) < LARGE else 2, GZIP)
    return twin


TWINS: Mapping[str, Twin] = {  # by the suffix of their names
    ".br": Twin(PRECOMPRESSED[".br"], lambda text: _brotli(text, 5), lambda text: _brotli(text, 11)),
    ".zst": Twin(PRECOMPRESSED[".zst"], lambda text: zstd.compress(text, 3), lambda text: zstd.compress(text, 19)),
    ".gz": Twin(PRECOMPRESSED[".gz"], _gzip, lambda text: zlib_ng.compress(text, 9, GZIP)),
}
