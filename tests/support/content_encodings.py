"""Functions that compress and decompress bodies, by the name of their HTTP content coding."""

import gzip
import sys
from collections.abc import Callable, Mapping

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACK: Mapping[str, Callable[[bytes], bytes]] = {
    "br": brotli.compress,
    "zstd": zstd.compress,
    "gzip": gzip.compress,
}
UNPACK: Mapping[str | None, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "zstd": zstd.decompress,
    "gzip": gzip.decompress,
    None: bytes,
}
