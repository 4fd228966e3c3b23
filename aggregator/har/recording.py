"""A recorded visit, and the choice of the recorded answer to each request."""

from collections.abc import Iterable
from datetime import UTC
from pathlib import Path

from aggregator.errors import ConfigError
from aggregator.har.document import Entry, entries_of, recorded_shape
from aggregator.har.request_match import RequestShape


class Recording:
    """The entries of one visit, in the order of their files. `now` is the time of its newest request."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self.now = max(entry.started_date_time for entry in entries).astimezone(UTC)
        self._shapes = tuple(recorded_shape(entry.request) for entry in entries)
        self._served: list[int] = []  # indexes of entries, in the order in which they were served

    def find(self, request: RequestShape) -> Entry | None:
        """Finds the entry that matches a request best and marks it as served; None if none matches.

        Of several equally good ones, the first that was not served yet wins, otherwise the one served last.
        """
        scores = {i: score for i, shape in enumerate(self._shapes) if (score := request.agreement(shape)) is not None}
        if not scores:
            return None
        best = [i for i, score in scores.items() if score == max(scores.values())]
        fresh = [i for i in best if i not in self._served]
        found = fresh[0] if fresh else next(i for i in reversed(self._served) if i in best)
        self._served.append(found)
        return self.entries[found]


def load_recording(paths: Iterable[Path]) -> Recording:
    """Loads one visit from one or several files; ConfigError names the file and what is wrong with it."""
    entries = tuple(entry for path in paths for entry in entries_of(path))
    if not entries:
        raise ConfigError("no recording was given; name at least one HAR file")
    return Recording(entries)
