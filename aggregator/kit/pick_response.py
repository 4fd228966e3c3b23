"""Picks the response that an adapter should read: the one whose rows look most like places."""

from collections.abc import Sequence
from typing import NamedTuple

from aggregator.adapter import Page
from aggregator.errors import ConfigError
from aggregator.har import Exchange
from aggregator.kit.describe import Description, RowsFound, describe


class Pick(NamedTuple):
    """The response to read, its description, and the `others` that have rows, best first."""

    exchange: Exchange
    page: Page
    description: Description
    others: tuple[Description, ...] = ()

    @property
    def found(self) -> RowsFound:
        return self.description.found[0]


def pick(exchanges: Sequence[Exchange]) -> Pick:
    """The likeliest response; if none has rows, a ConfigError describes each of them."""
    pages = [Page(exchange.answer) for exchange in exchanges]
    described = [Pick(*each, describe(each[1])) for each in zip(exchanges, pages, strict=True)]
    best, *others = sorted(described, key=lambda each: -each.description.score)
    if not best.description.found:
        listed = "\n  ".join("\n    ".join(each.description.sentences()) for each in described)
        raise ConfigError(
            f"none of the {len(exchanges)} responses has rows for an adapter; record the visit again with the list "
            f"open, or write the adapter by hand. The responses are:\n  {listed}"
        )
    return best._replace(others=tuple(other.description for other in others if other.description.found))
