"""Turns values into text in each language of the site: sentences, dates, links, who may book.

Pages, feeds, and calendar files share these texts. Nothing here is escaped.
"""

from aggregator.wording.booking_rules import Restriction, restrictions
from aggregator.wording.calendar import LocalDates, Spell
from aggregator.wording.checked_line import CheckedLine, Moment, checked, iso, moment
from aggregator.wording.context import RenderContext, render_context
from aggregator.wording.languages import Language, available, language
from aggregator.wording.page_links import Link, first_link, site_root, web_link
from aggregator.wording.place_text import (
    address_line,
    credit_link,
    credits_of,
    days_of,
    postal_line,
    shown_slots,
    way_to_look,
    ways_to_book,
    who_may_book,
)
from aggregator.wording.words import LEFT_OUT, OUTCOMES, Words, volume

__all__ = [
    "LEFT_OUT",
    "OUTCOMES",
    "CheckedLine",
    "Language",
    "Link",
    "LocalDates",
    "Moment",
    "RenderContext",
    "Restriction",
    "Spell",
    "Words",
    "address_line",
    "available",
    "checked",
    "credit_link",
    "credits_of",
    "days_of",
    "first_link",
    "iso",
    "language",
    "moment",
    "postal_line",
    "render_context",
    "restrictions",
    "shown_slots",
    "site_root",
    "volume",
    "way_to_look",
    "ways_to_book",
    "web_link",
    "who_may_book",
]
