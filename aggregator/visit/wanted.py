"""Filters out what a source offers besides the products that a region wants (`only` in the region file). Pure."""

from collections.abc import Iterable

from msgspec.structs import replace

from aggregator.clean import Products, products_of
from aggregator.model import Reading, Service


def wanted(reading: Reading, only: Iterable[str], service: Service) -> Reading | None:
    """The reading without products of other groups than `only`; None if nothing remains.

    A slot without a product stays, and so does an unknown product. Slots are checked one by one, because PrepMod lists
    other vaccines on schedules that are titled COVID-19.
    """
    availability, groups = reading.availability, frozenset(only)
    if not groups or availability is None:
        return reading
    known, slots = products_of(service), []
    for slot in availability.slots:
        products = _of_groups(slot.products, groups, known)
        if products or not slot.products:
            slots.append(slot if products == slot.products else replace(slot, products=products))
    offered = _of_groups(availability.products, groups, known)
    if not slots and (availability.slots or (availability.products and not offered)):
        return None
    return Reading(location=reading.location, availability=replace(availability, slots=tuple(slots), products=offered))


def _of_groups(names: tuple[str, ...], groups: frozenset[str], known: Products) -> tuple[str, ...]:
    return tuple(name for name in names if known.groups(name) & groups or known.product(name) is None)
