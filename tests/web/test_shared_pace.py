"""Processes with one data folder request a host no more often than one process would."""

import subprocess
import sys
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
import structlog

from aggregator.config.region import Pace
from aggregator.cycle import open_hosts
from aggregator.defaults import DATABASE
from aggregator.errors import LeftAlone
from aggregator.kit.live_hosts import live_hosts
from aggregator.model import HostWait
from aggregator.store.store import Store
from aggregator.store.waits import HostWaitStore
from aggregator.web.client import Client, Hosts
from aggregator.web.pace import RESOLUTION, HostPace
from aggregator.web.shared_pace import FOLDER, LOCK_RETRY, REMEMBERED, TRIES, SharedPace
from aggregator.web.validators import MemoryAnswers
from tests.support.memory_hosts import AGENT, HOME, NOW, SEARCH, HandClock, Host, run, source
from tests.support.records import region

HOST = "a.example"
CLAIMS = """
import asyncio, os, sys
from pathlib import Path
from aggregator.clock import SystemClock
from aggregator.web.pace import HostPace
from aggregator.web.shared_pace import SharedPace, _read
data, clock = Path(sys.argv[1]), SystemClock()
shared = SharedPace(data, clock)
async def work():
    pace = HostPace(0.05, 2, clock, 0.0, claim=lambda spacing: shared.claim("a.example", spacing))
    for _ in range(4):
        async with pace:
            file = os.open(data / "pace" / "a.example.txt", os.O_RDONLY)
            print(next(note.started for note in _read(file) if note.process == shared._process))
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(work())
"""
HOLDS = """
import sys
from pathlib import Path
from aggregator.web.shared_pace import _locked
with _locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def process(data: Path, clock: HandClock, spacing: float) -> HostPace:
    """The pace of one host in another process."""
    return HostPace(spacing, 2, clock, 0.0, claim=partial(SharedPace(data, clock).claim, HOST))


def started(path: Path, code: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, str(path)]
    return subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_two_processes_keep_the_same_spacing_as_one(tmp_path: Path) -> None:
    clock = HandClock()
    one, other = process(tmp_path, clock, 1.0), process(tmp_path, clock, 1.0)

    async def work() -> list[float]:
        begun = []
        for pace in (one, other, other, one):
            async with pace:
                begun.append(clock.monotonic())
        return begun

    assert run(work()) == pytest.approx([0.0, 1.0, 2.0, 3.0])


def test_processes_that_really_run_at_once_keep_the_spacing(tmp_path: Path) -> None:
    both = [started(tmp_path, CLAIMS) for _ in range(2)]
    assert [one.stdout.readline() for one in both if one.stdout] == ["ready\n"] * 2
    for one in both:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    begun = sorted(float(line) for one in both for line in one.communicate(timeout=20)[0].split())
    assert [one.returncode for one in both] == [0, 0]
    assert len(begun) == 8
    assert min(after - before for before, after in pairwise(begun)) >= 0.05 - RESOLUTION


def test_the_slowest_process_sets_the_spacing_for_all(tmp_path: Path) -> None:
    clock = HandClock()
    patient, hasty = process(tmp_path, clock, 1.0), process(tmp_path, clock, 1.0)

    async def work() -> list[float]:
        patient.crawl_delay(20.0)
        begun = []
        for pace in (patient, hasty, hasty):
            async with pace:
                begun.append(clock.monotonic())
        return begun

    assert run(work()) == pytest.approx([0.0, 20.0, 40.0])


def test_a_process_that_ended_is_forgotten_after_a_while(tmp_path: Path) -> None:
    clock = HandClock()

    async def claims() -> list[float]:
        found = [await SharedPace(tmp_path, clock).claim(HOST, 30.0)]
        clock.elapsed += REMEMBERED - 1
        found.append(await (own := SharedPace(tmp_path, clock)).claim(HOST, 1.0))
        clock.elapsed += 2
        found.append(await own.claim(HOST, 1.0))
        return found

    assert run(claims()) == [0.0, 0.0, 0.0]
    assert len((tmp_path / FOLDER / f"{HOST}.txt").read_text().splitlines()) == 1


def test_a_process_that_ends_leaves_its_last_request_time_but_not_its_spacing(tmp_path: Path) -> None:
    clock = HandClock()
    slow = SharedPace(tmp_path, clock)

    async def claims() -> list[float]:
        found = [await slow.claim(HOST, 60.0)]
        found.append(await SharedPace(tmp_path, clock).claim(HOST, 1.0))
        await slow.leave()
        found.append(await SharedPace(tmp_path, clock).claim(HOST, 1.0))
        return found

    assert run(claims()) == [0.0, 60.0, 1.0]


def test_records_from_before_a_reboot_are_ignored(tmp_path: Path) -> None:
    clock = HandClock()
    clock.elapsed = 5000.0
    assert run(SharedPace(tmp_path, clock).claim(HOST, 30.0)) == 0.0
    clock.elapsed = 7.0
    assert run(SharedPace(tmp_path, clock).claim(HOST, 30.0)) == 0.0


@pytest.mark.parametrize("damage", [b"", b"\x00\xff\n", b"one 0.0 nan\n", b"one nan 1.0\n", b"one 0.0 inf\n", b"1 2\n"])
def test_a_damaged_file_counts_as_empty(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / f"{HOST}.txt").write_bytes(damage)
    shared = SharedPace(tmp_path, HandClock())
    assert [run(shared.claim(HOST, 2.0)) for _ in range(2)] == [0.0, 2.0]


def test_a_process_stopped_or_killed_with_the_lock_blocks_nobody(tmp_path: Path) -> None:
    clock = HandClock()
    shared = SharedPace(tmp_path, clock)
    run(shared.claim(HOST, 1.0))
    holder = started(tmp_path / FOLDER / f"{HOST}.txt", HOLDS)
    assert holder.stdout
    try:
        assert holder.stdout.readline() == "held\n"
        assert run(shared.claim(HOST, 1.0)) == 0.0
        assert clock.slept == [LOCK_RETRY] * TRIES
    finally:
        holder.kill()
        holder.communicate(timeout=20)
    clock.slept.clear()
    run(SharedPace(tmp_path, clock).claim(HOST, 1.0))
    assert clock.slept == []


def test_an_unwritable_folder_is_reported_once_and_stops_no_visit(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("in the way")
    shared = SharedPace(tmp_path, HandClock())
    with structlog.testing.capture_logs() as lines:
        assert [run(shared.claim(HOST, 1.0)) for _ in range(2)] == [0.0, 0.0]
    assert [line["event"] for line in lines] == ["pace not shared"]
    assert str(tmp_path / FOLDER) in lines[0]["problem"]


def test_without_a_data_folder_nothing_is_shared(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as lines:
        assert run(SharedPace(tmp_path / "data", HandClock()).claim(HOST, 1.0)) == 0.0
    assert lines == []
    assert list(tmp_path.iterdir()) == []


def test_visits_of_two_processes_share_the_pace_of_a_host(tmp_path: Path) -> None:
    clock, begun = HandClock(), list[float]()

    def answered(request: httpx.Request) -> httpx.Response:
        begun.append(clock.monotonic())
        return httpx.Response(200, text="a page")

    def visit() -> Client:
        shared = SharedPace(tmp_path, clock)
        hosts = Hosts(AGENT, clock, MemoryAnswers(), False, Host(answered).transport(), shared_pace=shared)
        return Client(source(pace=Pace(spacing=3.0)), hosts)

    async def work() -> None:
        async with visit() as one, visit() as other:
            for client in (one, other, other, one):
                await client.get(SEARCH)

    run(work())
    assert len(begun) == 4
    assert min(after - before for before, after in pairwise(begun)) >= 3.0 - RESOLUTION


def test_manual_commands_respect_a_host_pause_set_by_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def start() -> None:
        async with live_hosts(region(), HandClock()).host(HOME, Pace()).pace:
            pass

    run(start())  # without a database
    until = NOW + timedelta(hours=1)
    with Store(DATABASE) as store:
        HostWaitStore(store).save(HostWait(host="clinics.example.org", since=NOW, until=until, reason="refuses us"))
        run(store.background.done())
        with pytest.raises(LeftAlone, match="refuses us, so we send it nothing until"):
            run(start())


def test_runs_and_manual_commands_share_the_folder_of_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, clock = region(), HandClock()
    monkeypatch.chdir(tmp_path)

    async def start(hosts: Hosts) -> float:
        async with hosts.host(HOME, Pace(spacing=3.0)).pace:
            return clock.monotonic()

    with Store(DATABASE) as store, Store(Path("data/other.db")) as other:
        begun = [
            run(start(hosts))
            for hosts in (open_hosts(here, store, clock), open_hosts(here, other, clock), live_hosts(here, clock))
        ]
    assert begun == pytest.approx([0.0, 3.0, 6.0])
    assert [path.name for path in Path("data", FOLDER).iterdir()] == ["clinics.example.org.txt"]
