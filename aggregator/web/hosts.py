"""Holds what all visits of a poll share: the connections, pace, robots.txt, and request counts of each host.

Each host has its own httpx transport, because every request scans the pool of its transport: with one pool for all
hosts that costs 3.7 ms of CPU per request at 50 connections (measured), so 1,000 sources would keep a core busy. What
an httpx client adds (redirects, cookies) is handled per visit or deliberately ignored (proxies of the environment).
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
from aggregator.web.pace import MAX_CONCURRENCY, MIN_SPACING, HostPace, unshared
from aggregator.web.rest import HostRest, HostWaits, MemoryWaits
from aggregator.web.robots import AGENT, Robots
from aggregator.web.shared_pace import SharedPace
from aggregator.web.unpack import ACCEPT_ENCODING
from aggregator.web.urls import netloc, parse_url
from aggregator.web.validators import AnswerStore

TIMEOUT = httpx.Timeout(20.0, connect=10.0).as_dict()
LOOKUPS = 64  # names looked up at once
LARGE_AT_ONCE = 2  # visits that hold answers above `body.LARGE`


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates of all hosts, loaded once, because loading takes 50 ms."""
    return httpx.create_ssl_context()


def user_agent(version: str, contact: str) -> str:
    """The User-Agent header: who we are and how the host's operator can reach us."""
    agent = f"{AGENT}/{version} (+{contact})"
    if not (agent.isascii() and agent.isprintable()):
        raise ConfigError(f"contact: {excerpt(contact)} cannot be sent in an HTTP header; use only ASCII characters")
    return agent


def look_up_many() -> None:
    """Lets the running loop look up many names at once, so that a slow lookup delays no other host.

    asyncio looks names up in threads, by default only four more than there are cores. Call it once per loop.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup"))


def host_name(url: str) -> str:
    """Host and port of a URL, without the default port of its scheme; the URL itself if it is invalid."""
    try:
        return netloc(parse_url(url))
    except httpx.InvalidURL:  # such a URL is never requested
        return url


class Host:
    """One host: its pace, its rest (whether it is left alone), and its connections while visits use them."""

    def __init__(self, name: str, pace: HostPace, rest: HostRest) -> None:
        self.name = name
        self.pace = pace
        self.rest = rest
        self._http: httpx.AsyncBaseTransport | None = None
        self._visits = 0

    def enter(self) -> None:
        """Registers a visit that uses this host."""
        self._visits += 1

    async def leave(self) -> None:
        """Unregisters a visit. After the last one all connections are closed: 1,000 idle ones are 1,000 open files."""
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
    """The hosts of a poll, shared by all its `Client`s.

    `loopback`: connect only to this machine. `transport` replaces the network. `tally` counts the requests by host and
    day until `take_tally`. `waits` stores, between runs, until when and how slowly each host may be used. `shared_pace`
    spaces requests of other processes to the same hosts; None without other processes.
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
        """The host of a URL, which from now on gets requests no faster than `pace`."""
        name = host_name(url)
        if name not in self._hosts:
            floor = 0.0 if self.loopback else MIN_SPACING
            rest = HostRest(name, self.clock, self.waits)
            claim = partial(self._shared_pace.claim, name) if self._shared_pace else unshared
            host_pace = HostPace(pace.spacing, pace.concurrency, self.clock, floor, rest.check, claim)
            host_pace.slow_to(rest.spacing)
            self._hosts[name] = Host(name, host_pace, rest)
        self._hosts[name].pace.tighten(pace.spacing, pace.concurrency)
        return self._hosts[name]

    def new_http(self) -> httpx.AsyncBaseTransport:
        """A new transport for the connections of one host."""
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
        """The requests counted since the last call."""
        taken, self.tally = tuple(self.tally.values()), {}
        return taken

    def return_tally(self, taken: Iterable[HostTally]) -> None:
        """Adds a tally back that could not be saved."""
        for one in taken:
            self._add(one)

    def save_spacings(self) -> None:
        """Saves the increased spacing of hosts in trouble for the next process."""
        for host in self._hosts.values():
            host.rest.save_spacing(host.pace.spacing if host.pace.spacing > host.pace.base else 0.0)

    async def aclose(self) -> None:
        """Closes every connection and releases other processes from this one's pace."""
        for host in self._hosts.values():
            await host.aclose()
        if self._shared_pace:
            await self._shared_pace.leave()
