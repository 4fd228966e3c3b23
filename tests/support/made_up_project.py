"""A temporary project for the tests of cases and trials: made-up adapters with their cases and recordings."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from aggregator import bundled

URL = "https://stores.example.org/stores.json"
ADAPTER = """
from aggregator.adapter import JsonAdapter, Listing, SlotListing


class Kites(JsonAdapter):
    name = "kites"
    title = "Kite stores"
    rows = "stores"

    def listing(self, row):
        slots = tuple(SlotListing(start=at, count=1, products=(row["vaccine"],)) for at in row["times"])
        return Listing(
            name=row["name"],
            id=str(row["id"]),
            address=row["street"],
            city="Boston",
            postal_code=row["zip"],
            info_phone="617-555-0100",
            available=None if slots else "NO",
            slots=slots,
        )
"""


def store(number: int, *times: str, **fields: Any) -> dict[str, Any]:
    """A row in the form that the made-up adapter reads."""
    made = {"name": f"Kite {number:02}", "id": number, "street": f"{number} Kite St", "zip": "02120"}
    return made | {"vaccine": "Moderna", "times": times} | fields


def stores(*rows: Any) -> str:
    return json.dumps({"stores": rows})


def har(body: str, url: str = URL, status: int = 200, kind: str = "application/json") -> str:
    """A recording with one answer."""
    entry = {
        "startedDateTime": "2021-05-13T14:00:00Z",
        "request": {"method": "GET", "url": url},
        "response": {
            "status": status,
            "headers": [{"name": "content-type", "value": kind}],
            "content": {"text": body, "mimeType": kind},
        },
    }
    return json.dumps({"log": {"entries": [entry]}})


class Project:
    """The folder of a project, with methods that write files into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.adapters = folder / "providers"
        self.cases = folder / "tests" / "providers" / "kites"

    def adapter(self, text: str = ADAPTER, name: str = "kites") -> None:
        (self.adapters / f"{name}.py").write_text(text)

    def case(self, text: str = "", body: str | None = None, name: str = "visit", url: str = URL) -> Path:
        """Writes a case file, with its recording next to it."""
        (self.cases / f"{name}.har").write_text(har(stores(store(1)) if body is None else body, url))
        path = self.cases / f"{name}.toml"
        path.write_text(f'har = "{name}.har"\nservice = "vaccination"\nurl = "{url}"\n{text}')
        return path


@contextmanager
def made_up_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """Makes the registry and the cases read this project while the block runs."""
    project = Project(folder)
    project.adapters.mkdir()
    project.cases.mkdir(parents=True)
    project.adapter()
    monkeypatch.setattr(bundled, "PROVIDERS", project.adapters)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield project
    for name in [name for name in sys.modules if str(folder) in name]:
        del sys.modules[name]
