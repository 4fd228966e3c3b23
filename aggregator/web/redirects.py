"""Where a redirect leads: its Location header as browsers read it, joined to the URL that sent it."""

from urllib.parse import quote

import httpx

from aggregator.errors import Unreachable, excerpt
from aggregator.web.urls import parse_url

_URL_CHARACTERS = "!#$%&'()*+,/:;=?@[]~"


def location_of(response: httpx.Response) -> str:
    """The Location header decoded as UTF-8, as browsers do; other bytes are percent-encoded.

    httpx decodes all headers of an answer with one encoding, so another header that is not UTF-8 would break this one.
    """
    raw = next(value for name, value in response.headers.raw if name.lower() == b"location").strip()
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return quote(raw, safe=_URL_CHARACTERS)


def redirect_target(url: str, location: str) -> str:
    """The URL that a Location header in the answer from `url` points to."""
    try:
        return str(parse_url(url).join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise Unreachable(
            f"{url} redirects to {excerpt(location)}, which is not a URL ({error}); the next visit tries again"
        ) from None
