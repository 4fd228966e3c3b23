"""Reads US states and territories in the many spellings of sources.

Abbreviations: those of the GPO and AP style books ("Mass.", "N. Mex."), and "So."/"No." for the Carolinas and Dakotas.
All code that compares states uses `state_is_in`.
"""

import re
from collections.abc import Collection
from functools import lru_cache

_NAMES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "florida": "FL", "georgia": "GA",
    "hawaii": "HI", "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY",
    "louisiana": "LA", "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN",
    "mississippi": "MS", "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH",
    "new jersey": "NJ", "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND",
    "ohio": "OH", "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA", "rhode island": "RI",
    "south carolina": "SC", "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT",
    "virginia": "VA", "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
    "puerto rico": "PR", "guam": "GU", "american samoa": "AS", "northern mariana islands": "MP",
    "virgin islands": "VI", "u s virgin islands": "VI", "palau": "PW",
    "marshall islands": "MH", "federated states of micronesia": "FM",
}  # fmt: skip
STATE_NAMES = frozenset(_NAMES)  # in lower case
_CODES = frozenset(_NAMES.values()) | {"AE", "AP", "AA"}
# Short forms that are also words or parts of names need a period, or a comma before them, at the end of a line.
_WORDS = {
    "ala": "AL", "ark": "AR", "cal": "CA", "del": "DE", "ida": "ID", "ill": "IL", "ind": "IN", "kan": "KS",
    "miss": "MS", "mont": "MT", "neb": "NE", "nev": "NV", "ore": "OR", "penn": "PA", "tex": "TX", "wash": "WA",
    "wis": "WI",
}  # fmt: skip
_SHORT = {
    "ariz": "AZ", "calif": "CA", "colo": "CO", "conn": "CT", "fla": "FL", "kans": "KS", "mass": "MA", "mich": "MI",
    "minn": "MN", "nebr": "NE", "okla": "OK", "oreg": "OR", "penna": "PA", "tenn": "TN", "wisc": "WI", "wyo": "WY",
    "wva": "WV", "w va": "WV", "w virginia": "WV", "n mex": "NM",
    **{f"{n} carolina": "NC" for n in ("n", "no")}, **{f"{s} carolina": "SC" for s in ("s", "so")},
    **{f"{n} {dakota}": "ND" for n in ("n", "no") for dakota in ("dak", "dakota")},
    **{f"{s} {dakota}": "SD" for s in ("s", "so") for dakota in ("dak", "dakota")},
}  # fmt: skip
# "R.I.", "N. Y.": only two-word states, because "M.D." and "P.A." are people and "N.E." is a direction.
_INITIALS = frozenset({"DC", "NC", "ND", "NH", "NJ", "NM", "NY", "PR", "RI", "SC", "SD", "VI", "WV"})


def _key(text: str) -> str:
    """The spelling of a state in `_KNOWN`: lower-case letters only ("n. mex." -> "nmex")."""
    return re.sub(r"[.,\s]", "", text.casefold())


def _pattern(names: Collection[str], after: str = "") -> str:
    """A regular expression for any of these names, with any periods and blanks."""
    longest = sorted(names, key=len, reverse=True)
    return "|".join(r"\.?\s*".join(re.escape(part) for part in name.split()) + after for name in longest)


_KNOWN = {_key(name): code for name, code in (_NAMES | _SHORT | _WORDS).items()}
_KNOWN |= {"washingtondc": "DC"} | {code.casefold(): code for code in _CODES}
_PLAIN = "|".join((_pattern([*_NAMES, *_SHORT]), *sorted(_CODES), *(rf"{c[0]}\.\s?{c[1]}\.?" for c in _INITIALS)))
_AFTER_COMMA = "|".join((_pattern(_WORDS), *(f"{c[0]} {c[1]}" for c in _INITIALS)))
_BEFORE = r"(?:^|(?<=[\s,]))"
_AT_END = re.compile(
    rf"(?:{_BEFORE}(?:{_PLAIN}|{_pattern(_WORDS, after=r'[.]')})|,\s*(?:{_AFTER_COMMA}))[\s,.]*$", re.IGNORECASE
)
_LONGEST = 60  # characters at the end of a line that can be a state
_PICKLIST = re.compile(r"\bStatePicklistChoiceSet\.", re.IGNORECASE)
_OFFICIAL = re.compile(r"^(?:the )?(?:state|commonwealth) of\s|\sstate$", re.IGNORECASE)
_COUNTRY = frozenset({"us", "usa", "unitedstates", "unitedstatesofamerica"})
_DEPARTMENT = re.compile(r"\d{2,3}|2[AB]")  # of France
_PLACEHOLDERS = frozenset({"NA", "US"})


@lru_cache(maxsize=1024)
def read_state(text: str) -> str:
    """The two-letter code of a state field ("Ma", "R. I.", "Rhode Island, USA", "US-RI"); "" if it names no state."""
    plain = _OFFICIAL.sub("", _PICKLIST.sub("", text).strip())
    if code := _KNOWN.get(_key(plain)):
        return code
    parts = {_key(part) for part in re.split(r"[-–/,()]", plain)} - _COUNTRY - {""}
    codes = {_KNOWN.get(part, "") for part in parts}
    return codes.pop() if len(codes) == 1 else ""


def take_state(text: str) -> tuple[str, str]:
    """`text` without the state at its end, and that state's code; `text`, "" if it ends in none."""
    text = _PICKLIST.sub("", text).rstrip(" ,")
    found = _AT_END.search(text, max(0, len(text) - _LONGEST))
    if not found:
        return text, ""
    rest, code = text[: found.start()], read_state(found[0])
    if rest.endswith(" -"):  # "WA - Washington"
        before, again = take_state(rest.rstrip(" -"))
        rest = before if again == code else rest
    return rest.rstrip(" ,"), code


def state_is_in(text: str, states: Collection[str]) -> bool | None:
    """Whether a state field names one of `states` (codes; in France, departments); None if it names no state.

    Two letters that are not a US state are a province of another country.
    """
    plain = text.strip(" .,").upper()
    if plain in states:
        return True
    if code := read_state(text):
        return code in states
    elsewhere = _DEPARTMENT.fullmatch(plain) or (len(plain) == 2 and plain.isalpha() and plain not in _PLACEHOLDERS)
    return False if elsewhere else None


def up_to_state(text: str, states: Collection[str]) -> str:
    """`text` up to the last mention of one of `states` and the ZIP after it; "" if it names none of them.

    A code in lower case ("or", "in", "me") counts only before a ZIP.
    """
    found = _mention(tuple(states)).match(text)
    return found[0] if found else ""


@lru_cache(maxsize=64)
def _mention(states: tuple[str, ...]) -> re.Pattern[str]:
    codes = "|".join(states)
    names = [name for name, code in (_NAMES | _SHORT).items() if code in states]
    words = [name for name, code in _WORDS.items() if code in states]
    initials = [rf"{code[0]}\.\s?{code[1]}" for code in states if code in _INITIALS]
    spelled = "|".join(filter(None, (_pattern(names), _pattern(words, after="[.]"), *initials)))
    zip_code = r"[., ]*\d{5}(?:-\d{4})?"
    return re.compile(
        rf"(?s:.*)(?<![\w.])(?:(?i:{codes}){zip_code}|(?:{codes}|(?i:{spelled or codes}))(?!\w)[., ]*(?:{zip_code})?)"
    )
