"""What of a feed's files was read, and what was not: the difference between "none" and "not known"."""

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
    """A file that is not what it should be: its address, and what is wrong with it."""

    url: str
    reason: str


class Gap(NamedTuple):
    """Something of a kind that was not read. `states` None: it may concern a Location of any state."""

    kind: str
    states: frozenset[str] | None


class Files:
    """The files of one visit: their records, and everything about them that was not read."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()  # files by kind
        self.lost: Counter[str] = Counter()
        self.empty: list[Output] = []
        self.losses: list[Loss] = []
        self.gaps: set[Gap] = set()
        self.errors: list[RecordError] = []

    def records(self, file: Output, text: str | None) -> Iterator[Record]:
        """The records of a file. `text` None: it did not come, and whoever asked for it has reported that."""
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
        """Reports a file that is not what it should be."""
        self.losses.append(Loss(file.url, reason))
        self._lose(file)

    def skip(self, file: Output, value: object, reason: str) -> None:
        """Reports one record that cannot be read."""
        self.gaps.add(Gap(file.kind, file.states))
        self.errors.append(RecordError(shown_url(file.url), value, f"{file.kind} cannot be read: {reason}"))

    def all_lost(self, kind: str) -> bool:
        """Whether there are files of a kind, and none of them is what it should be."""
        return 0 < self.seen[kind] == self.lost[kind]

    def missing_for(self, state: str) -> set[str]:
        """The kinds of which something is missing that may be about a Location in `state`; "" is any state."""
        return {gap.kind for gap in self.gaps if gap.states is None or not state or state in gap.states}

    def _lose(self, file: Output) -> None:
        self.lost[file.kind] += 1
        self.gaps.add(Gap(file.kind, file.states))


def _damage(file: Output, good: int, bad: list[Unread], cut_off: bool) -> str:
    """Why a file as a whole is not what it should be; "" if it is, apart from single bad records."""
    if bad and not good:
        return f"holds no {file.kind} record; it begins {excerpt(bad[0].text)} ({bad[0].reason})"
    if cut_off:
        return f"breaks off after {good} {file.kind} records; it ends {excerpt(bad[-1].text)}"
    if len(bad) > good:
        return f"holds {len(bad)} pieces that are no {file.kind} record, beside {good} that are; {excerpt(bad[0].text)}"
    if file.size is not None and good + len(bad) < file.size:
        return f"holds {good + len(bad)} {file.kind} records where the manifest counts {file.size}"
    return ""
