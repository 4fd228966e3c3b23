"""Names of months and weekdays in the languages of sources, from the CLDR (Babel).

All languages are used at once, and a word that means two different months is dropped, which is rare ("out" is August in
Haitian Creole and October in Portuguese). So a Spanish page in an English region needs no settings.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from babel import Locale

LANGUAGES = ("en", "es", "fr", "pt", "vi", "zh_Hans", "de", "it", "nl")  # our pages' languages, and related ones
# The CLDR has no Haitian Creole names of its own and gives the French ones.
HAITIAN_DAYS = ("lendi", "madi", "mèkredi", "jedi", "vandredi", "samdi", "dimanch")
HAITIAN_MONTHS = (
    *("janvye", "fevriye", "mas", "avril", "me", "jen"),
    *("jiyè", "out", "septanm", "oktòb", "novanm", "desanm"),
)
_MORE_DAYS = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}  # English abbreviations that the CLDR lacks


class Names(NamedTuple):
    """Folded name -> number: months from 1, weekdays from 0 for Monday."""

    months: Mapping[str, int]
    days: Mapping[str, int]


def fold(text: str) -> str:
    """`text` in lower case, without accents, on one line."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


@lru_cache(maxsize=1)
def names() -> Names:
    """All names, full and abbreviated (without the period)."""
    months = [(name, number) for number, name in enumerate(HAITIAN_MONTHS, 1)]
    days = [(name, number) for number, name in enumerate(HAITIAN_DAYS)] + list(_MORE_DAYS.items())
    for language in LANGUAGES:
        locale = Locale.parse(language)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                months += [(name, number) for number, name in locale.months[context][width].items()]
                days += [(name, number) for number, name in locale.days[context][width].items()]
    return Names(_unambiguous(months), _unambiguous(days))


def _unambiguous(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    twice: set[str] = set()
    for name, number in pairs:
        key = fold(name).rstrip(".")
        if found.setdefault(key, number) != number:
            twice.add(key)
    return {key: number for key, number in found.items() if key not in twice}
