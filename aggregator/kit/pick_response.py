"""Which answer of a visit an adapter should read, and which rows in it."""

from collections.abc import Sequence
from typing import NamedTuple

from aggregator.adapter import Page
from aggregator.errors import ConfigError
from aggregator.har.writer import Exchange
from aggregator.kit.describe import Description, RowsFound, describe
from aggregator.kit.expressions import CsvRows, HtmlRows, JsonRows, Rows, literal
from aggregator.kit.json_rows import rows_at

LONGEST = 100  # characters of a selector or path, which is a line of the adapter


class Choice(NamedTuple):
    """The answer to read, what it looks like, its rows and what was seen of them."""

    exchange: Exchange
    description: Description
    found: RowsFound
    rows: Rows
    page: Page


def choose(exchanges: Sequence[Exchange]) -> Choice:
    """The likeliest rows of all answers; ConfigError says what each answer is where none has rows."""
    choices: list[Choice] = []
    seen: list[str] = []
    for exchange in exchanges:
        page = Page(exchange.answer)
        description = describe(page)
        usable = ((found, rows) for found in description.found if (rows := rows_of(page, found)) is not None)
        if best := next(usable, None):
            choices.append(Choice(exchange, description, *best, page))
        seen.append("\n    ".join(description.sentences()))
    if not choices:
        listed = "\n  ".join(seen)
        raise ConfigError(
            f"none of the {len(exchanges)} answers has rows that an adapter could be drafted for; record again with "
            f"the list open, or write the adapter by hand after providers/harbor_drug.py. What there is:\n  {listed}"
        )
    return max(choices, key=lambda choice: choice.found.score)


def rows_of(page: Page, found: RowsFound) -> Rows | None:
    """What is known of the rows; None where an adapter's `rows` cannot name them."""
    if literal(found.rows) is None or len(found.rows) > LONGEST:
        return None
    if found.kind == "html":
        return HtmlRows(found.fields)
    if found.kind == "csv":
        return CsvRows(page.csv)
    rows = rows_at(page, found.rows)
    return JsonRows(rows) if rows and isinstance(rows[0], dict) else None
