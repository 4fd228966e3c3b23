"""Caches compiled templates between processes: compiling them takes a third of the CPU of a small cycle.

A new version of the program, of Jinja, or of a translation invalidates the cache; a cache that cannot be read or
written only costs time. The files are in `$CACHE_DIRECTORY` (set by systemd), else in the user's cache folder. The
folder has to belong to the user, because the files are code.
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
        with suppress(OSError):  # such as a full disk: the template is compiled all the same
            super().dump_bytecode(bucket)


def compiled_templates(language: str) -> CompiledTemplates | None:
    """The cache of a language; None if its folder cannot be created or belongs to another user."""
    try:
        top = os.environ.get("CACHE_DIRECTORY") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(top) / "appointment-aggregator" / "templates"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = folder.stat().st_uid
    except (OSError, RuntimeError):
        return None
    return CompiledTemplates(folder, language) if owner == os.getuid() else None
