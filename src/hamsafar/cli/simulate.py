"""`hamsafar simulate`: write an invented town's events, and the truth about them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from hamsafar.kernel.errors import HamsafarError
from hamsafar.simulate import Settings, write
from hamsafar.simulate.simulation import Written


def simulate(
    out: Annotated[Path, typer.Option("--out", help="JSON Lines file to write.")],
    blueprint: Annotated[str, typer.Option(help="Which town to simulate.")] = "retail",
    people: Annotated[int, typer.Option(min=1, help="How many live in it.")] = 2_000,
    days: Annotated[int, typer.Option(min=1, help="How many days to simulate.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 1,
    profile: Annotated[str, typer.Option(help="A profile of the blueprint: bench.")] = "",
    events: Annotated[
        int | None, typer.Option(min=1, help="Stop after about so many events.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(help="Last moment (UTC); else the blueprint's.")
    ] = None,
    merge_every: Annotated[
        int | None, typer.Option(min=0, help="At least one merge in so many events.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Write a seeded stream of events to FILE, and its truth to the folder FILE.truth."""
    settings = Settings(
        blueprint=blueprint,
        people=people,
        days=days,
        seed=seed,
        profile=profile,
        events=events,
        until=until.replace(tzinfo=UTC) if until is not None else None,
        merge_every=merge_every,
    )
    console = Console(stderr=True)
    try:
        written = _written(settings, out, console)
    except HamsafarError as error:
        console.print(f"[red]Error:[/red] {error.detail}")
        raise typer.Exit(2) from None
    except OSError as error:
        console.print(f"[red]Error:[/red] cannot write {out}: {error.strerror}")
        raise typer.Exit(2) from None
    if as_json:
        found = {"events": str(written.events), "truth": str(written.truth)}
        counts = msgspec.to_builtins(written.counts)
        typer.echo(msgspec.json.encode({**found, "counts": counts}).decode())
        return
    counts = written.counts
    console.print(
        f"{counts.lines:,} lines in {written.events}: {counts.unique:,} events of "
        f"{counts.people:,} people, {counts.duplicates:,} duplicates, {counts.invalid:,} invalid, "
        f"{counts.merges:,} merges.\nThe truth about them is in {written.truth}"
    )


def _written(settings: Settings, out: Path, console: Console) -> Written:
    columns = (
        TextColumn("simulating"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} events"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("simulating", total=None)
        return write(
            settings,
            out,
            progress=lambda done, total: progress.update(
                task, completed=done, total=max(done, total)
            ),
        )
