"""Replaces the characters of a text that XML or iCalendar cannot hold."""

import re

# Not allowed in XML 1.0 (section 2.2), nor in iCalendar: controls, lone surrogates, non-characters.
_NOT_TEXT = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_safe(text: str) -> str:
    """The text with "?" for each character that UTF-8, XML or iCalendar cannot hold."""
    return _NOT_TEXT.sub("?", text)
