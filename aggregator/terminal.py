"""What the commands print: a line per source while they work, tables at the end, errors on standard error."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
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
        f"Published {release.files} files to {escape(str(out))}; look at them with `make serve` or `aggregator serve`."
    )


def standing(states: Sequence[SourceState], zone: ZoneInfo) -> None:
    """`aggregator status`: every source as it stands, and below what each one said that is not plainly good."""
    table = _table("source", "outcome", "last good answer", "next visit", right=("locations", "with appointments"))
    for state in states:
        table.add_row(
            escape(state.name),
            _coloured(state.outcome),
            _moment(state.last_good_at, zone),
            _moment(state.next_visit_at, zone),
            *_counts(state),
        )
    console.print(table)
    for state in states:
        if state.message:
            console.print(f"\n{escape(state.name)}: {escape(state.message)}")


def configured(region: Region, titles: Sequence[tuple[Source, str]], today: date) -> None:
    """`aggregator sources`: what the region file says, and the adapter that reads it."""
    console.print(f"[bold]{escape(region.title)}[/bold] ({escape(region.name)}; {', '.join(region.states)})")
    active = {source.name for source in region.active(today)}
    for source, title in titles:
        days = f"{source.first_day or '…'} to {source.last_day or '…'}"
        when = f"every {source.interval:g} s" if source.name in active else f"not visited today, only from {days}"
        console.print(f"\n[bold]{escape(source.name)}[/bold]  {escape(title)}, {when}\n  {escape(source.url)}")


def heading(text: str) -> None:
    """A line that begins something new."""
    console.print(f"\n[bold]{escape(text)}[/bold]")


def grid(columns: Mapping[str, int], rows: Iterable[Sequence[str]]) -> None:
    """A table of texts, wrapped to the width of the terminal; nothing where there are no rows.

    `columns`: each one's name and the least width that its texts are readable at.
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


def _counts(state: SourceState) -> tuple[str, str]:
    """Locations and those with appointments; nothing is known of a source that never answered."""
    if state.last_good_at is None and not state.locations:
        return "?", "?"
    return str(state.locations), str(state.with_appointments)


def _coloured(outcome: Outcome | None) -> str:
    if outcome is None:
        return "not visited"
    return f"[{COLOURS.get(outcome, 'red')}]{outcome:<7}[/]"


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}" if moment else "never"
