"""Checks a served release: every internal link has a file, every precompressed copy equals its file."""

import gzip
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import brotli

from aggregator.release.compress import SUFFIXES

UNPACK: dict[str, Callable[[bytes], bytes]] = {
    ".br": brotli.decompress,
    ".gz": gzip.decompress,
}
SITE = "http://site.test/"
LINK = re.compile(r'(?:href|src)="([^"]*)"')


class ReleaseChecker:
    """Checks releases one after the other, and remembers the results for files that have not changed."""

    def __init__(self) -> None:
        self._links: dict[tuple[int, int, str], frozenset[str]] = {}
        self._equal: set[tuple[tuple[int, int, str], ...]] = set()

    def missing(self, out: Path) -> list[str]:
        """The faults of the release that `out` links to, as sentences."""
        root = out.resolve()
        files = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
        names = [name for name in files if not name.endswith(SUFFIXES)]
        found = [] if "index.html" in files else ["there is no index.html"]
        for name in names:
            found += [f"{name} links to {link}" for link in self._links_of(name, files[name]) - files.keys()]
            found += self._wrong_copies(name, files)
        return found

    def _links_of(self, name: str, path: Path) -> frozenset[str]:
        key = _identity(path, name)
        if key not in self._links:
            self._links[key] = frozenset(_internal(name, path)) if name.endswith(".html") else frozenset()
        return self._links[key]

    def _wrong_copies(self, name: str, files: dict[str, Path]) -> Iterator[str]:
        for suffix in SUFFIXES:
            if not (copy := files.get(name + suffix)):
                continue
            pair = _identity(files[name], name), _identity(copy, suffix)
            if pair not in self._equal:
                if UNPACK[suffix](copy.read_bytes()) != files[name].read_bytes():
                    yield f"{name}{suffix} differs from {name}"
                    continue
                self._equal.add(pair)


def _identity(path: Path, name: str) -> tuple[int, int, str]:
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns, name


def _internal(name: str, path: Path) -> Iterator[str]:
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        url = urljoin(SITE + name, unescape(link))
        if url.startswith(SITE):
            file = unquote(urlsplit(url).path).lstrip("/")
            yield file + "index.html" if file.endswith("/") or not file else file
