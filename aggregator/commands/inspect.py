"""The commands that change nothing: `status`, `sources`, and `doctor`."""

import argparse
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import msgspec

from aggregator import bundled, registry
from aggregator.commands import terminal
from aggregator.commands.exit_codes import NOT_PUBLISHED, SOME_FAILED, exit_code
from aggregator.commands.job import check_contact, region_of
from aggregator.config import Source
from aggregator.errors import AdapterError, StoreError
from aggregator.faults import Faults
from aggregator.ops import WELL, health
from aggregator.places import unknown_decisions
from aggregator.release import check_site, check_writable
from aggregator.snapshot import take
from aggregator.store import Store, check_region, damaged_rows, exclusive, host_waits, rows_set_aside

MOST_SHOWN = 20  # damaged rows; with more than these an operator needs a backup, not a list


def status(arguments: argparse.Namespace) -> int:
    """Prints how each source is doing.

    Returns 0 if all is well, 90 if some sources are not or something was left out of the release, 91 if no source is
    well, and 92 if the last publish failed or the release is too old or missing.
    """
    region = region_of(arguments)
    with Store(arguments.db) as store:
        now, published_at = datetime.now(UTC), _published_at(arguments.out)
        snapshot = take(store, region, now, Faults())
        found = health(snapshot, region, published_at, store.last_publish(), host_waits(store))
    if arguments.json:
        terminal.raw(msgspec.json.format(msgspec.json.encode(found)))
    else:
        terminal.status(found)
    if found.published_late or found.publish_failure:
        return NOT_PUBLISHED
    code = exit_code([source.standing in WELL for source in found.sources])
    return code or (SOME_FAILED if found.left_out else 0)


def _published_at(out: Path) -> datetime | None:
    """When the release was switched in: every release gets a new link."""
    try:
        return datetime.fromtimestamp(out.lstat().st_mtime, UTC) if out.is_symlink() else None
    except OSError:
        return None


def sources(arguments: argparse.Namespace) -> int:
    """Lists the sources of the region file."""
    region = region_of(arguments)
    titles = [(source, _title(source)) for source in region.sources]
    terminal.sources(region, titles, datetime.now(region.zone).date())
    return 0


def _title(source: Source) -> str:
    """The title of an adapter, with its file if it is the operator's own, or what is wrong with it."""
    try:
        title, origin = registry.of(source).title, registry.origin(source.provider, source.adapters)
        return title if origin.path.is_relative_to(bundled.PROVIDERS) else f"{title} ({origin.label})"
    except AdapterError as error:
        return str(error)


def _check_database(store: Store) -> bool:
    """Prints damaged rows and returns whether there are any; StoreError if the file itself is damaged."""
    damaged = list(islice(damaged_rows(store), MOST_SHOWN))
    for row in damaged:
        terminal.failure(f"database: {store.path}: {row}")
    if aside := rows_set_aside(store):
        terminal.say(
            f"database: {aside} rows could not be read when the file was migrated and are now in the table set_aside; "
            "look at them, then empty the table"
        )
    if damaged:
        return True
    if (found := store.integrity()) != "ok":
        raise StoreError(f"{store.path}: {found}; move the file away and run again, which creates a new one")
    terminal.say(f"database: {store.path} is intact, {len(store.sources())} sources visited")
    return False


def doctor(arguments: argparse.Namespace) -> int:
    """Checks what a run needs; 90 if an adapter is broken or a row cannot be read. Other faults raise their error."""
    region = region_of(arguments)
    check_contact(region, arguments.region)
    broken = registry.broken(region.sources)
    adapters = "all with a working adapter" if not broken else f"{len(broken)} without a working adapter"
    terminal.say(f"region: {region.title}, {len(region.sources)} sources, {adapters}")
    for name, error in broken.items():
        terminal.failure(f"source {name} cannot be visited: {error}")
    with exclusive(arguments.db), Store(arguments.db) as store:
        check_region(store, region.name)
        damaged = _check_database(store)
        for line in unknown_decisions(store, region):
            terminal.say(line)
    check_site(arguments.out, region)
    check_writable(arguments.out)
    terminal.say(f"output: {arguments.out} is writable")
    return SOME_FAILED if broken or damaged else 0
