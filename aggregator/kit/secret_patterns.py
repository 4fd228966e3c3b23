"""Classifies private values in a recording: secrets by name or shape, and personal details that somebody typed.

Names are compared by their words, so that "firstName", "first_name", and "FirstName" are equal. A clinic's own address,
phone, and names are data, so only requests are searched for personal details.
"""

import re
from ipaddress import ip_address

from aggregator.secret_values import SHORT, in_words, is_key_name, is_random, looks_secret

SECRETS, PERSONAL, ADDRESSES = "tokens", "personal details", "network addresses"

_SECRET = re.compile(
    r"token|jwt|session|csrf|xsrf|secret|passw|pwd|api_?key|access_?key|signature|nonce|credential|authoriz|cookie"
    r"|bearer|view_?state|event_?validation|subscription_key"
)
_MAY_BE_SECRET = re.compile(r"(?:^|_)(?:key|auth|sid|sig|hash|hmac|code|state|ticket|visitor_?id|client_?id)(?:_|$)")
_PERSONAL = re.compile(
    r"(?:first|last|middle|full|given|family|maiden|sur)_?name|birth|(?:^|_)dob(?:_|$)|(?:^|_)ssn|social_sec"
    r"|phone|(?:^|_)(?:mobile|cell|fax|tel)(?:_|$)|street|addr|member_?(?:id|number)|medicare|passport|licen[cs]e"
)
_PLACE = re.compile(r"street|addr")
_NETWORK = re.compile(r"(?:^|_)(?:ip|ip_?v[46]|ip_?addr(?:ess)?|client_?ip|remote_?addr(?:ess)?)$")
_PUBLIC = re.compile(r"sha_?256|integrity")  # of a query or a script: the same for everybody
_TRIVIAL = re.compile(r"|true|false|null|none|undefined|yes|no|-?\d{1,3}|scrubbed-\d+|bearer|basic", re.IGNORECASE)


def kind_in_request(name: str, value: str) -> str:
    """The kind of a named value in a request: SECRETS, PERSONAL, ADDRESSES, or "" if it may be kept."""
    words = in_words(name)
    if _TRIVIAL.fullmatch(value.strip()) or _PUBLIC.search(words):
        return ""
    if _SECRET.search(words) or is_random(value, 32) or (_MAY_BE_SECRET.search(words) and looks_secret(value, 16)):
        return SECRETS
    if is_key_name(name) and looks_secret(value, SHORT):
        return SECRETS
    if _PERSONAL.search(words) and not _only_a_town(words, value):
        return PERSONAL
    return _network(words, value)


def kind_in_answer(name: str, value: str) -> str:
    """Like `kind_in_request` for answers, where the value counts, too: "session" may be a clinic's appointment."""
    words = in_words(name)
    if _SECRET.search(words) and looks_secret(value, 8):
        return SECRETS
    if _MAY_BE_SECRET.search(words) and looks_secret(value, 20) and is_random(value, 20):
        return SECRETS
    return _network(words, value)


def _only_a_town(words: str, value: str) -> bool:
    """Whether a value is only a town or a ZIP, which is not yet somebody's address like a street with a number."""
    has_both = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return bool(_PLACE.search(words)) and not has_both


def _network(words: str, value: str) -> str:
    if not _NETWORK.search(words):
        return ""
    try:
        ip_address(value)
    except ValueError:
        return ""
    return ADDRESSES
