"""Checks that an adapter keeps no state between calls: context for a row travels with its page."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from aggregator.adapter import Adapter
from aggregator.kit.contract.replay import Subject, replayed


def state_faults(subject: Subject) -> Iterator[str]:
    """Faults if a visit changes the adapter: its attributes, or a list, set, or dict of its class."""
    adapter = subject.make()
    before = _state(adapter)
    replayed(subject.source, adapter, subject.recording, subject.kept)
    after = _state(adapter)
    for name in sorted(before.keys() | after.keys()):
        if name not in before or name not in after or before[name] != after[name]:
            yield f"a visit changes self.{name}; send it along with the page instead: yield page.with_context(…)"


def _state(adapter: Adapter) -> dict[str, Any]:
    """A copy of everything on the adapter and its classes that a call could change."""
    of_classes = {
        name: value
        for kind in reversed(type(adapter).__mro__)
        for name, value in vars(kind).items()
        if isinstance(value, list | set | dict) and not name.startswith("__")
    }
    return deepcopy(of_classes | vars(adapter))
