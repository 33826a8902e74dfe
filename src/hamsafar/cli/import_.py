"""`hamsafar import`: a file of past events, down the bulk lane."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from hamsafar.cli.ask import Data
from hamsafar.cli.import_files import Reading, open_reading, unreadable
from hamsafar.collect.importing import BulkCounts, BulkSink, Packer, Wishes
from hamsafar.collect.importing.moments import Writing
from hamsafar.kernel.clock import Clock, SystemClock
from hamsafar.kernel.errors import BadInput, HamsafarError

CONTEXT = {"allow_extra_args": True}
"""For `app.command`: further `field=column` words after `--map` are taken too."""

_DEFAULT_SOURCE = "import"
_TOUCHPOINTS = frozenset({"web", "app", "store", "call", "chat", "email", "sms", "social"})
_POLL_S = 0.05

OpenSink = Callable[[Path], AbstractContextManager[BulkSink]]
"""Opens the bulk lane of a data folder: by its server's socket, or by taking its lock."""


class Summary(msgspec.Struct, kw_only=True):
    """What an import did.

    Attributes:
        rows: rows of the file; `imported + duplicates + quarantined + rejected` when nobody else
            sends to the same sources meanwhile.
        rejected: crawlers and internal traffic its source does not want.
    """

    rows: int = 0
    imported: int = 0
    duplicates: int = 0
    quarantined: int = 0
    rejected: int = 0
    seconds: float = 0.0
    rows_per_s: float = 0.0


@dataclass(slots=True)
class Meter:
    """Shows how far an import is."""

    progress: Progress
    task: TaskID

    def read(self, position: int, rows: int, started: float) -> None:
        """Show what is read."""
        rate = rows / max(time.monotonic() - started, 1e-9)
        self.progress.update(
            self.task, completed=position, description=f"{rows:,} rows, {rate:,.0f}/s"
        )

    def drain(self, lag: int) -> None:
        """Show what the pipeline has still to do."""
        self.progress.update(self.task, description=f"{lag:,} events to go")


class Import:
    """One import of one file into one bulk lane."""

    def __init__(self, sink: BulkSink, *, channel: str = "", clock: Clock | None = None) -> None:
        self._sink = sink
        self._channel = channel
        self._clock = clock or SystemClock()
        self._packers: dict[str, Packer] = {}
        self._before: dict[int, BulkCounts] = {}

    def run(self, reading: Reading, *, source: str, meter: Meter | None = None) -> Summary:
        """Append every row, wait until the pipeline has finished them, and count."""
        started = time.monotonic()
        rows = 0
        for chunk in reading.chunks():
            for slug, events in chunk.events.items():
                for blob, count in self._packer(slug).add(events):
                    self._sink.append(blob, count)
            for refused in chunk.refused:
                self._sink.append(*self._packer(source).refuse(refused))
            rows += chunk.rows
            if meter is not None:
                meter.read(chunk.position, rows, started)
        for packer in self._packers.values():
            for blob, count in packer.rest():
                self._sink.append(blob, count)
        while lag := self._sink.lag():
            if meter is not None:
                meter.drain(lag)
            time.sleep(_POLL_S)
        return self._summary(rows, time.monotonic() - started)

    def _packer(self, slug: str) -> Packer:
        packer = self._packers.get(slug)
        if packer is None:
            channel = self._channel or (slug if slug in _TOUCHPOINTS else _DEFAULT_SOURCE)
            source_id = self._sink.source(slug, channel)
            self._before[source_id] = self._sink.counts(source_id)
            packer = self._packers[slug] = Packer(source_id, self._clock.now_us())
        return packer

    def _summary(self, rows: int, seconds: float) -> Summary:
        found = Summary(
            rows=rows, seconds=round(seconds, 3), rows_per_s=round(rows / max(seconds, 1e-9), 1)
        )
        for source_id, before in self._before.items():
            after = self._sink.counts(source_id)
            found.imported += after.stored - before.stored
            found.duplicates += after.duplicates - before.duplicates
            found.quarantined += after.quarantined - before.quarantined
            found.rejected += after.rejected - before.rejected
        return found


