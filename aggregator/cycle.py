"""The steps of one cycle: visit, store, prune, publish. `run`, `poll`, `publish`, and `watch` combine them.

The imports for visits happen with the first visit: they are half of what a process that only publishes would import.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aggregator import __version__
from aggregator.clock import Clock
from aggregator.clock_jumps import KnownTime
from aggregator.config import Region, Source
from aggregator.errors import StoreError, described
from aggregator.exports import export_files
from aggregator.faults import Faults
from aggregator.geography import Atlas
from aggregator.log import lines
from aggregator.model import Report, Snapshot, Stage
from aggregator.places import update_place_ids
from aggregator.published_file import File, publishable
from aggregator.release import Release, publish, target_of
from aggregator.site import page_files
from aggregator.snapshot import take
from aggregator.store import LastPublish, Store, prune

if TYPE_CHECKING:
    from aggregator.har import Recording
    from aggregator.web import Hosts


def open_hosts(region: Region, store: Store, clock: Clock, recording: "Recording | None" = None) -> "Hosts":
    """The `Hosts` that all visits of a process share, so that several sources of one host share its pace."""
    from aggregator.store import HostWaitStore, HttpCacheStore
    from aggregator.web import Hosts, MemoryAnswers, ReplayTransport, SharedPace, StoredAnswer, user_agent

    on_disk = store.path != ":memory:"
    return Hosts(
        user_agent=user_agent(__version__, region.contact),
        clock=clock,
        store=MemoryAnswers() if recording else HttpCacheStore(store, StoredAnswer),
        loopback=region.loopback,
        transport=ReplayTransport(recording) if recording else None,
        waits=None if region.loopback or recording else HostWaitStore(store),
        shared_pace=None if region.loopback or recording or not on_disk else SharedPace(Path(store.path).parent, clock),
    )


async def visit(
    region: Region,
    sources: tuple[Source, ...],
    store: Store,
    clock: Clock,
    recording: "Recording | None" = None,
    on_report: Callable[[Report], None] = lambda report: None,
) -> list[Report]:
    """Visits `sources` and stores their answers; with a `recording`, replays it and opens no socket.

    All visits start together, so the region's `cycle_deadline` limits each of them.
    """
    from aggregator.clean import load_tables
    from aggregator.visit import poll
    from aggregator.web import look_up_many

    load_tables({source.country for source in sources})
    look_up_many()
    hosts = await store.background.run(open_hosts, region, store, clock, recording)
    bounded = tuple(_within(source, region.cycle_deadline) for source in sources)
    try:
        return await poll(region, bounded, store, hosts, clock, on_report)
    finally:
        await hosts.aclose()


def _within(source: Source, seconds: float) -> Source:
    """The source with its deadline lowered to `seconds`."""
    deadline = min(source.pace.deadline, seconds)
    return replace(source, pace=replace(source.pace, deadline=deadline))


def make_release(region: Region, store: Store, out: Path, now: datetime) -> tuple[Snapshot, Release]:
    """Publishes what the store holds at `now`, to `out` and to the region's target.

    What fails alone is left out and listed in the snapshot's `faults`. The store keeps these, or the error that
    prevented the publish, for `aggregator status`.
    """
    faults = Faults()
    try:
        with _gc_disabled():
            with faults.isolated(Stage.MATCHING, "all places"):
                update_place_ids(store, region, now, faults)
            snapshot = take(store, region, now, faults)
            max_age = timedelta(seconds=region.stale_after)
            release = publish(_files(snapshot, region, faults), out, now, region.keep_releases, faults, max_age)
        sent = target_of(region.target).publish(release.path, release.manifest, now)
    except Exception as error:
        with suppress(StoreError):  # whatever prevented the publish may prevent this note, too
            store.note_publish(LastPublish(at=now, failure=described(error), faults=faults.found))
        raise
    with suppress(StoreError):  # the release is already served; a full disk does not change that
        store.note_publish(LastPublish(at=now, faults=faults.found))
    return replace(snapshot, faults=faults.found), release._replace(sent=sent)


def _files(snapshot: Snapshot, region: Region, faults: Faults) -> Iterator[File]:
    snapshot, known = publishable(snapshot, faults)
    atlas = Atlas(snapshot, region)
    yield from export_files(snapshot, region, known, faults, atlas)
    yield from page_files(snapshot, region, known, faults, atlas)


@contextmanager
def _gc_disabled() -> Iterator[None]:
    """Disables the cyclic garbage collector while pages are made: a snapshot has millions of objects and no cycle."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def prune_history(region: Region, store: Store, now: datetime, known: KnownTime) -> int:
    """Moves history older than `keep_history` into day files beside the database; returns how many rows it moved.

    Does nothing while the clock is more than a day ahead of the newest time in the database: a clock that is a year
    ahead would move everything. The next process prunes again, because then the newest visits are recent.
    """
    if known.is_far_ahead():
        problem = (
            f"the clock says {now:%Y-%m-%d}, more than a day after the newest visit; check the clock (timedatectl)"
        )
        lines.warning("not pruned", problem=problem)
        return 0
    return prune(store, now - timedelta(days=region.keep_history), Path(store.path).parent / "history")
