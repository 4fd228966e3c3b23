"""What stands after the town in an address on one line: ZIPs, a country, and dates that got there by mistake.

Forms: the PrepMod sheets (a ZIP twice, a date for the state), VaxFinder and Albertsons (a ZIP that lost its zero).
"""

import re

from aggregator.normalize.postal import lookup, read_code
from aggregator.normalize.state import take_state

_COUNTRY = re.compile(r"[\s,]*(?:\bUSA|\bU\.S\.A\.?|\bUnited States(?: of America)?)[\s,.]*$", re.IGNORECASE)
_CODE = re.compile(r"(?:^|[\s,]+)(\d{5}(?:-\d{0,4}|\d{4})?)[\s,.]*$")
_SHORT_CODE = re.compile(r"[\s,]+(\d{3,4}(?:-\d{0,4})?)[\s,.]*$")
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"[\s,]+(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}|\d{{4}}-\d\d-\d\d)[\s,]*$",
    re.IGNORECASE,
)


def take_codes(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` without country, dates and ZIPs at its end, and these ZIPs as written, the rightmost first.

    Three or four digits are a ZIP without its zeros only after a state ("NJ 8812"), four also after a comma.
    """
    codes: tuple[str, ...] = ()
    while True:
        text = _DATE.sub("", _COUNTRY.sub("", text)).rstrip(" ,")
        found = _CODE.search(text) or _short(text)
        if not found:
            return text, codes
        codes = (*codes, found[1])
        text = text[: found.start()].rstrip(" ,")


def best_code(codes: tuple[str, ...], state: str) -> str:
    """The first of these ZIPs that exists, in five digits; else the first that may be one; else "".

    Lost zeros are put back where that gives a ZIP of `state`.
    """
    read = [code for code in (read_code(text, state) for text in codes) if code]
    return next((code for code in read if lookup(code)), read[0] if read else "")


def _short(text: str) -> re.Match[str] | None:
    found = _SHORT_CODE.search(text)
    if not found:
        return None
    after_comma = "," in found[0][: found.start(1) - found.start()] and len(found[1].partition("-")[0]) == 4
    return found if after_comma or take_state(text[: found.start()])[1] else None
