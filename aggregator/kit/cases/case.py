"""Loads a case file; every error is a ConfigError that names the file, the key, and the next step."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import tomlkit
from msgspec.structs import fields

from aggregator import registry
from aggregator.config import Source, parse_region
from aggregator.errors import ConfigError

REGION = {"name": "case", "title": "Case", "states": ["MA"], "time_zone": "America/New_York", "contact": "a@b.org"}
OF_REGION = ("states", "time_zone", "country", "service")
OF_CASE = ("har", "capture", "after", "recorded", "expect")  # `recorded`: the day of a capture, for docs/providers.md
CAPTURES = Path("shared", "captures")  # beside the project's folder, where there are any


class Case(NamedTuple):
    """A case. `expect`: the accepted values, or None before the first acceptance.

    `after`: the case of the visit before this one, whose source kept something for this one; None for a first visit.
    """

    path: Path
    source: Source
    recording: Path
    expect: dict[str, Any] | None
    after: Path | None = None

    @property
    def name(self) -> str:
        """Its name in `aggregator try` and in tests."""
        return f"{self.path.parent.name}/{self.path.stem}"


def case_folder(provider: str, adapters: str = "") -> Path:
    """The folder for a provider's cases, which need not exist. `adapters`: the operator's own folder.

    It is beside the folder of the adapter's file; for a package's adapter, beside the operator's own folder.
    """
    origin = registry.origin(provider, adapters)
    root = Path(adapters).parent if origin.entry else origin.path.parent.parent
    return root / "tests" / "providers" / provider


def _project(path: Path) -> Path:
    """The folder that contains `providers` and `tests`, from the path of a case."""
    return path.resolve().parent.parent.parent.parent


def load(path: Path) -> Case:
    """Loads a case. Does not check that a `capture` exists, because not everyone has it."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); name an existing case") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    source = source_of(path, given)
    registry.check([source])
    return Case(path, source, _recording(path, given), given.get("expect"), _after(path, given))


def source_of(path: Path, given: Mapping[str, Any]) -> Source:
    """The source that a case describes; its provider and name come from `path`."""
    provider = path.parent.name
    known = sorted({field.name for field in fields(Source)} | {*OF_REGION, *OF_CASE})
    for key in given:
        if key not in known:
            raise ConfigError(f"{path}: {key}: unknown key; accepted: {', '.join(known)}")
    if given.get("provider", provider) != provider:
        raise ConfigError(
            f"{path}: provider: {given['provider']!r} is not {provider!r}, its folder; move the file or delete the key"
        )
    region = REGION | {key: given[key] for key in OF_REGION if key in given}
    keys = {key: value for key, value in given.items() if key not in (*OF_REGION, *OF_CASE)}
    sources = [{"name": path.stem, "provider": provider} | keys]
    own = str(_project(path) / "providers")
    return parse_region(tomlkit.dumps(region | {"sources": sources}), str(path), own).sources[0]


def _after(path: Path, given: Mapping[str, Any]) -> Path | None:
    if "after" not in given:
        return None
    before = path.with_name(f"{given['after']}.toml")
    if not before.is_file() or before == path:
        there = ", ".join(sorted(other.stem for other in path.parent.glob("*.toml") if other != path)) or "none"
        raise ConfigError(f"{path}: after: {given['after']!r} is not another case beside it; accepted: {there}")
    return before


def _recording(path: Path, given: Mapping[str, Any]) -> Path:
    if ("har" in given) == ("capture" in given):
        raise ConfigError(f'{path}: har: name the recording beside it, har = "visit.har" (or one `capture`, not both)')
    if "capture" in given:
        return _project(path).parent / CAPTURES / str(given["capture"])
    recording = path.parent / str(given["har"])
    if not recording.is_file():
        raise ConfigError(f"{path}: har: {given['har']!r} is not beside it; put the recording there")
    return recording
