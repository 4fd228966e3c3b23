"""What all visits of a poll share: connections, pace, robots.txt and counts of each host.

One httpx transport per host is deliberate: every request walks the pool of its transport, and one pool for all hosts
costs 3.7 ms of CPU a request at 50 connections (measured), so 1,000 sources would keep one core busy with that alone.
What an httpx client does besides (redirects, cookies) is handled per visit, or deliberately left out (proxies of the
environment).
"""

import asyncio
import ssl
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial

import httpx

from aggregator.clock import Clock
from aggregator.config import Pace
from aggregator.errors import ConfigError, excerpt
from aggregator.model import HostTally
from aggregator.web.connect import Addresses, CheckedTransport
from aggregator.web.pace import MAX_CONCURRENCY, MIN_SPACING, HostPace, alone
from aggregator.web.rest import HostRest, HostWaits, MemoryWaits
from aggregator.web.robots import AGENT, Robots
from aggregator.web.shared_pace import SharedPace
from aggregator.web.unpack import ACCEPT_ENCODING
from aggregator.web.urls import address, netloc
from aggregator.web.validators import AnswerStore

TIMEOUT = httpx.Timeout(20.0, connect=10.0).as_dict()
LOOKUPS = 64  # names looked up at once
LARGE_AT_ONCE = 2  # visits that hold answers above `body.LARGE`


@cache
def _certificates() -> ssl.SSLContext:
    """50 ms each: one for all hosts."""
    return httpx.create_ssl_context()


def user_agent(version: str, contact: str) -> str:
    """Who we are and how a host's operator reaches us."""
    agent = f"{AGENT}/{version} (+{contact})"
    if not (agent.isascii() and agent.isprintable()):
        raise ConfigError(f"contact: {excerpt(contact)} cannot be sent in a header; write it in ASCII")
    return agent


def look_up_many() -> None:
    """Lets the running loop look up many names at once, so that one that takes long delays no other host.

    asyncio looks names up in threads, by default four more than there are cores. To be called once for each loop.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup"))


def host_name(url: str) -> str:
    """The name by which the host of a URL is known: host and port, without the port of its scheme."""
    try:
        return netloc(address(url))
    except httpx.InvalidURL:  # nothing is requested there
        return url


class Host:
    """One host: its pace, whether it is left alone, and its connections while a visit uses them."""

    def __init__(self, name: str, pace: HostPace, rest: HostRest) -> None:
        self.name = name
        self.pace = pace
        self.rest = rest
        self._http: httpx.AsyncBaseTransport | None = None
        self._visits = 0

    def enter(self) -> None:
        """A visit begins to use this host."""
        self._visits += 1

    async def leave(self) -> None:
        """A visit has ended. After the last one nothing stays open: idle connections of 1,000 hosts are 1,000 files."""
        self._visits -= 1
        if self._visits == 0:
            await self.aclose()

    def http(self, hosts: "Hosts") -> httpx.AsyncBaseTransport:
        if self._http is None:
            self._http = hosts.new_http()
        return self._http

    async def aclose(self) -> None:
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()


class Hosts:
    """Shared by every `Client` of a poll.

    `loopback`: only this machine is asked. `transport` answers instead of the network.
    `tally` counts what was asked of each host and day, until somebody takes it. `waits` keeps, between runs, how long
    and how slowly each host is to be left alone. `shared_pace` keeps the spacing to other processes that ask the same
    host; None where there are none.
    """

    def __init__(
        self,
        user_agent: str,
        clock: Clock,
        store: AnswerStore,
        loopback: bool,
        transport: httpx.AsyncBaseTransport | None = None,
        waits: HostWaits | None = None,
        shared_pace: SharedPace | None = None,
    ) -> None:
        self.clock = clock
        self.store = store
        self.loopback = loopback
        self.robots = Robots(store, clock)
        self.tally: dict[str, HostTally] = {}  # by "YYYY-MM-DD host"
        self.large = asyncio.Semaphore(LARGE_AT_ONCE)  # bounds the memory of the process; docs/operate.md states it
        self.on_network = transport is None
        self.addresses = Addresses(loopback)
        self._transport = transport
        self.headers = {"accept": "*/*", "accept-encoding": ACCEPT_ENCODING, "user-agent": user_agent}
        self._hosts: dict[str, Host] = {}
        self.waits = waits or MemoryWaits()
        self._shared_pace = shared_pace

    def host(self, url: str, pace: Pace) -> Host:
        """The host of a URL, asked no faster than `pace` from now on."""
        name = host_name(url)
        if name not in self._hosts:
            floor = 0.0 if self.loopback else MIN_SPACING
            rest = HostRest(name, self.clock, self.waits)
            claim = partial(self._shared_pace.claim, name) if self._shared_pace else alone
            paced = HostPace(pace.spacing, pace.concurrency, self.clock, floor, rest.check, claim)
            paced.slow_to(rest.spacing)
            self._hosts[name] = Host(name, paced, rest)
        self._hosts[name].pace.tighten(pace.spacing, pace.concurrency)
        return self._hosts[name]

    def new_http(self) -> httpx.AsyncBaseTransport:
        """The connections of one host."""
        return self._transport or CheckedTransport(self.addresses, _certificates(), MAX_CONCURRENCY)

    def count(
        self, host: str, *, requests: int = 0, not_modified: int = 0, failures: int = 0, received: int = 0
    ) -> None:
        """Adds to today's tally of a host."""
        day = self.clock.now().date().isoformat()
        self._add(
            HostTally(
                host=host, day=day, requests=requests, not_modified=not_modified, failures=failures, received=received
            )
        )

    def _add(self, more: HostTally) -> None:
        key = f"{more.day} {more.host}"
        old = self.tally.get(key)
        self.tally[key] = (
            more
            if old is None
            else HostTally(
                host=more.host,
                day=more.day,
                requests=old.requests + more.requests,
                not_modified=old.not_modified + more.not_modified,
                failures=old.failures + more.failures,
                received=old.received + more.received,
            )
        )

    def take_tally(self) -> tuple[HostTally, ...]:
        """What was counted since the last call."""
        taken, self.tally = tuple(self.tally.values()), {}
        return taken

    def return_tally(self, taken: Iterable[HostTally]) -> None:
        """Counts again what could not be saved."""
        for one in taken:
            self._add(one)

    def save_spacings(self) -> None:
        """Keeps, for the next process, how slowly the hosts in trouble are asked."""
        for host in self._hosts.values():
            host.rest.save_spacing(host.pace.spacing if host.pace.spacing > host.pace.base else 0.0)

    async def aclose(self) -> None:
        """Closes every connection, and lets other processes ask at their own pace."""
        for host in self._hosts.values():
            await host.aclose()
        if self._shared_pace:
            await self._shared_pace.leave()
