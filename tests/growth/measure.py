"""Measures how CPU time grows with the size of an input.

Linear work takes four times as long for four times the input, quadratic work sixteen times. The limit in between is 8.
CPU time, and the best of three, because other processes share the machine.
"""

import gc
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from heapq import nlargest
from types import FrameType
from typing import NamedTuple

LIMIT = 8.0  # maximum ratio for four times the input
NOISE = 0.001  # seconds; below this, the clock and the machine's caches dominate
FLOOR = 0.006  # seconds for the larger input, above which a ratio is reliable
CERTAIN = 0.1  # seconds, too long for noise to double: the ratio is not measured again
CLEAR = 20  # ratio to quick work, after which slower work is not searched for
ENDLESS = 2.0  # CPU seconds for one input, after which it counts as exponential

Prepare = Callable[[int], Callable[[], object]]  # makes an input of a size and returns the work on it


class Work(NamedTuple):
    """Work on one kind of input. `what` starts the sentence "… takes 3 s".

    `quick`: seconds; work that takes less with the first size cannot be quadratic.
    """

    what: str
    prepare: Prepare
    quick: float


class Endless(BaseException):  # a BaseException, so that no reader catches it
    """A run that took more than ENDLESS seconds."""


def seconds(run: Callable[[], object]) -> float:
    """CPU seconds of one run.

    Measured for the thread: the process clock counts in milliseconds while `at_most` has a timer on it.
    """
    collecting = gc.isenabled()
    gc.disable()
    began = time.thread_time()
    try:
        run()
    finally:
        took = time.thread_time() - began
        if collecting:
            gc.enable()
    return took


def first_fault(works: Iterable[Work], size: int, most: int, measured: int) -> str:
    """The first growth fault among the works, "" if there is none.

    Each is tried once with an input of `size`. Of those that are not quick, the slowest ones are measured.
    """
    slow: list[tuple[float, Work]] = []
    for work in works:
        try:
            with at_most(ENDLESS):
                times = seconds(work.prepare(size)) / work.quick
        except Endless:
            return f"{work.what} does not end within {ENDLESS:g} s for an input of size {size}"
        if times > 1:
            slow.append((times, work))
            if times > CLEAR:
                break
    for _, work in nlargest(measured, slow, key=lambda one: one[0]):
        if fault := growth_fault(work.prepare, size, most):
            return f"{work.what} {fault}"
    return ""


def growth_fault(prepare: Prepare, size: int, most: int) -> str:
    """The fault in how the work grows, "" if there is none.

    Sizes from `size` to `most` are tried until one takes long enough to be measured; if an input of `most` is still too
    quick, the work is fast enough. A ratio that is too high is measured again with twice the size before it counts.
    """
    try:
        with at_most(ENDLESS):
            return _fault(prepare, size, most)
    except Endless:
        return f"did not end within {ENDLESS:g} s, starting with an input of size {size}"


def _fault(prepare: Prepare, size: int, most: int) -> str:
    while (small := seconds(prepare(size))) < NOISE and size < most:
        size = min(most, size * (4 if small < NOISE / 8 else 2))
    fault = ""
    for _ in range(3):
        large = seconds(prepare(4 * size))
        if large < FLOOR:
            return ""
        small = min(small, *(seconds(prepare(size)) for _ in range(2)))
        if large >= LIMIT * small:
            large = min(large, *(seconds(prepare(4 * size)) for _ in range(2)))
        if large < max(FLOOR, LIMIT * small):
            return ""
        times = large / max(small, 1e-6)
        fault = f"takes {small:.4f} s for size {size} and {large:.4f} s for {4 * size}: {times:.1f} times"
        if large > CERTAIN:
            break
        size *= 2
        small = seconds(prepare(size))
    return fault


@contextmanager
def at_most(cpu_seconds: float) -> Iterator[None]:
    """Raises Endless in work that takes longer; also inside a regular expression, which checks for signals."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Endless

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
