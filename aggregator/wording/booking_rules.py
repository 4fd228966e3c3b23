"""Who may book: the restrictions of a place and of its slots, each said once. Pure; nothing here is escaped."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from aggregator.model import Slot
from aggregator.wording.words import Words, first_words

INLINE = 160  # characters; a longer one is folded
FOLDED = 70  # characters of it that stay in sight


@dataclass(frozen=True, slots=True)
class Restriction:
    """`lead`: its first words, where it is too long to stand on a card."""

    label: str
    lead: str
    text: str


def restrictions(
    general: str, listed: Iterable[Slot], shown: Sequence[Slot], day_of: Callable[[Slot], str], words: Words
) -> tuple[Restriction, ...]:
    """Those of the place, then those of the `shown` slots, with the days they are for where that is not all of them.

    `general` may hold the texts of `listed` slots, too (rows that differ are merged so); these go with their days.
    """
    days: dict[str, list[str]] = defaultdict(list)
    all_days: dict[str, None] = {}
    for slot in shown if any(slot.restrictions for slot in shown) else ():
        day = day_of(slot)
        all_days[day] = None
        if slot.restrictions and slot.restrictions != general and day not in days[slot.restrictions]:
            days[slot.restrictions].append(day)
    own = _without(general, {slot.restrictions for slot in listed} - {""}) if days else general
    found = {own: ""} if own else {}
    for text, of_text in days.items():
        found[text] = "" if len(of_text) == len(all_days) else words.listed(of_text)
    return tuple(
        Restriction(
            label=words.restriction_label(scope),
            lead=first_words(text, FOLDED) if len(text) > INLINE else "",
            text=text,
        )
        for text, scope in found.items()
    )


def _without(general: str, said: Iterable[str]) -> str:
    """What is left of the place's text without the paragraphs that go with slots, the longest taken out first."""
    left = f"\n\n{general}\n\n"
    for text in sorted(said, key=len, reverse=True):
        left = left.replace(f"\n\n{text}\n\n", "\n\n")
    return left.strip()
