"""Tells a monitor that a cycle went well, or why it did not, so that silence is noticed (healthchecks.io and alike).

A reader may rely on: it takes a few seconds at most, never raises, and what it returns names the host alone, because
whoever has the whole address can ping, too.
"""

from urllib.parse import urlsplit

import httpx

TIMEOUT = 5.0  # seconds to connect, and again to be answered
MAX_REASON = 1000  # characters


def ping(url: str, failure: str = "") -> str:
    """GET `url`, or POST `failure` to the same path with "/fail" at its end; why that did not work, "" where it did."""
    host = urlsplit(url).hostname
    try:
        target = httpx.URL(url)
        if failure:
            target = target.copy_with(path=target.path.rstrip("/") + "/fail")
            answer = httpx.post(target, content=failure[:MAX_REASON].encode("utf-8", "replace"), timeout=TIMEOUT)
        else:
            answer = httpx.get(target, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"ping_url: {host} was not reached ({type(error).__name__}); look at the address"
    if not answer.is_success:
        return f"ping_url: {host} answers {answer.status_code}; look at the address"
    return ""
