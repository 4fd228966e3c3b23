"""Provides a disk for releases that can be filled: a small tmpfs if one can be mounted, else a file size limit."""

import errno
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = 256 * 1024 * 1024  # bytes
PIECE = 1024 * 1024
NO_FILE = 16 * 1024  # maximum bytes of a file if file sizes are limited; a home page has more


class Disk:
    """The folder `path`; `how` tells how it is filled, `reason` is the error message a writer gets."""

    def __init__(self, path: Path) -> None:
        self.path, self.small = path, _mount(path)
        self.how, error = f"a tmpfs of {SIZE // PIECE} MB, full to the last byte", errno.ENOSPC
        if not self.small:
            self.how, error = f"no tmpfs here: instead, no file over {NO_FILE:,} bytes may be written", errno.EFBIG
        self.reason = os.strerror(error)

    def fill(self, writer: int) -> None:
        """Fills the disk for the process `writer`."""
        if not self.small:
            resource.prlimit(writer, resource.RLIMIT_FSIZE, (NO_FILE, resource.RLIM_INFINITY))
            return
        with self._ballast.open("ab", buffering=0) as file:
            for size in (PIECE, 4096):
                try:
                    while file.write(bytes(size)):
                        pass
                except OSError:
                    continue

    def free(self, writer: int) -> None:
        """Frees the disk again."""
        if not self.small:
            resource.prlimit(writer, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            return
        self._ballast.unlink()

    @property
    def _ballast(self) -> Path:
        return self.path / "ballast"


@contextmanager
def disk(path: Path) -> Iterator[Disk]:
    """Creates a disk at `path` for the duration of the block."""
    path.mkdir()
    made = Disk(path)
    try:
        yield made
    finally:
        if made.small:
            subprocess.run(["umount", "--lazy", str(path)], check=True)


def _mount(path: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(path)]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
