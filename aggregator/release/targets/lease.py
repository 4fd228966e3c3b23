"""The lease on a target, which prevents two publishers from overwriting each other.

A machine identifies itself by a random id stored with its releases, so a new host name or address does not matter. Each
publication renews the lease. A machine that is gone blocks the others for at most `EXPIRES`; a publication ends before
its lease does (`DEADLINE`).
"""

from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

import msgspec

from aggregator.errors import PublishError

EXPIRES = timedelta(minutes=10)
DEADLINE = 8 * 60.0  # seconds; a publication begins no further request after that
OWNER = ".owner"


class Lease(msgspec.Struct, frozen=True):
    """The lease as the target stores it, in JSON: the id of a machine, and when it last published."""

    owner: str
    renewed: datetime


def owner_of(releases: Path) -> str:
    """The id of this machine, stored in the folder of releases; created if there is none."""
    path = releases / OWNER
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.write_text(owner := token_hex(8), encoding="ascii")
        return owner


def encode(lease: Lease) -> bytes:
    return msgspec.json.encode(lease)


def decode(content: bytes) -> Lease | None:
    """The lease; None if the content is not one."""
    try:
        return msgspec.json.decode(content, type=Lease)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def check_lease(lease: Lease | None, owner: str, at: datetime, where: str) -> None:
    """Raises PublishError if another machine holds the lease and it has not expired at `at`."""
    if lease and lease.owner != owner and abs(at - lease.renewed) < EXPIRES:
        raise PublishError(
            f"{where}: another machine ({lease.owner}; this one is {owner}) published there at {lease.renewed}; only "
            f"one may. Stop `aggregator` there and try again {EXPIRES.seconds // 60} minutes after its last publication"
        )
