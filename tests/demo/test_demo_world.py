"""Harbor County at one tick: invented, the same in every process, and slightly different at the next tick."""

import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import zipcodes

from aggregator.demo.made_up_places import CLINIC_VENUES, HOSPITALS, STORES, TOWNS
from aggregator.demo.world import OPEN_FOR, ROUND, World
from tests.support.paths import ROOT

TODAY = date(2021, 5, 13)
NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 16, 20, tzinfo=UTC)
NAMES = [venue.name for venue in (*CLINIC_VENUES, *HOSPITALS, *STORES)]

DIGEST = """
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlsplit
from aggregator.config.region import load_region
from aggregator.demo.servers import REGION_FILE, systems
from aggregator.demo.simulated_site import SimulatedRequest, answer
from aggregator.demo.world import World
digest = sha256()
for tick in (0, 1, 7):
    world = World(tick=tick, now=datetime(2021, 5, 13, 16, 20, tzinfo=UTC))
    answering = systems(lambda: world)
    for source in load_region(REGION_FILE).sources:
        for path in (urlsplit(source.url).path, "/smart/slots-week-1.ndjson", "/smart/slots-week-2.ndjson"):
            request = SimulatedRequest(base="http://127.0.0.1:1", path=path)
            digest.update(answer(answering[source.name], request).body.encode())
print(digest.hexdigest())
"""


def test_no_demo_place_can_be_mistaken_for_a_real_one() -> None:
    written = [re.findall(r"\d{5}", venue.address)[-1] for venue in CLINIC_VENUES]
    for code in [*written, *(town.zip for town in TOWNS.values())]:
        assert not zipcodes.is_real(code), code  # type: ignore[no-untyped-call]
    assert set(written) <= {town.zip for town in TOWNS.values()}


def test_demo_places_have_unique_names_and_numbers() -> None:
    assert len(set(NAMES)) == len(NAMES)
    numbers = [venue.number for venue in (*HOSPITALS, *STORES)]
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"508-555-01\d\d", venue.phone) for venue in (*HOSPITALS, *STORES))


def test_responses_are_byte_identical_in_every_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            cwd=ROOT,
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(digests) == 1


def taken(tick: int) -> dict[str, float]:
    world = World(tick=tick, now=NOW)
    return {name: world.taken(name) for name in NAMES}


@pytest.mark.parametrize("tick", range(1, 30))
def test_a_tick_changes_some_places_and_opens_or_closes_about_three(tick: int) -> None:
    before, after = taken(tick - 1), taken(tick)
    changed = [name for name in NAMES if before[name] != after[name]]
    turned = [name for name in NAMES if (before[name] == 1) != (after[name] == 1)]
    assert 0 < len(changed) < len(NAMES) / 2
    assert 1 <= len(turned) <= 5


def test_three_places_open_or_close_per_tick_on_average() -> None:
    ticks = [taken(tick) for tick in range(ROUND + 1)]
    turns = sum((before[name] == 1) != (after[name] == 1) for before, after in pairwise(ticks) for name in NAMES)
    assert turns / ROUND == pytest.approx(3, abs=0.2)


def test_while_a_place_is_open_its_appointments_only_decrease() -> None:
    shares = [taken(tick)["Eelgrass Fairgrounds"] for tick in range(ROUND * 2)]
    opened = next(n for n in range(1, ROUND + 1) if shares[n - 1] == 1 and shares[n] < 1)
    open_shares = shares[opened : opened + OPEN_FOR]
    assert open_shares == sorted(open_shares)
    assert open_shares[0] < open_shares[-1]


def test_one_venue_is_missing_at_every_fifth_tick() -> None:
    def venues(tick: int) -> set[str]:
        return {clinic.venue.name for clinic in World(tick=tick, now=NOW).clinics()}

    everyone = {venue.name for venue in CLINIC_VENUES}
    assert [tick for tick in range(12) if venues(tick) != everyone] == [5, 10]
    assert len(everyone - venues(5)) == 1


@pytest.mark.parametrize("seed", [2021, 7])
def test_every_offered_day_is_within_two_weeks_from_tomorrow(seed: int) -> None:
    world = World(tick=3, now=NOW, seed=seed)
    days = {clinic.day for clinic in world.clinics()}
    days |= {each.start.date() for venue in (*HOSPITALS, *STORES) for each in world.appointments(venue, 1)}
    assert TODAY + timedelta(days=1) <= min(days) <= max(days) <= TODAY + timedelta(days=14)


def test_clinic_ids_are_not_reused_the_next_day() -> None:
    today = World(tick=0, now=NOW).clinics()
    tomorrow = World(tick=0, now=NOW + timedelta(days=1)).clinics()
    clinics = {(clinic.id, clinic.venue.name, clinic.day, clinic.product) for clinic in (*today, *tomorrow)}
    assert len({clinic_id for clinic_id, *_ in clinics}) == len(clinics)