def import_command(open_sink: OpenSink) -> Callable[..., None]:
    """Return the Typer command, to be registered as `import` with `context_settings=CONTEXT`."""

    def import_(
        context: typer.Context,
        file: Annotated[Path, typer.Argument(help="CSV, JSON Lines (both also .gz) or Parquet.")],
        data: Data,
        mapped: Annotated[
            list[str] | None,
            typer.Option("--map", help="FIELD=COLUMN, for example user_id=customer. Repeatable."),
        ] = None,
        id_column: Annotated[str, typer.Option("--id", help="Column of message ids.")] = "",
        zone: Annotated[
            str, typer.Option("--tz", help="Zone of times without one, such as Asia/Tehran.")
        ] = "",
        source: Annotated[str, typer.Option(help="Source the events belong to.")] = "",
        channel: Annotated[str, typer.Option(help="Touchpoint of a source made now.")] = "",
        event: Annotated[str, typer.Option(help="Name of every event.")] = "",
        kind: Annotated[str, typer.Option("--type", help="track or identify.")] = "",
        time_format: Annotated[
            Writing | None, typer.Option("--time-format", help="How times are written.")
        ] = None,
        encoding: Annotated[str, typer.Option(help="Encoding of CSV text.")] = "utf-8",
        yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    ) -> None:
        """Import past events. Doing it again adds nothing, whatever was killed in between."""
        console = Console(stderr=True)
        try:
            wishes = Wishes(
                source=source or _DEFAULT_SOURCE,
                mapped=_pairs([*(mapped or []), *context.args]),
                id_column=id_column,
                zone=zone,
                event=event,
                kind=kind,
                writing=time_format,
            )
            reading = open_reading(file, wishes, follows_lines=not source, encoding=encoding)
            if not yes and not _agreed(reading, file, console):
                raise typer.Exit(1)
            with open_sink(data) as sink:
                summary = _run(Import(sink, channel=channel), reading, wishes.source, console)
        except HamsafarError as error:
            console.print(f"[red]Error:[/red] {error.detail}", highlight=False)
            raise typer.Exit(2) from None
        except (OSError, ValueError) as error:
            told = unreadable(file, error, encoding)
            console.print(f"[red]Error:[/red] {told.detail}", highlight=False)
            raise typer.Exit(2) from None
        if as_json:
            typer.echo(msgspec.json.encode(summary).decode())
        else:
            console.print(words(summary))

    return import_


def words(summary: Summary) -> str:
    """Return the result for people."""
    text = (
        f"{summary.rows:,} rows in {summary.seconds:,.1f} s ({summary.rows_per_s:,.0f}/s): "
        f"{summary.imported:,} imported, {summary.duplicates:,} known already"
    )
    if summary.quarantined:
        text += f", {summary.quarantined:,} in quarantine with their reasons"
    if summary.rejected:
        text += f", {summary.rejected:,} rejected as crawlers or internal"
    return f"{text}."


def _pairs(said: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for item in said:
        name, equals, column = item.partition("=")
        if not equals or not name or not column:
            raise BadInput(f"{item!r}: write --map FIELD=COLUMN, as user_id=customer", where="map")
        pairs[name.strip()] = column.strip()
    return pairs


def _agreed(reading: Reading, file: Path, console: Console) -> bool:
    """Show what the columns mean and ask."""
    table = Table("Column", "becomes", title=file.name)
    for column, meaning in reading.table():
        table.add_row(column, meaning)
    console.print(table)
    if not sys.stdin.isatty():
        raise BadInput("nobody is there to be asked: add --yes", where="yes")
    return typer.confirm("Import it like this?", err=True)


def _run(work: Import, reading: Reading, source: str, console: Console) -> Summary:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("reading", total=max(reading.size, 1))
        return work.run(reading, source=source, meter=Meter(progress, task))
