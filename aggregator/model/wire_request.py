"""One request on the wire: what an adapter asked for, encoded, or one step of a chain of redirects."""

from urllib.parse import urlencode, urlsplit

import msgspec

from aggregator.model.enums import Struct
from aggregator.model.http import Request


class WireRequest(Struct, frozen=True, kw_only=True):
    """`max_bytes` bounds its answer, unpacked. `robots_file`: it asks for the rules, so they do not apply to it."""

    url: str
    max_bytes: int
    method: str = "GET"
    content: bytes = b""
    content_type: str = ""
    tokens: tuple[tuple[str, str], ...] = ()  # headers for this host alone
    robots_file: bool = False

    @classmethod
    def of(cls, request: Request, max_bytes: int) -> "WireRequest":
        """`params` are added to the query of the URL; its fragment is not sent."""
        url = request.url.partition("#")[0]
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
        )

    def redirected(self, status: int, url: str) -> "WireRequest":
        """Only 307 and 308 send a form on (RFC 9110, 15.4; 301 and 302 as every browser takes them).

        Tokens go to the origin that they are of, and to no other.
        """
        tokens = self.tokens if origin(url) == origin(self.url) else ()
        if status in {307, 308}:
            return msgspec.structs.replace(self, url=url, tokens=tokens)
        return WireRequest(url=url, max_bytes=self.max_bytes, tokens=tokens, robots_file=self.robots_file)


def origin(url: str) -> tuple[str, str]:
    """What a token is bound to: scheme, and host with port. ValueError where the URL is none."""
    parts = urlsplit(url)
    if not parts.hostname or (parts.port or 1) < 1:
        raise ValueError(f"{url} has no host")
    return parts.scheme, parts.netloc.lower()
