"""Precompressed copies of published files, which web servers send to clients that accept them.

A copy is next to its file and has the same name plus ".br" or ".gz". Only files that many people request have copies;
servers compress the others on request. docs/decisions.md gives the reasons for the levels.
"""

from collections.abc import Mapping

from aggregator.published_file import Copies

LARGE = 4_000_000  # bytes: brotli would take seconds, so larger files only get a quick gzip copy
QUICK_GZIP, GOOD_GZIP = 2, 6  # levels: the quick one takes half the time and makes a ZIP page 13 % larger
GZIP_FORMAT = (
    31  # zlib's window bits for a gzip file; its header has no name or time, so equal content gives equal bytes
)
SUFFIXES = (".br", ".gz")


def suffixes(copies: Copies, size: int) -> tuple[str, ...]:
    """Suffixes of the copies that a file of `size` bytes has."""
    if copies is Copies.NONE:
        return ()
    return (".gz",) if copies is Copies.GZIP or size > LARGE else SUFFIXES


def precompressed(content: bytes, copies: Copies) -> Mapping[str, bytes]:
    """The compressed content of each copy, by suffix."""
    best = copies is Copies.BEST
    compress = {
        ".br": lambda: _brotli(content, 11 if best else 5),
        ".gz": lambda: _gzip(content, 9 if best else _gzip_level(content, copies)),
    }
    return {suffix: compress[suffix]() for suffix in suffixes(copies, len(content))}


def _gzip_level(content: bytes, copies: Copies) -> int:
    return QUICK_GZIP if copies is Copies.GZIP or len(content) > LARGE else GOOD_GZIP


def _brotli(content: bytes, quality: int) -> bytes:
    """Compresses with a window no larger than the content: setting up a larger one takes longer than a small page."""
    import brotli

    copy: bytes = brotli.compress(content, quality=quality, lgwin=min(22, max(16, len(content).bit_length())))
    return copy


def _gzip(content: bytes, level: int) -> bytes:
    from zlib_ng import zlib_ng

    copy: bytes = zlib_ng.compress(content, level, GZIP_FORMAT)
    return copy
