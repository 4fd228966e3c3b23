"""The faults, by kind. Pages imitate the shape of real ones but are never copied."""

from tests.fault_matrix.fault import Fault
from tests.fault_matrix.faults import (
    bodies,
    caches,
    connections,
    contents,
    encodings,
    error_pages,
    redirects,
    renamed,
    robots,
    statuses,
    turned_away,
    waiting_rooms,
)

ALL: dict[str, Fault] = {
    fault.name: fault
    for faults in (
        connections.FAULTS,
        statuses.FAULTS,
        bodies.FAULTS,
        encodings.FAULTS,
        waiting_rooms.FAULTS,
        error_pages.FAULTS,
        turned_away.FAULTS,
        redirects.FAULTS,
        robots.FAULTS,
        caches.FAULTS,
        contents.FAULTS,
        renamed.FAULTS,
    )
    for fault in faults
}
