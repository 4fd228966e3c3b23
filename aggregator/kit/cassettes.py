"""Reads cassettes of VCR: vcrpy's (YAML or JSON) and those of Ruby's VCR, which many public projects keep.

Both list requests with their answers, under `interactions` or `http_interactions`. Only VCR for Ruby states when they
were made (`recorded_at`); otherwise the answer's Date header does.
"""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from aggregator.errors import ConfigError, excerpt
from aggregator.kit.exchanges import Imported, RecordedCall, imported
from aggregator.web import http_date

_LISTS = ("interactions", "http_interactions")


def read_cassette(path: Path) -> Imported:
    """The exchanges of a cassette; ConfigError if it is none."""
    try:
        document = yaml.safe_load(path.read_bytes())  # JSON is YAML, too
        file_time = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error}); name an existing cassette") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: is neither YAML nor JSON ({error}); name a cassette of VCR") from None
    listed = next((document[key] for key in _LISTS if key in document), None) if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ConfigError(f"{path}: has no list {' or '.join(_LISTS)}; name a cassette of VCR")
    calls, dropped = [], []
    for number, entry in enumerate(listed, 1):
        try:
            calls.append(_call(entry))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            dropped.append((_url(entry) or f"entry {number}", f"is not as VCR writes it: {error!r}"))
    return imported(calls, dropped, file_time)


def _call(entry: Any) -> RecordedCall:
    request, response = entry["request"], entry["response"]
    status, headers = response["status"], tuple(_headers(response.get("headers")))
    content = _body(request.get("body") or "")
    return RecordedCall(
        url=str(request["uri"]),
        body=_body(response.get("body") or ""),
        method=str(request["method"]),
        sent=tuple(_headers(request.get("headers"))),
        content=content.encode() if isinstance(content, str) else content,
        status=int(status["code"] if isinstance(status, dict) else status),
        headers=headers,
        time=_time(entry.get("recorded_at"), headers),
    )


def _url(entry: Any) -> str:
    request = entry.get("request") if isinstance(entry, dict) else None
    return str(request.get("uri") or "") if isinstance(request, dict) else ""


def _headers(given: Any) -> Iterator[tuple[str, str]]:
    for name, values in (given or {}).items():
        for value in values if isinstance(values, list) else [values]:
            yield str(name), str(value)


def _body(given: Any) -> bytes | str:
    if isinstance(given, dict):
        if "base64_string" in given:
            return base64.b64decode("".join(given["base64_string"].split()), validate=True)
        given = given.get("string") or ""
    if not isinstance(given, bytes | str):
        raise TypeError(f"the body is a {type(given).__name__} ({excerpt(given)})")
    return given


def _time(stated: Any, headers: tuple[tuple[str, str], ...]) -> datetime | None:
    dates = [value for name, value in headers if name.lower() == "date"]
    if isinstance(stated, datetime):
        return stated if stated.tzinfo else stated.replace(tzinfo=UTC)
    return next(filter(None, map(http_date, [*([str(stated)] if stated else []), *dates])), None)
