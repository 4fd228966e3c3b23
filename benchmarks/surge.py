"""Simulates a surge of a million residents at once, while the site is published and everything goes wrong.

nginx with the rules of `deploy/` is the origin, a caching nginx in front of it acts as the CDN, wrk plays the
residents, and `aggregator watch` publishes a changing demo region. Meanwhile the publisher is killed and returns as a
new version, the disk for releases fills up, and the origin is cut off. Loopback only. Needs nginx and wrk. A limit
counts as exceeded if residents noticed something.
"""

import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from measure import Line, Table, must
from surge_accidents import accidents
from surge_morning import FEW, MANY, Morning, Plan, morning
from surge_residents import ENCODING, FRESHNESS, MINUTES, WRK, Visit, load
from surge_servers import HOST, NGINX, Server, bare
from tables import Benchmark

from aggregator.serving.headers import SHORT as CACHING

NEAR_BARE = 0.95  # the share of bare nginx's rate that the origin must reach
FLAT = 2.0  # the maximum ratio of requests to the origin with ten times the residents, due to rarely used ZIP codes
KEPT = int(re.findall(r"max-age=(\d+)", CACHING)[0])  # seconds in the edge's cache
SHORT_LIVED = ("/", FRESHNESS)  # requested by a visit besides the ZIP page
GIGABIT = 1e9 / 8  # bytes a second
MILLION = 1_000_000

LONG = Plan(every=8, rounds=15, each=1, warm=10, residents=20, flat_out=8, calm=5, full=20, cut=30)
TINY = Plan(every=2, rounds=1, each=1, warm=1, residents=1, flat_out=1, calm=0, full=3, cut=1)


def beside_bare(what: Morning, plan: Plan) -> Iterator[Line]:
    """Compares the origin with a bare nginx on the same bytes: the compressed home page."""
    page = what.publisher.out / "index.html.gz"
    size = page.stat().st_size
    rates: list[tuple[float, float]] = []
    with bare(what.home / "bare", page) as reference, what.publisher.paused():
        for number in range(plan.rounds):
            pair = (what.origin, Visit(("/",), ())), (reference, Visit(("/page",), ()))
            order = pair if number % 2 else pair[::-1]
            script = what.home / "bare.lua"
            loads = [load(server.base, path, script, plan.each, FEW, think=False) for server, path in order]
            ours, theirs = loads if number % 2 else loads[::-1]
            rates.append((ours.rate, theirs.rate))
    ratio = median(ours / theirs for ours, theirs in rates)
    yield Line("bare nginx, one file of the home page's size", f"{median(t for _, t in rates):,.0f} requests/s")
    yield Line(f"origin alone, home page ({size:,} bytes)", f"{median(o for o, _ in rates):,.0f} requests/s")
    yield Line("origin beside bare nginx", f"{ratio:.3f}", holds=ratio >= NEAR_BARE)


def growing(what: Morning, plan: Plan) -> Iterator[Line]:
    """Shows that ten times the residents hardly change the load of the origin."""
    what.load(what.edge, plan.warm, MANY)
    rates = []
    for connections in (FEW, MANY):
        before, edge_before, began = what.origin.requests(), what.edge.requests(), time.monotonic()
        seen = what.load(what.edge, plan.residents, connections)
        minutes = (time.monotonic() - began) / 60
        behind, answered = what.origin.requests() - before, what.edge.requests() - edge_before
        rates.append(behind / minutes)
        visits = seen.rate / len(what.visit.paths) * 3600
        yield Line(f"{visits:,.0f} visits an hour: edge", f"{seen.rate:,.0f} requests/s")
        yield Line("  answered by the edge", f"{1 - behind / answered:.2%}")
        yield Line("  origin", f"{rates[-1]:,.0f} requests/min")
        yield Line("  p50, p99", f"{seen.p50:.1f}, {seen.p99:.1f} ms")
        yield Line("  errors", f"{seen.failed + seen.refused:,}", holds=not seen.failed + seen.refused)
    growth = rates[1] / rates[0]
    yield Line("origin requests a minute, tenfold residents", f"x {growth:.2f}", holds=growth <= FLAT)
    most = (len(what.visit.zips) + len(SHORT_LIVED)) * 60 / KEPT
    yield Line(f"  of at most {most:,.0f}: each file once in {KEPT} s", f"{rates[1]:,.0f}", holds=rates[1] <= most)
    yield Line("  in an hour", f"{rates[1] * 60:,.0f} requests")


def flat_out(what: Morning, plan: Plan) -> Iterator[Line]:
    """Visits as fast as they are answered."""
    size = bytes_of_a_visit(what.edge, what.visit)
    at_edge = what.load(what.edge, plan.flat_out, FEW, think=False)
    at_origin = what.load(what.origin, plan.flat_out, FEW, think=False)
    must(at_origin.requests > 0, "the origin answered nobody")
    requests = len(what.visit.paths)
    by_port, by_server = GIGABIT / size * 3600, at_origin.rate / requests * 3600
    yield Line("edge, as fast as it answers", f"{at_edge.rate:,.0f} requests/s")
    yield Line("origin without an edge, as fast as it answers", f"{at_origin.rate:,.0f} requests/s")
    yield Line(f"one visit: {requests} requests over {MINUTES:g} minutes", f"{size:,} bytes")
    yield Line("residents an hour, 1 Gbit/s port, no CDN", f"{by_port:,.0f}")
    yield Line("residents an hour, one core of this machine, no CDN", f"{by_server:,.0f}")
    yield Line(
        "a million visits with a CDN, at the edge", f"{size * MILLION / 1e9:,.1f} GB, {requests:,} million requests"
    )


def bytes_of_a_visit(server: Server, visit: Visit) -> int:
    """The bytes sent to a visitor without a cache, including headers, without TLS."""
    total = 0
    for path in visit.paths:
        connection = HTTPConnection(HOST, server.ports.site, timeout=5)
        connection.request(
            "GET", visit.zips[len(visit.zips) // 2] if path == "zip" else path, headers={"Accept-Encoding": ENCODING}
        )
        answer = connection.getresponse()
        total += len(answer.read()) + sum(len(name) + len(value) + 4 for name, value in answer.getheaders()) + 19
        connection.close()
    return total


def measured(plan: Plan) -> Table:
    must(bool(NGINX and WRK), "nginx and wrk are needed (Debian: apt install nginx-light wrk)")
    with tempfile.TemporaryDirectory(prefix="surge-") as folder, morning(Path(folder), plan.every) as what:
        lines = [line for part in (beside_bare, growing, flat_out, accidents) for line in part(what, plan)]
        answered = what.edge.requests()
    return Table("The morning of a million, on one machine", lines, {"requests answered by the edge": answered})


BENCHMARK = Benchmark("surge", measured, full=LONG, tiny=TINY)

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything started is stopped
    sys.exit(BENCHMARK.main())
