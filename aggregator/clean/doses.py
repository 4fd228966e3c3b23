"""Reads which dose an appointment is for, from a dose field or from words in a note, by the table of a service.

Values come from SMART Scheduling Links, Hy-Vee, Maiia, univaf, and Doctolib; words from PrepMod pages and French visit
reasons.
"""

import re
from functools import lru_cache

from aggregator.model import Service

_READ = 120  # characters of a dose field that are read
_CACHED = 4096  # texts
_AND = re.compile(r"(?:(?<!\s)\s++)?+(?:[,&/+]|\band\b|\bor\b)\s*+")


class Doses:
    """Finds the doses of a service in texts."""

    def __init__(self, service: Service) -> None:
        self._doses = [(one, re.compile(one.match)) for one in service.doses]
        self._only = [(one.name, re.compile(one.only, re.IGNORECASE)) for one in service.doses if one.only]
        self._alone = re.compile(service.dose_texts.alone)
        self.named = lru_cache(_CACHED)(self._named)
        self.only = lru_cache(_CACHED)(self._only_named)

    def _named(self, text: str) -> tuple[str, ...]:
        """The doses that a dose field names ("SECOND", "first_dose_only", "1st & 2nd Dose"); () for anything else.

        In a longer text, only the first dose counts ("2nd dose, if you had your 1st dose here").
        """
        found: set[str] = set()
        for part in _AND.split(text[:_READ].strip().lower().replace("_", " ")):
            found |= self._first(part)
            if found and not self._alone.fullmatch(part):
                break
        return tuple(sorted(found))

    def _only_named(self, text: str) -> tuple[str, ...]:
        """The dose of which a note states that no other is given ("second doses only"); otherwise ()."""
        plain = " ".join(text.split())
        return tuple(name for name, pattern in self._only if pattern.search(plain))

    def _first(self, part: str) -> set[str]:
        hits = [
            (not dose.first, hit.start(), dose.name) for dose, pattern in self._doses if (hit := pattern.search(part))
        ]
        return {min(hits)[2]} if hits else set()


@lru_cache(maxsize=64)
def doses_of(service: Service) -> Doses:
    """The compiled doses of a service."""
    return Doses(service)
