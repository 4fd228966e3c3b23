"""The operator's contact, which booking sites see in every request."""

import re

ADDRESS = re.compile(r"(mailto:)?[^@\s]+@[^@\s]+\.[^@\s]+|https?://\S+")
PLACEHOLDER = re.compile(r"@example\.(org|com|net)$|//example\.")


def is_contact(text: str) -> bool:
    """Whether the text is an e-mail address or the URL of a page."""
    return ADDRESS.fullmatch(text) is not None


def is_placeholder(text: str) -> bool:
    """Whether the text is the address from the examples, which reaches nobody."""
    return PLACEHOLDER.search(text) is not None
