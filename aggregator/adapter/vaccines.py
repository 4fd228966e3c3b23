"""For adapters of vaccination systems: the vaccines that a text names, by the table of the service `vaccination`."""

from aggregator.clean import products_of
from aggregator.config import service_named

COVID_19 = "covid-19"  # the group of products


def named_in(text: str) -> tuple[str, ...]:
    """The vaccines that a title or note names, in order and without duplicates; other words are ignored."""
    return products_of(service_named("vaccination")).products((text,))[0]


def others_in(text: str) -> tuple[str, ...]:
    """The vaccines that a text names if none of them is against COVID-19; otherwise ()."""
    groups, named = products_of(service_named("vaccination")).groups, named_in(text)
    return () if any(COVID_19 in groups(name) for name in named) else named
