"""The compressed twins that stand beside every file of a release, the one that a server should prefer first.

What is made anew each minute is compressed quickly: a higher brotli level takes up to ten times as long for less than
one percent. An asset, made once and asked for by everybody, is compressed as well as can be.
"""

import gzip
import sys
from collections.abc import Callable, Mapping
from typing import NamedTuple

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Compress = Callable[[bytes], bytes]


class Twin(NamedTuple):
    """`encoding` is its name in HTTP."""

    encoding: str
    quick: Compress
    best: Compress


TWINS: Mapping[str, Twin] = {  # by the suffix of their names
    ".br": Twin("br", lambda text: brotli.compress(text, quality=5), lambda text: brotli.compress(text, quality=11)),
    ".zst": Twin("zstd", lambda text: zstd.compress(text, 3), lambda text: zstd.compress(text, 19)),
    ".gz": Twin("gzip", lambda text: gzip.compress(text, 6, mtime=0), lambda text: gzip.compress(text, 9, mtime=0)),
}
