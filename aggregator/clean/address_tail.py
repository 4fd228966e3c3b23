"""Removes what follows the town in a one-line address: ZIPs, a country, notes, and stray dates.

Forms come from PrepMod (a ZIP twice, a date in place of the state), VaxFinder and Albertsons (a ZIP without its leading
zero), calendars and forms ("…, RI 02903, US", "… RI 02903 (rear entrance)").
"""

import re

from aggregator.clean.postal import lookup, read_code
from aggregator.clean.state import take_state
from aggregator.clean.town import ending_in_town

MOST_CODES = 10  # codes read; an address has one, or the same one twice
NOTE_LENGTH = 80  # characters; a longer text after an address is not a line of it

_LONG_COUNTRY = r"\bU\.?\s?S\.?\s?A\b\.?|\bU\.\s?S\b\.?|\bUnited States(?: of America)?\b"
_COUNTRY = re.compile(rf"(?:(?<![\s,])[\s,]++)?+(?:{_LONG_COUNTRY})[\s,.]*+$", re.IGNORECASE)
_US = re.compile(r"(?:^|(?P<comma>,)\s*|\s)\(?US\)?[\s,.]*$", re.IGNORECASE)
_LEADING_COUNTRY = re.compile(rf"^(?:{_LONG_COUNTRY}|US\b)[\s,;.]*", re.IGNORECASE)
_CODE = re.compile(r"(?:^|(?<![\s,(])[\s,(]++|(?<=\s[A-Z]{2})\.?|(?<=,[A-Z]{2})\.?)(\d{5}(?:-\d{0,4}|\d{4})?)[\s,.)]*$")
_SHORT_CODE = re.compile(r"(?<![\s,])[\s,]++(\d{3,4}(?:-\d{0,4})?)[\s,.]*$")
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"(?:^|(?<![\s,])[\s,]++)"
    rf"(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}|\d{{4}}-\d\d-\d\d)[\s,]*$",
    re.IGNORECASE,
)
_CODE_INSIDE = re.compile(r"(?<=[\s,])(?:\d{5}(?:-\d{4})?|\d{4})(?=(?P<after>[\s,;:.|(–-]))", re.ASCII)
_IN_BRACKETS = re.compile(r"(?P<note>(?:(?<!\s)\s++)?+\([^()]*+\)[\s,.]*+)$")
_AFTER_DASH = re.compile(r"^(?s:.*,)?+[^,]*?(?P<note>(?<!\s)\s++[-–|]\s[^,]+)$")
_UNIT = re.compile(
    r"(?P<note>(?<![\s,;])[\s,;]++"
    r"(?:suite|ste|unit|room|rm|floor|bldg|building|entrance|gate|door|lower level|\w+ floor)\b[^,]{0,30})$",
    re.IGNORECASE,
)
_AROUND = " ,;:|/.–-"  # characters between a note and the address
_NO_LINE = re.compile(r"https?:|www\.|@|\d{3}[\s.)-]+\d{3}[\s.-]\d{4}|\bcounty$", re.IGNORECASE)


def take_codes(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` without country, dates, and ZIPs at its end, and these ZIPs as written, the rightmost first.

    Three or four digits are a ZIP without its leading zeros only after a state ("NJ 8812"); four digits also after a
    comma.
    """
    codes: tuple[str, ...] = ()
    for _ in range(MOST_CODES):
        text = _DATE.sub("", without_country(text)).rstrip(" ,")
        found = _CODE.search(text) or _short(text)
        if not found:
            break
        codes = (*codes, found[1])
        text = text[: found.start()].rstrip(" ,")
    return text, codes


def take_note(text: str) -> tuple[str, str]:
    """`text` up to its ZIP or state, and the note after it ("rear entrance", "2nd floor"); "" if there is none.

    A note that does not belong on an address line (a telephone number, a link, long text) is dropped.
    """
    plain, codes = take_codes(text)
    start = _end_of_state(plain) or (0 if codes else _end_of_code(plain))
    if not start:
        return text, ""
    return ", ".join((plain[:start].rstrip(" ,;:"), *codes[-1:])), _line_of(plain[start:])


def _line_of(note: str) -> str:
    note = _LEADING_COUNTRY.sub("", note.strip(_AROUND))
    if note.startswith("(") and note.find(")") == len(note) - 1:
        note = note[1:-1].strip(_AROUND)
    return "" if len(note) > NOTE_LENGTH or _NO_LINE.search(note) or not _DATE.sub("", note) else note


def take_bracket(text: str) -> tuple[str, str]:
    """`text` without a final remark in brackets, and the remark ("Providence (rear)"); `text`, "" without one."""
    found = _IN_BRACKETS.search(text)
    return (text[: found.start()], _line_of(text[found.start() :])) if found and found.start() else (text, "")


def without_country(text: str) -> str:
    """`text` without the United States at its end; "US" counts only in a position where a country is plausible."""
    text = _COUNTRY.sub("", text)
    found = _US.search(text)
    if not found:
        return text
    before = text[: found.start()].rstrip(" ,")
    stands_alone = not before or found["comma"] or before[-1].isdigit() or take_state(before)[1]
    return before if stands_alone else text


def best_code(codes: tuple[str, ...], state: str) -> str:
    """The first of these ZIPs that exists, in five digits; otherwise the first plausible one; otherwise "".

    Lost leading zeros are restored if that gives a ZIP of `state`.
    """
    read = [code for code in (read_code(text, state) for text in codes) if code]
    return next((code for code in read if lookup(code)), read[0] if read else "")


def _end_of_code(text: str) -> int:
    """The end of the last ZIP after a state or its own town, if other text follows it; otherwise 0."""
    if take_state(text)[1]:
        return 0
    for found in reversed(list(_CODE_INSIDE.finditer(text))[-MOST_CODES:]):
        before = text[: found.start()].rstrip(" ,")
        state = take_state(before)[1]
        code = read_code(found[0], state) if state or len(found[0]) > 4 else ""
        postal = lookup(code)
        if postal and (state == postal.state or ending_in_town(before, postal)[1]):
            return found.end()
        follows_at_once = found["after"].isspace() and text[found.end() :].lstrip()[:1].isalpha()
        if state and len(found[0]) > 4 and not follows_at_once:  # "RI 02999 (rear entrance)", but not "WA 12345 Oak St"
            return found.end()
    return 0


def _end_of_state(text: str) -> int:
    """The end of a state that a bracket, a dash, or the name of a part of a building follows; otherwise 0."""
    for form in (_IN_BRACKETS, _AFTER_DASH, _UNIT):
        found = form.search(text)
        if found and take_state(text[: found.start("note")])[1] and not take_state(text)[1]:
            return found.start("note")
    return 0


def _short(text: str) -> re.Match[str] | None:
    found = _SHORT_CODE.search(text)
    if not found:
        return None
    after_comma = "," in found[0][: found.start(1) - found.start()] and len(found[1].partition("-")[0]) == 4
    return found if after_comma or take_state(text[: found.start()])[1] else None
