"""Isolates failures while publishing: one broken item is left out and noted, and everything else goes on.

Each stage of a publish wraps its work on one location, place, page, or export in `isolated` or `each`. Errors about the
whole (the database, the release, the region file, memory) are raised.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from aggregator.errors import ConfigError, DamagedRow, PublishError, StoreError, described
from aggregator.model import Fault, Stage
from aggregator.redact import redacted

T = TypeVar("T")
R = TypeVar("R")

RAISED = (StoreError, PublishError, ConfigError, MemoryError)
MOST_LISTED = 1000  # faults of one publish; further ones are only counted


class Isolated:
    """The context manager of `Faults.isolated`."""

    def __init__(self, faults: "Faults", stage: Stage, id: str) -> None:
        self._faults, self._stage, self._id = faults, stage, id

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, Exception):
            self._faults.note(self._stage, self._id, error)
        return isinstance(error, Exception)


class Faults:
    """The faults of one publish. `count`: how often something failed; the same item may fail in several stages."""

    def __init__(self) -> None:
        self.count = 0
        self._found: dict[tuple[Stage, str], Fault] = {}

    @property
    def found(self) -> tuple[Fault, ...]:
        """The first MOST_LISTED faults in order of occurrence, each item once per stage."""
        return tuple(self._found.values())

    def add(self, fault: Fault) -> None:
        self.count += 1
        if len(self._found) < MOST_LISTED:
            self._found.setdefault((fault.stage, fault.id), fault)

    def extend(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self.add(fault)

    def note(self, stage: Stage, id: str, error: Exception) -> None:
        """Notes an error, or raises it if it concerns more than this one item."""
        if isinstance(error, RAISED) and not isinstance(error, DamagedRow):
            raise error
        self.add(Fault(stage=stage, id=" ".join(redacted(id).split()), reason=described(error)))

    def isolated(self, stage: Stage, id: str) -> "Isolated":
        """A context manager whose block may fail without ending anything else: `with faults.isolated(stage, id):`."""
        return Isolated(self, stage, id)

    def each(self, stage: Stage, items: Iterable[T], make: Callable[[T], R], id_of: Callable[[T], str]) -> Iterator[R]:
        """Yields `make(item)` for each item, without the items for which it fails."""
        for item in items:
            try:
                result = make(item)
            except Exception as error:
                self.note(stage, id_of(item), error)
            else:
                yield result


class RaiseAll(Faults):
    """Raises the first error instead of noting it, for callers that want it."""

    def note(self, stage: Stage, id: str, error: Exception) -> None:
        raise error


RAISE_ALL = RaiseAll()
