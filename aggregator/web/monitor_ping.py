"""Pings a monitor after each cycle, so that somebody notices when cycles stop (healthchecks.io and similar).

It takes a few seconds at most and never raises. Its messages name only the host, because the whole URL is a secret:
whoever has it can ping, too.
"""

from urllib.parse import urlsplit

import httpx

TIMEOUT = 5.0  # seconds to connect, and again for the answer
MAX_REASON = 1000  # characters


def ping(url: str, failure: str = "") -> str:
    """GETs `url`, or POSTs `failure` to the path + "/fail"; returns why that did not work, or ""."""
    host = urlsplit(url).hostname
    try:
        target = httpx.URL(url)
        if failure:
            target = target.copy_with(path=target.path.rstrip("/") + "/fail")
            answer = httpx.post(target, content=failure[:MAX_REASON].encode("utf-8", "replace"), timeout=TIMEOUT)
        else:
            answer = httpx.get(target, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"ping_url: {host} was not reached ({type(error).__name__}); check the URL"
    if not answer.is_success:
        return f"ping_url: {host} answers {answer.status_code}; check the URL"
    return ""
