"""Filters out what a source offers besides the region's service (`only` in the region file). Pure."""

from msgspec.structs import replace

from aggregator.clean import is_covid, product
from aggregator.model import Reading


def wanted(reading: Reading, only: str) -> Reading | None:
    """The reading without products for other diseases; None if nothing remains.

    A slot without a product stays. Slots are checked one by one, because PrepMod lists other vaccines on schedules that
    are titled COVID-19.
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
    return Reading(location=reading.location, availability=replace(availability, slots=tuple(slots), products=offered))


def _of_covid(products: tuple[str, ...]) -> tuple[str, ...]:
    """The products for COVID-19, and unknown ones."""
    return tuple(name for name in products if is_covid(name) or product(name) is None)
