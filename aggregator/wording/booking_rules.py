"""Who may book: the restrictions of a place and of its slots, each stated once. Pure; nothing here is escaped."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from aggregator.model import Slot
from aggregator.wording.words import Words, first_words

INLINE = 160  # characters; a longer one is folded
FOLDED = 70  # characters of it that stay visible


@dataclass(frozen=True, slots=True)
class Restriction:
    """A rule about who may book. `lead`: its first words if it is too long for a card, else ""."""

    label: str
    lead: str
    text: str


def restrictions(
    general: str, listed: Iterable[Slot], shown: Sequence[Slot], day_of: Callable[[Slot], str], words: Words
) -> tuple[Restriction, ...]:
    """The restrictions of the place, then those of the `shown` slots, with their days unless they apply to all days.

    `general` is the text of the place. It may include texts of `listed` slots, because merging rows joins their texts;
    those are shown with the slots' days instead.
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


def _without(general: str, of_slots: Iterable[str]) -> str:
    """The text of the place without the paragraphs that are texts of slots; the longest are removed first."""
    left = f"\n\n{general}\n\n"
    for text in sorted(of_slots, key=len, reverse=True):
        left = left.replace(f"\n\n{text}\n\n", "\n\n")
    return left.strip()
