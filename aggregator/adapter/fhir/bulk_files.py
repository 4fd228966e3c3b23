"""The files of a feed: what was read and what is missing, which is the difference between "none" and "unknown"."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from aggregator.adapter.fhir.elements import Record
from aggregator.adapter.fhir.manifest import Output
from aggregator.adapter.fhir.records import Unread, records_in
from aggregator.adapter.limits import NDJSON, too_long
from aggregator.errors import RecordError, excerpt
from aggregator.redact import shown_url


class Loss(NamedTuple):
    """A damaged file: its URL, and what is wrong with it."""

    url: str
    reason: str


class Gap(NamedTuple):
    """Records of a kind that were not read. `states` None: they may be about a Location of any state."""

    kind: str
    states: frozenset[str] | None


class Files:
    """The files of one visit: their records, and everything that could not be read."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()  # number of files by kind
        self.lost: Counter[str] = Counter()
        self.empty: list[Output] = []
        self.losses: list[Loss] = []
        self.gaps: set[Gap] = set()
        self.errors: list[RecordError] = []

    def records(self, file: Output, text: str | None) -> Iterator[Record]:
        """Yields the records of a file. `text` None: it could not be fetched, and the caller has reported that."""
        self.seen[file.kind] += 1
        if text is None:
            self._lose(file)
            return
        if why := too_long(text, NDJSON):
            self.lose(file, why)
            return
        good, bad, cut_off = 0, list[Unread](), False
        for piece in records_in(text, file.kind):
            cut_off = isinstance(piece, Unread)
            if isinstance(piece, Unread):
                bad.append(piece)
            else:
                good += 1
                yield piece
        if not good and not bad and file.size != 0:
            self.empty.append(file)
        elif reason := _damage(file, good, bad, cut_off):
            self.lose(file, reason)
        else:
            for piece in bad:
                self.skip(file, piece.text, piece.reason)

    def lose(self, file: Output, reason: str) -> None:
        """Reports a damaged file."""
        self.losses.append(Loss(file.url, reason))
        self._lose(file)

    def skip(self, file: Output, value: object, reason: str) -> None:
        """Reports one record that cannot be read."""
        self.gaps.add(Gap(file.kind, file.states))
        self.errors.append(RecordError(shown_url(file.url), value, f"{file.kind} cannot be read: {reason}"))

    def all_lost(self, kind: str) -> bool:
        """Whether there are files of a kind, and all of them are lost."""
        return 0 < self.seen[kind] == self.lost[kind]

    def missing_for(self, state: str) -> set[str]:
        """The kinds with missing records that may be about a Location in `state`; "" is any state."""
        return {gap.kind for gap in self.gaps if gap.states is None or not state or state in gap.states}

    def _lose(self, file: Output) -> None:
        self.lost[file.kind] += 1
        self.gaps.add(Gap(file.kind, file.states))


def _damage(file: Output, good: int, bad: list[Unread], cut_off: bool) -> str:
    """Why a whole file counts as damaged; "" if at most single records are bad."""
    if bad and not good:
        return f"contains no {file.kind} record; it begins {excerpt(bad[0].text)} ({bad[0].reason})"
    if cut_off:
        return f"breaks off after {good} {file.kind} records; it ends {excerpt(bad[-1].text)}"
    if len(bad) > good:
        first = excerpt(bad[0].text)
        return f"contains {good} {file.kind} records and {len(bad)} pieces that are not one; the first: {first}"
    if file.size is not None and good + len(bad) < file.size:
        return f"contains {good + len(bad)} {file.kind} records, but the manifest counts {file.size}"
    return ""
