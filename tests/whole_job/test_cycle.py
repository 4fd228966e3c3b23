"""What a cycle does besides its work."""

import gc
from pathlib import Path

import pytest

from aggregator import cycle
from aggregator.errors import PublishError
from aggregator.store.store import Store
from tests.support import snapshots
from tests.support.records import NOW


@pytest.mark.parametrize("collecting", [True, False])
def test_cyclic_gc_is_off_while_publishing_and_restored_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collecting: bool
) -> None:
    seen: list[bool] = []

    def fail(*_: object) -> None:
        seen.append(gc.isenabled())
        raise PublishError("no release can be made")

    monkeypatch.setattr(cycle, "publish", fail)
    before = gc.isenabled()
    try:
        (gc.enable if collecting else gc.disable)()
        with Store(":memory:") as store, pytest.raises(PublishError):
            cycle.make_release(snapshots.region(), store, tmp_path / "public", NOW)
        assert (seen, gc.isenabled()) == ([False], collecting)
    finally:
        (gc.enable if before else gc.disable)()
