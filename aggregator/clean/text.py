"""Makes hostile text plain: the result is NFC, visible, and never longer than the given limit.

Markup stays text (it is escaped where it is shown); only character references are decoded, once.
"""

import html
import re
import unicodedata

RESTRICTIONS_LENGTH = 1000  # of a location or of a slot

# Read at most this many characters for each one wanted: references and blanks shrink, and the rest is ignored.
_SLACK = 8

# Controls, soft hyphen, zero-width and bidirectional marks, fillers, tags, lone surrogates, non-characters.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    r"\U000e0000-\U000e0fff]"
)
# The remains of an apostrophe in files damaged at their source (VaxFinder, CDC).
_LOST_APOSTROPHE = re.compile(r"(?<=\w)\ufffd(?=s\b)")
_LINE_BREAK = re.compile(r"\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+[^\W_]*")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)", re.IGNORECASE)
_VOWEL = re.compile(r"[AEIOUY]")

_KEPT_UPPER = {
    "NE",
    "SE",
    "PO",
    "US",
    "USA",
    "II",
    "III",
    "IV",
    "VI",
    "VII",
    "VIII",
    "YMCA",
    "YWCA",
    "HEB",
    "COVID",
    "EMS",
    "AFC",
}
_KEPT_LOWER = {"of", "and", "the", "at", "for"}
# Words without a vowel that are not initials; any other such word is (CVS, BFHD, NW).
_SHORT_WORD = re.compile(
    r"ST|RD|DR|LN|CT|PL|SQ|BLVD|PKWY|HWY|MT|FT|CTR|BLDG|RM|FL|APT|TPK|TRL|CR|CV|CRK|PT|XING|MR|MRS|JR|SR|STN|TWP"
)


def clean(value: str, limit: int) -> str:
    """`value` on one line, at most `limit` characters; a longer one ends in "…"."""
    text = _shortened(value, limit)
    if not (text.isascii() and text.isprintable() and "&" not in text):
        text = _plain(html.unescape(text))
    return _cut(" ".join(text.split()), limit, longer=len(value) > limit * _SLACK)


def clean_lines(value: str, limit: int) -> str:
    """As `clean`, but line breaks stay; of several blank lines one is left."""
    text = _LINE_BREAK.sub("\n", html.unescape(_shortened(value, limit)))
    text = _plain(text)
    lines = [" ".join(line.split()) for line in text.split("\n")]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return _cut("\n".join(kept).strip(), limit, longer=len(value) > limit * _SLACK)


def title_case(value: str) -> str:
    """A name or address in all capitals or all lower case, in title case; anything else unchanged."""
    words = _WORD.findall(value)
    if any(not word.isupper() and not word.islower() and not word[0].isdigit() for word in words):
        return value
    shouted = not any(word.islower() for word in words if word[0].isalpha())
    count = 0

    def recased(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return _recased(found[0], shouted=shouted, first=count == 1)

    return _WORD.sub(recased, value)


def folded(value: str) -> str:
    """`value` for comparison: letters and digits in one case, everything else as single blanks."""
    return " ".join(re.split(r"[\W_]+", value.casefold())).strip()


def _plain(text: str) -> str:
    return _LOST_APOSTROPHE.sub("’", _HIDDEN.sub("", unicodedata.normalize("NFC", text)))


def _shortened(value: str, limit: int) -> str:
    return value[: limit * _SLACK]


def _cut(text: str, limit: int, *, longer: bool) -> str:
    if len(text) < limit or (len(text) == limit and not longer):
        return text
    return text[: limit - 1].rstrip() + "…"


def _recased(word: str, *, shouted: bool, first: bool) -> str:
    upper = word.upper()
    if word[0].isdigit():
        return word.lower() if _ORDINAL.fullmatch(word) else upper if shouted else word
    if word.isupper() and (not shouted or len(word) == 1):
        return word
    initials = word.isupper() and word.isascii() and not _VOWEL.search(word) and not _SHORT_WORD.fullmatch(word)
    if upper in _KEPT_UPPER or initials:
        return upper
    if word.lower() in _KEPT_LOWER and not first:
        return word.lower()
    if re.match(r"[OD]['’]\w{3}", upper):
        return upper[:2] + word[2:].capitalize()
    if upper.startswith("MC") and len(word) > 4:
        return "Mc" + word[2:].capitalize()
    return word.capitalize()
