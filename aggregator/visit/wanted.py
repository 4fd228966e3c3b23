"""Leaves out what a source offers besides the region's own service (`only` in the region file). Pure."""

from msgspec.structs import replace

from aggregator.clean import is_covid, product
from aggregator.model import Reading


def wanted(reading: Reading, only: str) -> Reading | None:
    """The reading without what is not of the region's disease; None where nothing else is offered there.

    PrepMod puts other vaccines on schedules that call themselves COVID-19; a slot without a product counts.
    """
    availability = reading.availability
    if only != "covid-19" or availability is None:
        return reading
    slots = []
    for slot in availability.slots:
        products = _of_covid(slot.products)
        if products or not slot.products:
            slots.append(slot if products == slot.products else replace(slot, products=products))
    offered = _of_covid(availability.products)
    if not slots and (availability.slots or (availability.products and not offered)):
        return None
    kept = replace(availability, slots=tuple(slots), products=offered)
    return Reading(location=reading.location, availability=kept)


def _of_covid(products: tuple[str, ...]) -> tuple[str, ...]:
    """Those for COVID-19, and those that nobody knows."""
    return tuple(name for name in products if is_covid(name) or product(name) is None)
