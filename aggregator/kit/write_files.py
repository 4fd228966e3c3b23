"""Writes several files atomically: all of them, or none."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from aggregator.errors import ConfigError


def write_all(new: Mapping[Path, str], changed: Mapping[Path, str]) -> None:
    """Writes `new` files and replaces the `changed` ones; ConfigError if one of them fails.

    After an error nothing is left behind, neither files nor folders, and existing files are unchanged.
    """
    made: list[Path] = []
    try:
        for path, text in new.items():
            for folder in reversed([folder for folder in path.parents if not folder.exists()]):
                folder.mkdir()
                made.append(folder)
            with path.open("x", encoding="utf-8") as file:
                made.append(path)
                file.write(text)
        for path, text in changed.items():
            beside = path.with_name(f".{path.name}.new")
            with beside.open("x", encoding="utf-8") as file:
                made.append(beside)
                file.write(text)
            os.replace(beside, path)
    except OSError as error:
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise ConfigError(
            f"{error.filename}: cannot be written ({error.strerror}), so nothing was written; fix that and run it again"
        ) from None
