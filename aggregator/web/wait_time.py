"""Reads a waiting room's own estimate of the wait, in English, Spanish, and French.

Only unambiguous times count: a time in a sentence about waiting, or one on a line of its own, as on PrepMod's page.
Such pages also state other times: how often they refresh, and how long a person then has to book.
"""

import re
from collections.abc import Iterator

from aggregator.web.page_text import BREAK, visible_text

LONGEST = 24 * 60  # minutes; a longer time is an error or means something else

_HOURS, _MINUTES = r"(?:hours?|hrs?|horas?|heures?)\b", r"(?:minutes?|mins?|minutos?)\b"
_OPEN_ENDED = r"(?<!more than )(?<!over )(?<!at least )(?<!más de )(?<!mas de )(?<!plus de )"
# of "10 to 15 minutes" the longer time counts
_LOWER = rf"(?:\d{{1,4}} ?(?:and|(?:(?:{_HOURS}|{_MINUTES}) ?)?(?:-|–|to|or|a|à|o|ou)) ?)?"
_SPAN = (
    rf"(?<![\d.,]){_OPEN_ENDED}{_LOWER}"
    rf"(?:(?P<hours>\d{{1,4}})[ -]?{_HOURS}(?:,? (?:(?:and|y|et) )?(?P<rest>\d{{1,2}}) ?{_MINUTES})?"
    rf"|(?P<minutes>\d{{1,4}})[ -]?{_MINUTES})"
)
_ABOUT = r"about|approximately|around|less than|under|unos|aproximadamente|menos de|environ|moins de"
_STATED = (
    re.compile(
        rf"\b(?:wait|waiting time|estimated|espera|attente|estimado|estimée?)\b\D{{0,60}}{_SPAN}", re.IGNORECASE
    ),
    re.compile(rf"{_SPAN} wait\b", re.IGNORECASE),
    re.compile(rf"^(?:(?:{_ABOUT}) |~ ?)?{_SPAN}\W*$", re.IGNORECASE),
)
_SENTENCE_END = re.compile(rf"(?<=[.!?]) |{BREAK}")


def wait_minutes(page: str) -> int | None:
    """The estimate on a waiting room's page, in whole minutes from 1 to LONGEST; None without a valid one."""
    sentences = list(_sentences(page))
    for pattern in _STATED:
        for sentence in sentences:
            if match := pattern.search(sentence):
                stated = 60 * int(match["hours"] or 0) + int(match["rest"] or 0) + int(match["minutes"] or 0)
                return stated if 0 < stated <= LONGEST else None
    return None


def _sentences(page: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(" ".join(text for _, text in visible_text(page))):
        if stripped := sentence.strip():
            yield stripped
