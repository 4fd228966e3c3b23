"""Prints for people: tables and plain lines, and errors on standard error. Log lines are in `log`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from aggregator.config import Region, Source
from aggregator.model import Fault, Outcome, Report, Snapshot, SourceState
from aggregator.ops import WELL, Health, SourceHealth
from aggregator.redact import printable, shown_url
from aggregator.release import Release

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

COLOURS = {Outcome.OK: "green", Outcome.EMPTY: "green", Outcome.BUSY: "yellow", Outcome.BLOCKED: "red"}

LEFT_OUT_SHOWN = 20


def say(text: str) -> None:
    """Prints a plain line."""
    console.print(escape(printable(text)))


def failure(text: str) -> None:
    """Prints an error on standard error."""
    errors.print(f"[red]error:[/red] {escape(printable(text))}")


def raw(text: bytes) -> None:
    """Writes raw output for another program, without wrapping."""
    console.file.write(f"{text.decode()}\n")


def summary(snapshot: Snapshot, reports: Iterable[Report], release: Release, out: Path) -> None:
    """Prints the table at the end of a run, and how to look at the result."""
    took = {report.source: report.took for report in reports}
    table = _table("source", "outcome", right=("locations", "with appointments", "took"))
    for state in snapshot.sources:
        table.add_row(
            escape(state.name),
            _coloured(state.outcome),
            *_counts(state),
            f"{took[state.name]:.1f} s" if state.name in took else "not due",
        )
    console.print()
    console.print(table)
    console.print(
        f"\n{sum(s.with_appointments for s in snapshot.sources)} of {len(snapshot.places)} places have appointments. "
        f"Published {release.files} files to {escape(str(out))}; preview them with `aggregator serve`."
    )
    if snapshot.faults:
        left_out(snapshot.faults)
    if release.sent.files:
        sent = release.sent
        console.print(f"Sent {sent.files} files ({sent.size:,} bytes) to the target and removed {sent.removed} there.")


def status(found: Health) -> None:
    """Prints `aggregator status`: a failed publish, then a table of the sources, then advice for each in trouble."""
    if found.publish_failure:
        age = _age(found.publish_failed_at, found.generated_at)
        console.print(f"[red]The last publish failed[/], {age}: {escape(found.publish_failure)}\n")
    table = _table("source", "outcome", "last good", "standing", right=("locations", "with appointments"))
    for one in found.sources:
        colour = "green" if one.standing in WELL else "red"
        table.add_row(
            escape(one.name),
            _coloured(one.outcome),
            _age(one.last_good_at, found.generated_at),
            f"[{colour}]{one.standing}[/]",
            *_counts(one),
        )
    console.print(table if found.sources else "No source of the region is active today.")
    for one in found.sources:
        if one.message or one.advice:
            console.print(f"\n{escape(one.name)}: {escape(one.message or one.standing)}")
        if one.wait_minutes:
            age = _age(one.attempted_at, found.generated_at)
            console.print(f"  the site estimated a wait of {one.wait_minutes} min ({age})")
        if one.advice:
            console.print(f"  {escape(one.advice)}")
    if found.clock:
        console.print(f"\n[red]{escape(found.clock)}[/red]")
    age = _age(found.published_at, found.generated_at)
    late = (
        ", [red]too long ago[/]: `aggregator run` publishes a new one, or says why not" if found.published_late else ""
    )
    console.print(f"\nLast release: {age}{late}")
    if found.left_out:
        left_out(found.left_out)


def left_out(faults: Sequence[Fault]) -> None:
    """Prints what failed and was left out of the release."""
    console.print(f"\n[red]Left out[/] of the release: {len(faults)}; please report this")
    for fault in faults[:LEFT_OUT_SHOWN]:
        console.print(f"  {fault.stage}  {escape(fault.id)}: {escape(fault.reason)}")
    if len(faults) > LEFT_OUT_SHOWN:
        console.print(f"  and {len(faults) - LEFT_OUT_SHOWN} more; `aggregator status --json` lists all of them")


def sources(region: Region, titles: Sequence[tuple[Source, str]], today: date) -> None:
    """Prints `aggregator sources`: each source with the title of its adapter."""
    console.print(f"[bold]{escape(region.title)}[/bold] ({escape(region.name)}; {', '.join(region.states)})")
    active = {source.name for source in region.active(today)}
    for source, title in titles:
        days = f"{source.first_day or '…'} to {source.last_day or '…'}"
        when = f"every {source.interval:g} s" if source.name in active else f"not polled today, only from {days}"
        if source.interval > region.expires_after:
            when += f" (its answers expire after {region.expires_after:g} s; shorten its interval)"
        console.print(
            f"\n[bold]{escape(source.name)}[/bold]  {escape(title)}, {when}\n  {escape(shown_url(source.url))}"
        )


def heading(text: str) -> None:
    """Prints a heading after an empty line."""
    console.print(f"\n[bold]{escape(text)}[/bold]")


def grid(columns: Mapping[str, int], rows: Iterable[Sequence[str]]) -> None:
    """Prints a table of texts, wrapped to the width of the terminal; nothing if there are no rows.

    `columns`: name -> minimum width at which its texts are readable.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for name, least in columns.items():
        table.add_column(name, min_width=least, overflow="fold")
    for row in rows:
        table.add_row(*(escape(text) for text in row))
    if table.row_count:
        console.print(table, soft_wrap=False)


def _table(*left: str, right: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in left:
        table.add_column(name)
    for name in right:
        table.add_column(name, justify="right")
    return table


def _counts(state: SourceState | SourceHealth) -> tuple[str, str]:
    """Locations and how many have appointments; "?" for a source that has never answered."""
    if state.last_good_at is None and not state.locations:
        return "?", "?"
    return str(state.locations), str(state.with_appointments)


def _coloured(outcome: Outcome | None) -> str:
    if outcome is None:
        return "not visited"
    return f"[{COLOURS.get(outcome, 'red')}]{outcome:<7}[/]"


def _age(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "never"
    seconds = max(0.0, (now - moment).total_seconds())
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length:.0f} {unit} ago"
    return f"{seconds:.0f} s ago"
