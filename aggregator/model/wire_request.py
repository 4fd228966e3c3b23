"""One request on the wire: an adapter's request in encoded form, or one step of a redirect chain."""

from collections.abc import Iterable
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from aggregator.model.enums import Struct
from aggregator.model.http import Request


class WireRequest(Struct, frozen=True, kw_only=True):
    """One HTTP request as it is sent.

    `max_bytes` limits the size of its answer after decompression. `robots_file`: the request is for robots.txt itself,
    so its rules do not apply to it. `guest_session`: it is a step of a guest session, so it carries the cookies that
    its origin set earlier in the visit, and no cache may answer it.
    """

    url: str
    max_bytes: int
    method: str = "GET"
    content: bytes = b""
    content_type: str = ""
    tokens: tuple[tuple[str, str], ...] = ()  # headers that only this host gets
    headers: tuple[tuple[str, str], ...] = ()  # fixed headers of the adapter, for every host
    guest_session: bool = False
    robots_file: bool = False

    @classmethod
    def of(cls, request: Request, max_bytes: int) -> "WireRequest":
        """The wire form of an adapter's request. `params` join the URL's query, its fragment is dropped."""
        url = with_matrix(request.url.partition("#")[0], request.matrix)
        if request.params:
            url += ("&" if "?" in url else "?") + urlencode(request.params)
        if request.form:
            content, kind = urlencode(request.form).encode("ascii"), "application/x-www-form-urlencoded"
        elif request.json is not None:
            content, kind = msgspec.json.encode(request.json), "application/json"
        else:
            content, kind = b"", ""
        return cls(
            url=url,
            max_bytes=max_bytes,
            method=request.method,
            content=content,
            content_type=kind,
            tokens=request.tokens,
            headers=request.headers,
            guest_session=request.guest_session,
        )

    def redirected(self, status: int, url: str) -> "WireRequest":
        """The request that follows a redirect to `url`.

        Only 307 and 308 send the form again (RFC 9110, 15.4; browsers do the same). Tokens go only to the origin that
        issued them.
        """
        tokens = self.tokens if origin(url) == origin(self.url) else ()
        if status in {307, 308}:
            return msgspec.structs.replace(self, url=url, tokens=tokens)
        return msgspec.structs.replace(self, url=url, tokens=tokens, method="GET", content=b"", content_type="")


def with_matrix(url: str, matrix: Iterable[tuple[str, str]]) -> str:
    """The URL with matrix parameters (RFC 3986, 3.3) at the end of its path: `/dates;service=7;length=10?page=2`.

    They keep their order, and `;` and `=` stay as they are; only the names and values are percent-encoded.
    """
    path, question, query = url.partition("?")
    path += "".join(f";{quote(name, safe='')}={quote(value, safe='')}" for name, value in matrix)
    return f"{path}{question}{query}"


def origin(url: str) -> tuple[str, str]:
    """The origin that a token belongs to: scheme, and host with port. ValueError for a URL without a host."""
    parts = urlsplit(url)
    if not parts.hostname or (parts.port or 1) < 1:
        raise ValueError(f"{url} has no host")
    return parts.scheme, parts.netloc.lower()
