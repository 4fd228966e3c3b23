"""Creates the `Hosts` of `capture` and `try --live`, which share the pace of a run that is in progress."""

from aggregator import __version__
from aggregator.clock import Clock
from aggregator.config import Region
from aggregator.defaults import DATABASE
from aggregator.store import host_waits_in
from aggregator.web import Hosts, MemoryAnswers, MemoryWaits, SharedPace, user_agent


def live_hosts(region: Region, clock: Clock) -> Hosts:
    """The hosts of a region. Hosts that a run leaves alone are left alone here, too. Answers are not cached."""
    return Hosts(
        user_agent=user_agent(__version__, region.contact),
        clock=clock,
        store=MemoryAnswers(),
        loopback=region.loopback,
        waits=None if region.loopback else MemoryWaits(host_waits_in(DATABASE)),
        shared_pace=None if region.loopback else SharedPace(DATABASE.parent, clock),
    )
