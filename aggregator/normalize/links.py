"""Links that may be shown: absolute, http(s), without credentials or hidden characters."""

from urllib.parse import urljoin, urlsplit

from aggregator.normalize.memory import remembered

MAX_LENGTH = 2000


@remembered
def safe_url(href: str, base: str) -> str:
    """`href`, relative to `base`, as an absolute http(s) URL; "" for anything else.

    A double slash in the path stays (PrepMod's links have one).
    """
    href = href[: MAX_LENGTH * 2].strip()
    # isprintable() refuses controls, bidirectional marks, lone surrogates and every blank but " ";
    # browsers read "\" as "/", so a host after one would be another host than the one checked here.
    if not href or not href.isprintable() or " " in href or "\\" in href:
        return ""
    try:
        given = urlsplit(href)
        url = href if given.scheme and given.netloc else urljoin(base, href)
        parts = urlsplit(url)
        # urljoin would complete "https:///path" with the base's host.
        whole = bool(given.netloc) or not given.scheme
        valid = whole and parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return ""
    return url if valid and "@" not in parts.netloc and len(url) <= MAX_LENGTH else ""
