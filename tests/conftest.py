"""Fixtures for all tests. No test may open a socket to anything but loopback."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from tests.support.paths import CAPTURES, NO_CAPTURES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["tests.support.samples", "tests.support.skips"]

LONGEST_ID = 40  # bytes


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Keeps binary values out of test ids: compressed bytes differ between the processes of a run."""
    if isinstance(val, bytes) and not (len(val) <= LONGEST_ID and val.isascii() and val.decode().isprintable()):
        return argname
    return None


def pytest_configure(config: pytest.Config) -> None:
    """Gives the tests a cache of compiled templates of their own, apart from the user's."""
    os.environ["CACHE_DIRECTORY"] = str(Path(gettempdir()) / f"aggregator-tests-{os.getuid()}")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test that connects to anything but loopback."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1"):
            raise AssertionError(f"a test tried to connect to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    yield


@pytest.fixture(autouse=True)
def no_log_left_behind() -> Iterator[None]:
    """Resets logging after a test: its standard error is closed when the next test logs."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def few_zip_codes() -> Iterator[None]:
    """Speeds up tests that publish a whole state but do not need all its ZIP codes."""
    from tests.support.zip_codes import few_published  # imported late: adapter tests need no pages

    with few_published():
        yield


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """A real Chromium, for tests marked with `needs_chromium`."""
    from tests.support.browsing import chromium  # imported late: adapter tests need no browser

    with chromium() as browser:
        yield browser


@pytest.fixture
def captures() -> Path:
    """The folder of recordings of real booking systems, which are not part of this repository."""
    if not CAPTURES.is_dir():
        pytest.skip(NO_CAPTURES)
    return CAPTURES
