"""Formats the part of an address before the town as the lines that a person would write on an envelope."""

import re

from aggregator.clean.text import title_case

MAX_LINES = 4
LINE_LENGTH = 120

_STREET_KIND = (
    r"(?:st|street|ave?|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|way|ct|court|pl|place|sq|square|pkwy|parkway|"
    r"hwy|highway|ter|terrace|cir|circle|trl|trail|pike|tpke|turnpike|route|loop|row|plaza|alley)\b\.?"
)
ENDS_IN_STREET = re.compile(rf"\b{_STREET_KIND}(?:\s+(?:[NSEW]|[NS][EW])\.?)?$", re.IGNORECASE)

_HOUSE = r"\d{1,6}[A-Za-z]?(?:-\d+)?\s++(?=[^\sA-Za-z]*+[A-Za-z])"
_NOT_A_NAME = (
    r"(?:route|rte?|highway|hwy|sr|us|box|suite|ste|unit|bldg|building|room|rm|floor|apt|no|district|station|post|"
    r"pier|gate|lot|exit|mile|road|interstate|phase)"
)
# Line boundaries; the matched text is dropped.
_BREAK = re.compile(
    rf"""
      (?<!\s)[^\S\n]*+\n\s*+ | (?<!\s)\s++[|/]\s++
    | (?:(?<!\s)\s++[-–]\s*+|(?<=[a-z]{{3}})-|(?:(?<!\s)\s++)?+:\s++)(?={_HOUSE})
    | (?<!\s)\s++(?:[-–]\s*+)?
      (?=(?:suite|ste|unit|bldg|building|room|rm|apt)\.?\s*+(?:\#\s*+)?(?:\d[\w-]*|[a-z](?:-?\d+)?)$)
    | (?<!\s)\s++(?=P\.?\s?O\.?\s++Box\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NAME_THEN_STREET = re.compile(
    rf"^(?P<name>[^\d,#]*[^\W\d_][.'’)]?)\s+(?P<street>{_HOUSE}.*\b{_STREET_KIND}.*)$",
    re.IGNORECASE,
)
_ENDS_IN_ROUTE = re.compile(rf"(?:\b{_NOT_A_NAME}|\b{_STREET_KIND})\.?$", re.IGNORECASE)
_GLUED = re.compile(r"^(suite|unit|bldg|building|room)(?=\d)", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,6}[A-Za-z]?")
_DIRECTION = re.compile(r"(?:[NSEW]|[NS]\.?[EW])\.?", re.IGNORECASE)


def street_lines(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """Turns pieces between commas into at most `MAX_LINES` lines; "name | street" and the like become two."""
    lines: list[str] = []
    for piece in pieces:
        for part in _BREAK.split(piece):
            for line in _name_and_street(part.strip(" ,;|–-")):
                if lines and (_DIRECTION.fullmatch(line) or _is_street_of(lines[-1], line)):
                    lines[-1] = f"{lines[-1]} {line}"
                elif line and line not in lines:
                    lines.append(title_case(_GLUED.sub(r"\1 ", line)))
    return bounded(lines)


def _is_street_of(before: str, line: str) -> bool:
    """Whether a comma separates a house number from its street ("12, Larch Street")."""
    return bool(_NUMBER.fullmatch(before) and line[:1].isalpha() and ENDS_IN_STREET.search(line))


def bounded(lines: list[str]) -> tuple[str, ...]:
    """At most `MAX_LINES` lines of at most `LINE_LENGTH` characters; further lines join the last one."""
    kept = [*lines[: MAX_LINES - 1], ", ".join(lines[MAX_LINES - 1 :])] if len(lines) > MAX_LINES else lines
    return tuple(line if len(line) <= LINE_LENGTH else line[: LINE_LENGTH - 1].rstrip() + "…" for line in kept)


def _name_and_street(text: str) -> tuple[str, ...]:
    found = _NAME_THEN_STREET.match(text)
    if not found or _ENDS_IN_ROUTE.search(found["name"]):
        return (text,)
    return found["name"], found["street"]
