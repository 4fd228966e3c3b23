"""What a source keeps between visits, during one visit: what earlier visits kept, and what changes.

A change counts once a page that was yielded after it has been read, so that a cursor never passes an unread page.
"""

from collections.abc import Mapping

from aggregator.errors import PageError
from aggregator.redact import shown_url

MAX_KEPT = 64 * 1024 * 1024  # characters that a source may keep between visits, keys included


class Kept:
    """The kept state of the source at `url`.

    `before`: key -> text, from earlier visits; `new`: the changes that count.
    """

    def __init__(self, before: Mapping[str, str], url: str) -> None:
        self.before = before
        self.new: dict[str, str] = {}
        self._waiting: dict[str, str] = {}
        self._size, self._url = size_of(before), url

    def change(self, key: str, text: str) -> None:
        """Keeps `text` under `key`, or removes the key if it is empty; PageError beyond the limit."""
        known = self._waiting.get(key, self.new.get(key, self.before.get(key, "")))
        self._size += _size(key, text) - _size(key, known)
        if self._size > MAX_KEPT:
            raise PageError(
                f"{shown_url(self._url)}: the source would keep more than {MAX_KEPT // 1024**2} MB between two visits, "
                "so nothing more is read; split it into several sources with fewer places each"
            )
        if text != known:
            self._waiting[key] = text

    def page_was_read(self) -> None:
        """Lets the changes count that were made before the page was yielded."""
        self.new |= self._waiting
        self._waiting.clear()


def size_of(kept: Mapping[str, str]) -> int:
    """The characters that a source keeps, as the limit counts them."""
    return sum(_size(key, text) for key, text in kept.items())


def _size(key: str, text: str) -> int:
    return len(key) + len(text) if text else 0
