"""`Faults`: one failure stays with the one thing it happened to, and everything else goes on.

Each stage of a publish wraps its work on one location, place, page, or export in `isolated` or `each`. What fails is
left out of that stage and noted. Errors about the whole (the database, the release, the region file, memory) pass.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from aggregator.errors import ConfigError, DamagedRow, PublishError, StoreError, described
from aggregator.model import Fault, Stage
from aggregator.redact import redacted

T = TypeVar("T")
R = TypeVar("R")

PASSED_ON = (StoreError, PublishError, ConfigError, MemoryError)
MOST_KEPT = 1000  # of one publish; the rest is counted


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
    """What failed so far in one publish. `count`: how often something failed; the same thing may fail repeatedly."""

    def __init__(self) -> None:
        self.count = 0
        self._found: dict[tuple[Stage, str], Fault] = {}

    @property
    def found(self) -> tuple[Fault, ...]:
        """The first MOST_KEPT of them, each thing once per stage, in the order in which they failed."""
        return tuple(self._found.values())

    def add(self, fault: Fault) -> None:
        self.count += 1
        if len(self._found) < MOST_KEPT:
            self._found.setdefault((fault.stage, fault.id), fault)

    def extend(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self.add(fault)

    def note(self, stage: Stage, id: str, error: Exception) -> None:
        """Notes an error; raises it instead if it is about more than this one thing."""
        if isinstance(error, PASSED_ON) and not isinstance(error, DamagedRow):
            raise error
        self.add(Fault(stage=stage, id=" ".join(redacted(id).split()), reason=described(error)))

    def isolated(self, stage: Stage, id: str) -> "Isolated":
        """A block whose failure ends the block and nothing else: `with faults.isolated(stage, id):`."""
        return Isolated(self, stage, id)

    def each(self, stage: Stage, items: Iterable[T], make: Callable[[T], R], id_of: Callable[[T], str]) -> Iterator[R]:
        """What `make` returns for each item, without the items for which it fails."""
        for item in items:
            try:
                made = make(item)
            except Exception as error:
                self.note(stage, id_of(item), error)
            else:
                yield made


class RaiseAll(Faults):
    """Isolates nothing: for callers that want the first error itself."""

    def note(self, stage: Stage, id: str, error: Exception) -> None:
        raise error


RAISE_ALL = RaiseAll()
