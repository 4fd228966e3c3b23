"""Telephone numbers in one form: "607-555-0107", or "+" and digits for other countries.

Odd cases: the sheets of Walgreens ("907-6448400"), VaxFinder ("800-SHOP-CVS") and Rite Aid, whose numbers lost a zero
that nobody can put back in its place; those are refused.
"""

import re
from functools import lru_cache

# North American Numbering Plan: area and exchange begin with 2 to 9, and neither is a service code such as 911.
_US = re.compile(
    r"(?<![\d+])(?:\+?1[\s./-]*)?\(?((?!.11)[2-9]\d{2})\)?[\s./-]*((?!.11)[2-9]\d{2})[\s./-]*(\d{4})(?!\d)", re.ASCII
)
# A toll-free number in letters, in capitals so that no word of a sentence is one.
_IN_LETTERS = re.compile(
    r"(?<![\w+])(?:1[\s.-]*)?\(?(8(?:00|33|44|55|66|77|88))\)?((?:[\s.-]?[2-9A-Z]){7})(?![\s.-]?\w)", re.ASCII
)
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_FOREIGN = re.compile(r"\+(?!1(?!\d{11}))[1-9](?:[\s().-]*\d){6,14}(?!\d)", re.ASCII)


@lru_cache(maxsize=8192)
def _read(text: str) -> str:
    plain = " ".join(_DASHES.sub("-", text).split())  # also of blanks that are none in ASCII
    if found := _FOREIGN.search(plain):
        return "+" + re.sub(r"\D", "", found[0])
    if found := _US.search(plain):
        return "-".join(found.groups())
    if found := _IN_LETTERS.search(plain):
        digits = re.sub(r"\D", "", found[2].translate(_KEYPAD))
        return f"{found[1]}-{digits[:3]}-{digits[3:]}"
    return ""


def phone(text: str) -> str:
    """The first telephone number in `text`, without its extension; "" where there is none that can exist."""
    return _read(text[:200])
