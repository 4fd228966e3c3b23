"""The cookies of a guest session: each goes back only to the origin that set it, and all end with the visit.

A `Domain` attribute never widens that: cookies of one host are not sent to its siblings, nor to another port or scheme.
They are never stored, logged, or recorded.
"""

import httpx

from aggregator.model import origin

MAX_LENGTH = 8192  # characters of a Cookie header; servers refuse longer ones


class GuestCookies:
    """The cookies of one visit, by origin. They are sent in the order in which they were first set."""

    def __init__(self) -> None:
        self._jars: dict[tuple[str, str], httpx.Cookies] = {}

    def keep(self, response: httpx.Response) -> None:
        """Takes the cookies that a response sets; `response.request` has to be set."""
        if "set-cookie" in response.headers:
            jar = self._jars.setdefault(origin(str(response.request.url)), httpx.Cookies())
            jar.extract_cookies(response)

    def attach(self, request: httpx.Request) -> None:
        """Adds the cookies of the request's origin, unless there are more than a server accepts."""
        jar = self._jars.get(origin(str(request.url)))
        if jar:
            jar.set_cookie_header(request)
            if len(request.headers.get("cookie", "")) > MAX_LENGTH:
                del request.headers["cookie"]
