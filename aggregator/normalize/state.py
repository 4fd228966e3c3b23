"""US states and territories, from the many ways in which sources write them."""

import re

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
    "virgin islands": "VI", "us virgin islands": "VI", "u.s. virgin islands": "VI", "palau": "PW",
    "marshall islands": "MH", "federated states of micronesia": "FM",
}  # fmt: skip
_CODES = frozenset(_NAMES.values()) | {"AE", "AP", "AA"}
_AT_END = re.compile(
    r"(?:^|[\s,]+)(?:" + "|".join(re.escape(n) for n in sorted(_NAMES, key=len, reverse=True))
    + "|" + "|".join(sorted(_CODES)) + r"|d\.c\.)[\s,.]*$",
    re.IGNORECASE,
)  # fmt: skip
_PICKLIST = re.compile(r"\bStatePicklistChoiceSet\.", re.IGNORECASE)


def read_state(text: str) -> str:
    """The two-letter code of a state field ("Ma", "Rhode Island", "WA - Washington"); "" where it names no state."""
    plain = _PICKLIST.sub("", text).strip(" ,.").casefold()
    if plain == "d.c":
        return "DC"
    if plain.upper() in _CODES:
        return plain.upper()
    if plain in _NAMES:
        return _NAMES[plain]
    parts = {read_state(part) for part in plain.split(" - ", 1)} if " - " in plain else set()
    return parts.pop() if len(parts) == 1 else ""


def take_state(text: str) -> tuple[str, str]:
    """`text` without the state at its right end, and that state's code; ("…", "") where it ends in none."""
    text = _PICKLIST.sub("", text).rstrip(" ,")
    found = _AT_END.search(text)
    if not found:
        return text, ""
    rest, code = text[: found.start()], read_state(found[0])
    if rest.endswith(" -"):  # "WA - Washington"
        before, again = take_state(rest.rstrip(" -"))
        rest = before if again == code else rest
    return rest.rstrip(" ,"), code
