"""Keeps compiled templates between processes: compiling them takes a third of the CPU of a small cycle.

A reader may rely on: another version of the program, of Jinja, or of a translation compiles anew, and a cache that
cannot be read or written changes nothing but the time. The files lie in `$CACHE_DIRECTORY` (which systemd sets), else
in the user's cache folder, and are the user's own, because they are code.
"""

import os
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache

from aggregator.published_file import digest


class CompiledTemplates(FileSystemBytecodeCache):
    """The compiled templates of one language in `folder`."""

    def __init__(self, folder: Path, language: str) -> None:
        super().__init__(str(folder), f"{language}-%s.cache")

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return name

    def get_source_checksum(self, source: str) -> str:
        return digest(source, jinja2.__version__).hex()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):  # a full disk, say; the template is compiled, and that is what counts
            super().dump_bytecode(bucket)


def compiled_templates(language: str) -> CompiledTemplates | None:
    """The cache of a language; None where this user has no folder for it."""
    try:
        top = os.environ.get("CACHE_DIRECTORY") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(top) / "appointment-aggregator" / "templates"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = folder.stat().st_uid
    except (OSError, RuntimeError):
        return None
    return CompiledTemplates(folder, language) if owner == os.getuid() else None
