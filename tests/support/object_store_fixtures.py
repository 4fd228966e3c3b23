"""Fixtures for tests of object stores: moto's server on loopback, behind a proxy that fails on demand."""

import os
from collections.abc import Iterator
from itertools import count
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from aggregator.config.destination import S3
from tests.support.object_store import KEY, PREFIX, SECRET
from tests.support.store_proxy import StoreProxy, store_proxy

BUCKETS = count()


@pytest.fixture(scope="module")
def store() -> Iterator[tuple[str, int]]:
    """Host and port of the object store."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()
    server.stop()


@pytest.fixture
def proxy(store: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> Iterator[StoreProxy]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with store_proxy(*store) as made:
        yield made


@pytest.fixture
def place(store: tuple[str, int], proxy: StoreProxy) -> S3:
    """An empty bucket."""
    name = f"site-{next(BUCKETS)}"
    urlopen(Request(f"http://{store[0]}:{store[1]}/{name}", method="PUT"), timeout=5).close()
    return S3(bucket=name, prefix=PREFIX, endpoint=proxy.address)
