"""Every check of the contract that takes a recorded visit, as one."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from aggregator.kit.contract.bounds import bound_faults
from aggregator.kit.contract.damage import damage_faults, field_faults, past_faults
from aggregator.kit.contract.foreign import FOREIGN
from aggregator.kit.contract.missing import missing_faults
from aggregator.kit.contract.pages import empty_faults, foreign_faults, not_a_page_faults
from aggregator.kit.contract.replay import Subject
from aggregator.kit.contract.rows import cut_faults, identity_faults, order_faults
from aggregator.kit.contract.state import state_faults
from aggregator.kit.contract.work import work_faults

_CHECKS: tuple[Callable[[Subject], Iterable[str]], ...] = (
    not_a_page_faults,
    empty_faults,
    order_faults,
    cut_faults,
    identity_faults,
    work_faults,
    state_faults,
    damage_faults,
    field_faults,
    missing_faults,
    past_faults,
    partial(foreign_faults, answers=FOREIGN),
    lambda subject: bound_faults(subject.report()),
)


def visit_faults(subject: Subject) -> Iterator[str]:
    """Everything that is wrong with how an adapter reads a recorded visit, whole or damaged."""
    for check in _CHECKS:
        yield from check(subject)
