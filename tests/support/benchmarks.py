"""Imports the benchmarks, which import each other as scripts in one folder."""

import importlib
import sys
from types import ModuleType
from typing import Any

from tests.support.paths import ROOT

BENCHMARKS = ROOT / "benchmarks"


def module(name: str) -> ModuleType:
    """A module of the benchmarks' folder."""
    if str(BENCHMARKS) not in sys.path:
        sys.path.append(str(BENCHMARKS))
    return importlib.import_module(name)


def benchmark(name: str) -> Any:
    """The benchmark in the script `name`."""
    return module(name).BENCHMARK
