"""The whole contract: each check with the promise that it tests, and all of them on one adapter."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from aggregator import registry
from aggregator.har import load_recording
from aggregator.kit import cases
from aggregator.kit.contract.adapter_file import header_faults, import_faults, name_faults
from aggregator.kit.contract.bounds import bound_faults
from aggregator.kit.contract.damage import damage_faults, field_faults, past_faults
from aggregator.kit.contract.foreign import FOREIGN
from aggregator.kit.contract.missing import missing_faults
from aggregator.kit.contract.no_state import state_faults
from aggregator.kit.contract.replay import Subject
from aggregator.kit.contract.row_order import cut_faults, identity_faults, order_faults
from aggregator.kit.contract.work import work_faults
from aggregator.kit.contract.wrong_pages import empty_faults, foreign_faults, not_a_page_faults
from aggregator.kit.traced import load_adapter

CHECKS: Mapping[str, Callable[[Subject], Iterable[str]]] = {
    "what is not a page is never an answer": not_a_page_faults,
    "a page without rows is empty only if it says so": empty_faults,
    "answers of other systems are refused": lambda subject: foreign_faults(subject, FOREIGN),
    "the order of rows does not matter": order_faults,
    "fewer rows give fewer places": cut_faults,
    "two visits give the same locations": identity_faults,
    "every value is within its bounds": lambda subject: bound_faults(subject.undamaged),
    "listing only reads what it is given": work_faults,
    "a visit leaves no state on the adapter": state_faults,
    "damaged answers lose places and turn none round": damage_faults,
    "damaged fields lose places and turn none round": field_faults,
    "a name that changes is never taken for no appointments": missing_faults,
    "dates in the past are no appointments": past_faults,
}


def adapter_faults(name: str, adapters: str = "") -> Iterator[str]:
    """All faults of a provider's adapter. `adapters`: the operator's own folder.

    AdapterFault if its file cannot be imported, ConfigError if there is none or a case is invalid.
    """
    kind, origin = load_adapter(name, adapters), registry.origin(name, adapters)
    yield from () if origin.entry else name_faults(kind, origin.path)
    yield from header_faults(origin.path)
    yield from import_faults(origin.path)
    folder = cases.case_folder(name, adapters)
    found = [cases.load(path) for path in sorted(folder.glob("*.toml"))]
    recorded = [case for case in found if case.recording.is_file()]
    if not recorded:
        yield f"{folder}: has no case with its recording to check the adapter with; put both there"
    for case in recorded:
        yield from (f"{case.path.stem}: {fault}" for fault in _case_faults(case))


def _case_faults(case: cases.Case) -> Iterator[str]:
    subject = Subject(case.source, registry.of(case.source), load_recording([case.recording]), cases.kept_before(case))
    yield from cases.disagreements(case, subject.undamaged) if case.expect is not None else ()
    yield from visit_faults(subject)


def visit_faults(subject: Subject) -> Iterator[str]:
    """The faults in reading a recorded visit, intact or damaged, each with the promise it breaks."""
    for promise, check in CHECKS.items():
        yield from (f"{promise}: {fault}" for fault in check(subject))
