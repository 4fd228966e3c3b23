"""Decides for all adapters what counts as a link for people: an absolute http(s) URL of a public host.

Sources write links without a scheme ("www.example.org"), with a typing error ("https//example.org"), with "&amp;", or
put words in their place ("N/A", "call us"). A link that leads nowhere is worse than none.
"""

import html
import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from publicsuffixlist import PublicSuffixList

from aggregator.clean.cache import memoized
from aggregator.clean.problem import problem
from aggregator.model import Problem

MAX_LENGTH = 2000

# Only references that end in ";": in a query, "&copy=1" is a parameter named "copy".
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos|nbsp);", re.IGNORECASE)
_WHOLE = re.compile(r"https?://(?!https?\b|[\s/\\])", re.IGNORECASE)
# "http//", "https:/", "https//:", "htp://", "ttps://", "http:\\"; one scheme may follow another.
_SLIP = re.compile(r"(?:h+t+p+s*|t{2,}p+s*|h+t+s)\s*(?:[:;,/\\]|\.[:/])[\s:;,/\\]*", re.IGNORECASE)
_HOST_FIRST = re.compile(r"((?:[\w-]+\.)+[\w-]{2,})\.?(?::\d{1,5})?(?=[/?#]|$)")
# "example.orghttps" is a host that was glued to another link.
_HOST = re.compile(
    r"(?:[\w-]+\.)+(?![\w-]*https?\.?$)[\w-]{2,}\.?|(?:\d+\.){3}\d+|[0-9a-f.]*:[0-9a-f:.]+|localhost", re.ASCII
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# On a web page, a name with dots may be a file ("search.php"); with these endings it is a host.
_SURELY_HOST = re.compile(r"www\.|.*\.(?:com|edu|gov|info|mil|net|org)$", re.IGNORECASE)
# What people write into a required field: words, signs, a telephone number, a mail address.
_PLACEHOLDER = re.compile(
    r"(?:n\.?/?a|none|null|nil|nan|undefined|unknown|tb[acd]|true|false|ninguno|aucune?|keine?)\.?"
    r"|[^\w/]*|_+|\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}|[^/?#@]*@.*",
    re.IGNORECASE,
)


@memoized
def safe_url(href: str, base: str) -> str:
    """`href` as a URL that is safe to show: absolute, http(s), without credentials or hidden characters; otherwise "".

    `base` is the URL of the web page that contains the link; it completes a link without a host. It is "" for links in
    data (JSON, CSV, a calendar), where nothing is relative and a name such as "example.org/x" is a host. Character
    references are decoded once. A double slash in the path stays (PrepMod's links have one).
    """
    if not isinstance(href, str):  # Damaged data can contain anything here, and the rest of the row still counts.
        return ""  # type: ignore[unreachable]
    text = _REFERENCE.sub(lambda found: html.unescape(found[0]), href[: MAX_LENGTH * 2]).strip().strip("<>\"'")
    text = text if _WHOLE.match(text) else _completed(text, base)
    # isprintable() rejects controls, bidirectional marks, lone surrogates, and every blank but " ".
    # Browsers read "\" as "/", so a host after one would differ from the host checked here.
    if not text or not text.isprintable() or " " in text or "\\" in text:
        return ""
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        valid = parts.scheme in {"http", "https"} and _HOST.fullmatch(host) and parts.port != 0
    except ValueError:
        return ""
    url = parts.scheme + text[len(parts.scheme) :]
    return url if valid and "@" not in parts.netloc and len(url) <= MAX_LENGTH else ""


def link_problem(field: str, href: str, url: str) -> list[Problem]:
    """The problem of a link that `safe_url` turned into `url`; none for "N/A" and the like."""
    says_none = not href or (isinstance(href, str) and _PLACEHOLDER.fullmatch(href[:MAX_LENGTH].strip()))
    return [] if url or says_none else [problem(field, href, "is not a valid http(s) link")]


def _completed(text: str, base: str) -> str:
    """A link completed with its missing scheme or host; "" if it cannot be a link."""
    secure, rest = True, text
    while slip := _SLIP.match(rest):
        secure, rest = "s" in slip[0].lower(), rest[slip.end() :]
    if rest != text:
        return f"http{'s' * secure}://{rest}" if _public_host(rest) else ""
    if text.startswith("//"):
        return f"{urlsplit(base).scheme or 'https'}:{text}"
    host = _public_host(text)
    if host and (not base or _SURELY_HOST.match(host)):
        return f"https://{text.rstrip('.,;')}"
    if not base or _SCHEME.match(text) or _PLACEHOLDER.fullmatch(text):
        return ""
    try:
        return urljoin(base, text)
    except ValueError:
        return ""


def _public_host(text: str) -> str:
    """The host at the beginning of a text, if it ends in a public suffix ("org", not "html"); otherwise ""."""
    found = _HOST_FIRST.match(text.rstrip(".,;"))
    return found[1] if found and _suffixes().privatesuffix(found[1].lower()) else ""


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)
