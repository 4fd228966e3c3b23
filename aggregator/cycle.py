"""One cycle: visit what is due, store, prune, publish. What `run`, `poll`, `publish` and `watch` are made of."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from aggregator import __version__
from aggregator.clean.country import load_tables
from aggregator.clock import Clock
from aggregator.clock_jumps import KnownTime
from aggregator.config.region import Region, Source
from aggregator.errors import StoreError, described
from aggregator.exports.export_files import export_files
from aggregator.faults import Faults
from aggregator.har.recording import Recording
from aggregator.log import lines
from aggregator.model import Report, Snapshot, Stage
from aggregator.places import update_place_ids
from aggregator.published_file import File, publishable
from aggregator.release.publisher import Release, get_ready, publish
from aggregator.release.targets.choice import target_of
from aggregator.site.pages import page_files
from aggregator.snapshot import take
from aggregator.store.http_cache import HttpCacheStore
from aggregator.store.publishing import LastPublish
from aggregator.store.retention import prune
from aggregator.store.store import Store
from aggregator.store.waits import HostWaitStore
from aggregator.visit.poll import poll
from aggregator.web.client import Hosts, look_up_many, user_agent
from aggregator.web.replay_transport import ReplayTransport
from aggregator.web.shared_pace import SharedPace
from aggregator.web.validators import MemoryAnswers, StoredAnswer


def open_hosts(region: Region, store: Store, clock: Clock, recording: Recording | None = None) -> Hosts:
    """What the visits of one process share, so that a host with several sources is asked at one pace."""
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
    recording: Recording | None = None,
    on_report: Callable[[Report], None] = lambda report: None,
) -> list[Report]:
    """Visits `sources` and saves what they say; with a `recording`, from that and without any socket.

    All visits begin together, so the region's `cycle_deadline` is one of each visit.
    """
    load_tables({source.country for source in sources})
    look_up_many()
    hosts = await store.background.run(open_hosts, region, store, clock, recording)
    bounded = tuple(_within(source, region.cycle_deadline) for source in sources)
    try:
        return await poll(region, bounded, store, hosts, clock, on_report)
    finally:
        await hosts.aclose()


def _within(source: Source, seconds: float) -> Source:
    """The source with no more time for its visit than this."""
    deadline = min(source.pace.deadline, seconds)
    return replace(source, pace=replace(source.pace, deadline=deadline))


def make_release(region: Region, store: Store, out: Path, now: datetime) -> tuple[Snapshot, Release]:
    """Publishes what the store knows at `now`, to `out` and to the region's target.

    What fails alone is left out, and stands in the snapshot's `faults`; the store keeps these, or why nothing could be
    published, for `aggregator status`.
    """
    faults = Faults()
    try:
        with _nothing_collected():
            with faults.isolated(Stage.MATCHING, "all places"):
                update_place_ids(store, region, now, faults)
            snapshot = take(store, region, now, faults)
            release = publish(_files(snapshot, region, faults), out, now, region.keep_releases, faults)
        sent = target_of(region.target).publish(release.path, release.manifest, now)
    except Exception as error:
        with suppress(StoreError):  # what stands in the way of publishing may stand in the way of this, too
            store.note_publish(LastPublish(at=now, failure=described(error), faults=faults.found))
        raise
    with suppress(StoreError):  # the release is out; a disk that is full changes nothing about that
        store.note_publish(LastPublish(at=now, faults=faults.found))
    get_ready(release, out, region.keep_releases)
    return replace(snapshot, faults=faults.found), release._replace(sent=sent)


def _files(snapshot: Snapshot, region: Region, faults: Faults) -> Iterator[File]:
    snapshot, known = publishable(snapshot, faults)
    yield from export_files(snapshot, region, known, faults)
    yield from page_files(snapshot, region, known, faults)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keeps the collector of cycles from searching a snapshot, which has none, again and again while pages are made.

    What was made meanwhile counts as old then, among which it searches rarely.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def tidy(region: Region, store: Store, now: datetime, known: KnownTime) -> int:
    """Moves history that is older than the region keeps into day files beside the database.

    Does nothing while the clock is more than a day ahead of what the database knows: a clock that is a year ahead would
    move all of it away. The next process prunes again, because this one's visits are newer.
    """
    if known.is_far_ahead():
        lines.warning("not pruned", problem=f"the clock says {now:%Y-%m-%d}, more than a day after the newest visit")
        return 0
    return prune(store, now - timedelta(days=region.keep_history), Path(store.path).parent / "history")
