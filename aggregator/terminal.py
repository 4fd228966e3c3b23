"""What the commands print: a line per source while they work, tables at the end, errors on standard error."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from aggregator.model import Outcome, Report, Snapshot, SourceState
from aggregator.publish.release import Release
from aggregator.region import Region, Source

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

COLOURS = {Outcome.OK: "green", Outcome.EMPTY: "green", Outcome.BUSY: "yellow", Outcome.BLOCKED: "red"}


def say(text: str) -> None:
    """One plain line."""
    console.print(escape(text))


def failure(text: str) -> None:
    """One line on standard error."""
    errors.print(f"[red]error:[/red] {escape(text)}")


def visited(report: Report) -> None:
    """One line as a source has been visited: the progress of a run."""
    detail = escape(report.message) if report.message else f"{len(report.readings)} locations"
    console.print(f"  {_coloured(report.outcome)} {escape(report.source)}: {detail} ({report.took:.1f} s)")


def summary(snapshot: Snapshot, reports: Iterable[Report], release: Release, out: Path) -> None:
    """The table at the end of a run, and where to look."""
    took = {report.source: report.took for report in reports}
    table = Table(title=None, box=None, pad_edge=False, header_style="bold")
    table.add_column("source")
    table.add_column("outcome")
    for name in ("locations", "with appointments", "took"):
        table.add_column(name, justify="right")
    for state in snapshot.sources:
        table.add_row(
            escape(state.name),
            _coloured(state.outcome),
            str(state.locations),
            str(state.with_appointments),
            f"{took[state.name]:.1f} s" if state.name in took else "not due",
        )
    console.print()
    console.print(table)
    console.print(
        f"\n{sum(s.with_appointments for s in snapshot.sources)} of {len(snapshot.places)} places have appointments. "
        f"Published {release.files} files to {escape(str(out))}; look at them with `make serve` or `aggregator serve`."
    )


def standing(states: Iterable[SourceState], zone: ZoneInfo) -> None:
    """`aggregator status`: every source as it stands."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("source", "outcome", "last good answer", "next visit", "locations", "with appointments", "message"):
        table.add_column(name, justify="right" if name.startswith(("loc", "with")) else "left")
    for state in states:
        table.add_row(
            escape(state.name),
            _coloured(state.outcome),
            _moment(state.last_good_at, zone),
            _moment(state.next_visit_at, zone),
            str(state.locations),
            str(state.with_appointments),
            escape(state.message),
        )
    console.print(table)


def configured(region: Region, titles: Sequence[tuple[Source, str]], today: datetime) -> None:
    """`aggregator sources`: what the region file says, and the adapter that reads it."""
    console.print(f"[bold]{escape(region.title)}[/bold] ({escape(region.name)}; {', '.join(region.states)})\n")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("source", "read by", "every", "in force", "url"):
        table.add_column(name, overflow="fold")
    active = {source.name for source in region.active(today.date())}
    for source, title in titles:
        table.add_row(
            escape(source.name),
            escape(title),
            f"{source.interval:g} s",
            "yes" if source.name in active else f"{source.first_day or ''} to {source.last_day or ''}".strip(),
            escape(source.url),
        )
    console.print(table)


def _coloured(outcome: Outcome | None) -> str:
    if outcome is None:
        return "not visited"
    return f"[{COLOURS.get(outcome, 'red')}]{outcome:<7}[/]"


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}" if moment else "never"
