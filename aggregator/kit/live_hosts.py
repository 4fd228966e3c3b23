"""Hosts for `capture` and `try --live`, at the pace of a run and shared with a run under way."""

from aggregator import __version__
from aggregator.clock import Clock
from aggregator.config import Region
from aggregator.defaults import DATABASE
from aggregator.store import host_waits_in
from aggregator.web import Hosts, MemoryAnswers, MemoryWaits, SharedPace, user_agent


def live_hosts(region: Region, clock: Clock) -> Hosts:
    """Hosts that a run backs off from are left alone here, too. Answers are not cached."""
    return Hosts(
        user_agent=user_agent(__version__, region.contact),
        clock=clock,
        store=MemoryAnswers(),
        loopback=region.loopback,
        waits=None if region.loopback else MemoryWaits(host_waits_in(DATABASE)),
        shared_pace=None if region.loopback else SharedPace(DATABASE.parent, clock),
    )
