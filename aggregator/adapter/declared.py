"""Checks what an adapter declares about its requests: fixed headers, and statuses that are answers to it."""

from collections.abc import Iterable, Mapping

from aggregator.config import OUR_HEADERS

# They state something about us or the host, never about appointments, and the client acts on them itself.
_OURS = frozenset({206, 401, 403, 407, 408, 421, 425, 429, 451})


def check_declared(adapter: str, headers: Mapping[str, str], answers: Iterable[int]) -> None:
    """Raises TypeError for a header that only the framework sets, or a status that cannot be an answer."""
    for name, value in headers.items():
        text = f"{name}{value}"
        if name.lower() in OUR_HEADERS or not (name and text.isascii() and text.isprintable()):
            raise TypeError(
                f"{adapter}.headers: {name}: {value!r} cannot be sent; use printable ASCII, and no header that "
                "identifies us or describes the connection"
            )
    for status in answers:
        if status in _OURS or not (201 <= status < 300 or 400 <= status < 500):
            raise TypeError(
                f"{adapter}.answers: {status} cannot be an answer; accepted: 2xx and 4xx, such as 204 or 404, that do "
                "not refuse us or ask us to wait"
            )
