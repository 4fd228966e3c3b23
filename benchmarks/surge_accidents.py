"""Simulates the accidents of the surge, one after the other, while residents use the edge."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from measure import Line
from surge_checker import Checker
from surge_morning import FEW, Morning, Plan
from surge_residents import begin, end, visit_of

LONGEST = 600  # maximum seconds that the residents stay


def accidents(what: Morning, plan: Plan) -> Iterator[Line]:
    """Runs all accidents while residents use the edge."""
    with Checker(what.edge.base, what.publisher, what.visit) as checker:
        wrk = begin(what.edge.base, what.visit, what.home / "visit.lua", LONGEST, FEW, think=True)
        try:
            time.sleep(plan.calm)
            yield from killed(what)
            yield from disk_full(what, plan)
            yield from cut_off(what, plan, checker)
            time.sleep(plan.calm)
        finally:
            seen = end(wrk)
    wrong = seen.failed + seen.refused
    yield Line(f"all the while ({seen.seconds:.0f} s), edge", f"{seen.rate:,.0f} requests/s")
    yield Line("  p50, p99", f"{seen.p50:.1f}, {seen.p99:.1f} ms")
    yield Line("  errors", f"{wrong:,} of {seen.requests:,}", holds=not wrong)
    yield Line(
        "  looked at closely", f"{checker.pages:,} pages, {checker.fetched:,} answers, {checker.switches} releases"
    )
    yield Line(
        "  answers that mix two releases: named, not there", f"{len(checker.problems)}", holds=not checker.problems
    )
    for problem in checker.problems[:5]:
        yield Line("", problem)


def killed(what: Morning) -> Iterator[Line]:
    """Kills the publisher as a power cut would; it returns as a new version with another script."""
    publisher = what.publisher
    before, script = publisher.release(), scripts(what)
    publisher.kill()
    publisher.renew()
    publisher.start()
    publisher.wait_for_release(before)
    renewed = scripts(what) != script
    yield Line("publisher killed", "publishes again, as a new version" if renewed else "the old version", holds=renewed)


def disk_full(what: Morning, plan: Plan) -> Iterator[Line]:
    publisher, writer = what.publisher, what.publisher.process.pid
    what.disk.fill(writer)
    before, known = publisher.release(), len(publisher.output())
    time.sleep(plan.full)
    stood = publisher.release() == before and publisher.process.poll() is None
    reported = what.disk.reason in publisher.output()[known:]
    what.disk.free(writer)
    yield Line(f"disk of releases full for {plan.full} s", what.disk.how)
    yield Line("  the last release stays, the publisher lives", "yes" if stood else "no", holds=stood)
    yield Line(f"  the publisher says: {what.disk.reason}", "yes" if reported else "no", holds=reported)
    publisher.wait_for_release(before)
    yield Line("  room again", "published again")


def cut_off(what: Morning, plan: Plan, checker: Checker) -> Iterator[Line]:
    checker.cut = True
    what.origin.stop()
    time.sleep(plan.cut)
    made = checker.made
    age = (datetime.now(UTC) - made).total_seconds()
    what.origin.start()
    checker.cut = False
    yield Line(f"origin cut off for {plan.cut} s", f"the page says that it was made {age:.0f} s ago")
    caught_up = checker.see_newer(made)
    yield Line("  origin back", "the page is new again" if caught_up else "the page stays old", holds=caught_up)


def scripts(what: Morning) -> tuple[str, ...]:
    return tuple(path for path in visit_of(what.publisher.out).paths if path.endswith(".js"))
