"""Matches spellings of town names: "N. Kingstown" is North Kingstown, "Mt Vernon" Mount Vernon.

The ZIP table decides which towns exist and how each is spelled; it lists some short forms beside the full name.
Abbreviations: USPS Publication 28, as far as town names use them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import lru_cache

from aggregator.clean.postal import Postal, towns_of

SAME_TOWN = 0.85  # similarity from which two spellings are one town ("Johnstone", "North Kingston")
MOST_WORDS = 5  # words of a town's name at the end of a line

_FIRST = {
    "n": "north", "no": "north", "s": "south", "so": "south", "e": "east", "w": "west", "mt": "mount", "ft": "fort",
    "st": "saint", "ste": "sainte",
}  # fmt: skip
_LATER = {
    "hts": "heights", "hgts": "heights", "spgs": "springs", "spg": "spring", "ctr": "center", "jct": "junction",
    "xing": "crossing", "hbr": "harbor", "bch": "beach", "vlg": "village", "twp": "township", "gdns": "gardens",
    "fls": "falls", "is": "island", "lk": "lake", "mt": "mount", "st": "saint",
}  # fmt: skip
_OFFICIAL = re.compile(r"^(?:city|town|village|township|borough) of\s+(?=\S)", re.IGNORECASE)
_BORO = re.compile(r"(?<=\w\w\w)borough$")
_WORD = re.compile(r"[^\s,]+")


def written_out(town: str) -> str:
    """A town's name without abbreviations ("N. Kingstown" -> "North Kingstown"), otherwise unchanged."""
    words = _OFFICIAL.sub("", town.strip()).replace(".", ". ").split()
    names = [_FIRST if number == 0 and len(words) > 1 else _LATER if number else {} for number in range(len(words))]
    full = [table.get(word.casefold().strip("."), "") for word, table in zip(words, names, strict=True)]
    return " ".join(new.title() or old for new, old in zip(full, words, strict=True))


@lru_cache(maxsize=16384)
def spelled_out(text: str) -> str:
    """A town's name for comparison: lower case, without signs, abbreviations written out."""
    plain = unicodedata.normalize("NFKD", written_out(text)).casefold()
    return " ".join(re.sub(r"[^\w\s]", "", re.sub(r"[-/]", " ", plain)).split())


@lru_cache(maxsize=16384)
def same_name(text: str) -> str:
    """The letters that all spellings of a name share ("O'Fallon", "O Fallon"; "Foxboro", "Foxborough")."""
    return _BORO.sub("boro", spelled_out(text)).replace(" ", "")


def known_town(text: str, postal: Postal | None) -> str:
    """The usual spelling of the ZIP's town that `text` means, despite typing errors; "" if it means none."""
    full = spellings(postal)
    if town := full.get(same_name(text)):
        return town
    best, found = 0.0, ""
    name = spelled_out(text)
    for town in full.values():
        known = spelled_out(town)
        if known[:1] == name[:1]:  # "East Elm" and "West Elm" are similar by letters, but are not the same town.
            likeness = SequenceMatcher(None, known, name).ratio()
            if likeness > best:
                best, found = likeness, town
    return found if best >= SAME_TOWN else ""


def town_in_state(text: str, state: str) -> str:
    """The usual spelling of a town in a state; `text` unchanged if the state has no such town."""
    return _of_state(state).get(same_name(text), text) if state and text else text


def is_town(text: str, state: str) -> bool:
    """Whether a state has a town with this name, in any spelling."""
    return same_name(text) in _of_state(state)


def ending_in_town(text: str, postal: Postal | None, *, others: Iterable[str] = ()) -> tuple[int, str]:
    """The start of a town of this ZIP at the end of `text`, and its usual spelling; the longest wins; or (0, "")."""
    full = {**{same_name(town): town for town in others}, **spellings(postal)}
    words = list(_WORD.finditer(text, text.rfind(",") + 1))[-MOST_WORDS:]
    for word in words:
        if town := full.get(same_name(text[word.start() :])):
            return word.start(), town
    return 0, ""


def spellings(postal: Postal | None) -> Mapping[str, str]:
    """The usual spelling of each town of a ZIP, by its `same_name`."""
    return _spellings(postal.towns) if postal else {}


@lru_cache(maxsize=16384)
def _spellings(towns: tuple[str, ...]) -> Mapping[str, str]:
    full: dict[str, str] = {}
    for town in sorted(towns, key=_is_short):  # Short forms come last: they count only if nothing else is listed.
        full.setdefault(same_name(town), written_out(town))
    return full


@lru_cache(maxsize=64)
def _of_state(state: str) -> Mapping[str, str]:
    return _spellings(towns_of(state))


def _is_short(town: str) -> bool:
    return town.endswith("boro") or written_out(town) != town
