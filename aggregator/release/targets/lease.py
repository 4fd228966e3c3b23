"""Who publishes to a target: two machines that did would take turns in undoing each other's work.

A machine is known by an id drawn at random and kept beside its releases, so that it stays who it is under another name
or address. A lease is renewed by each publication and expires by itself, so that a machine that is no more stands in
nobody's way for longer than `EXPIRES`; no publication may outlive it (`DEADLINE`).
"""

from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

import msgspec

from aggregator.errors import PublishError

EXPIRES = timedelta(minutes=10)
DEADLINE = 8 * 60.0  # seconds until no further request begins
OWNER = ".owner"


class Lease(msgspec.Struct, frozen=True):
    """As it stands at the target, in JSON."""

    owner: str
    renewed: datetime


def owner_of(releases: Path) -> str:
    """The id of the machine that keeps its releases in this folder."""
    path = releases / OWNER
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.write_text(owner := token_hex(8), encoding="ascii")
        return owner


def encode(lease: Lease) -> bytes:
    return msgspec.json.encode(lease)


def decode(content: bytes) -> Lease | None:
    """None where that is no lease."""
    try:
        return msgspec.json.decode(content, type=Lease)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def refuse_other(lease: Lease | None, owner: str, at: datetime, where: str) -> None:
    """PublishError where the lease is another machine's and has not expired at `at`."""
    if lease and lease.owner != owner and abs(at - lease.renewed) < EXPIRES:
        raise PublishError(
            f"{where}: another machine ({lease.owner}; this one is {owner}) published there at {lease.renewed}; only "
            f"one may. End `aggregator` there, and try again {EXPIRES.seconds // 60} minutes after its last publication"
        )
