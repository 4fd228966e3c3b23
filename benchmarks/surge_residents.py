"""Simulates residents with wrk: an uncached home page with its assets, a ZIP page, then refreshes of freshness.json.

One resident's visit is spread over many connections of wrk; the server gets the same mix of requests.
"""

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from aggregator.serving.headers import ASSETS

WRK = shutil.which("wrk") or ""
ENCODING = "gzip"
FRESHNESS = "/freshness.json"
REFRESHES = 4  # the script refreshes once on each of two pages, then every minute for two more minutes
TIMEOUT = "2s"
THINK = 0.05  # seconds between two requests of one connection, on average
MINUTES = 3.0  # duration of a visit

SCRIPT = """
local visit, zips, think, number = %(visit)s, %(zips)s, %(think)d, 0
local headers = { ["Accept-Encoding"] = "%(encoding)s" }

math.randomseed(os.time())

function request()
  number = number %% #visit + 1
  local path = visit[number]
  if path == "zip" then path = zips[math.random(#zips)] end
  return wrk.format("GET", path, headers)
end

%(delay)s

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\\n{"seconds": %%f, "requests": %%d, "failed": %%d, "refused": %%d, "p50": %%f, "p99": %%f}\\n',
    summary.duration / 1e6, summary.requests, errors.connect + errors.read + errors.write + errors.timeout,
    errors.status, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
"""
DELAY = "function delay() return math.random(0, 2 * think) end"  # in milliseconds


class Visit(NamedTuple):
    """The requests of one resident; "zip" stands for any of `zips`."""

    paths: tuple[str, ...]
    zips: tuple[str, ...]


class Load(NamedTuple):
    """The results of wrk: milliseconds; `failed` without a response, `refused` with a status of 400 or above."""

    seconds: float
    requests: int
    failed: int
    refused: int
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def visit_of(release: Path) -> Visit:
    """A visit to a release, with the assets of its home page."""
    home = (release / "index.html").read_text("utf-8")
    assets = sorted({f"/{path}" for path in re.findall(rf'"(?:\./)?({ASSETS}[^"]+)"', home)})
    zips = tuple(f"/zip/{folder.name}/" for folder in sorted((release / "zip").iterdir()))
    pages = ("/", *assets, FRESHNESS, "zip", FRESHNESS)
    return Visit(pages + (FRESHNESS,) * (REFRESHES - 2), zips)


def begin(
    base: str, visit: Visit, script: Path, seconds: float, connections: int, *, think: bool
) -> "subprocess.Popen[str]":
    """Starts wrk; `think`: whether a connection pauses between its requests instead of sending them immediately."""
    script.write_text(
        SCRIPT
        % {
            "visit": _lua(visit.paths),
            "zips": _lua(visit.zips),
            "think": THINK * 1000,
            "encoding": ENCODING,
            "delay": DELAY if think else "",
        }
    )
    command = [WRK, "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", TIMEOUT, "-s", str(script), base]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def result(wrk: "subprocess.Popen[str]") -> Load:
    """The result, once wrk has ended."""
    output, _ = wrk.communicate()
    if wrk.returncode:
        raise SystemExit(f"not measured: wrk ended with {wrk.returncode}; its output is above")
    return Load(**json.loads(output.splitlines()[-1]))


def end(wrk: "subprocess.Popen[str]") -> Load:
    """Stops wrk early."""
    wrk.send_signal(signal.SIGINT)
    return result(wrk)


def load(base: str, visit: Visit, script: Path, seconds: float, connections: int, *, think: bool) -> Load:
    return result(begin(base, visit, script, seconds, connections, think=think))


def _lua(texts: Sequence[str]) -> str:
    return "{" + ", ".join(f'"{text}"' for text in texts) + "}"
