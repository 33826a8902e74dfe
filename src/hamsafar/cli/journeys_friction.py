"""`hamsafar journeys friction` and `containment`: where it hurts, and whether self-service held."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from hamsafar.api.friction_shapes import containment_shape, friction_shape
from hamsafar.api.models.friction import ContainmentPart, ContainmentShape, FrictionShape
from hamsafar.cli.ask import AsJson, helpful, settings_of
from hamsafar.cli.friction_answers import Answers, Wanted, answer_wanted, range_of
from hamsafar.cli.journeys_answers import Columns, sequences_of_file
from hamsafar.cli.local_client import LocalClient
from hamsafar.friction import default_settings, facts_of, wanted_paths
from hamsafar.friction.board import board_of
from hamsafar.friction.containment import containment, episodes_of
from hamsafar.friction.problems import VALUES, report
from hamsafar.journeys import Roles
from hamsafar.kernel.clock import SystemClock
from hamsafar.kernel.errors import BadInput
from hamsafar.wiring.build import opened
from hamsafar.wiring.lock import is_owned, owned
from hamsafar.worker.build import build_worker

AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV instead of words.")]
_From = Annotated[str, typer.Option("--from", help="First day or moment that counts.")]
_To = Annotated[str, typer.Option("--to", help="First day or moment that does not.")]
_Channels = Annotated[list[str], typer.Option("--channel", help="Only this channel. Repeatable.")]
_File = Annotated[
    Path | None, typer.Option("--file", help="Events in a file: .csv, .jsonl or .parquet.")
]
_Folder = Annotated[
    Path | None, typer.Option("--data", envvar="HAMSAFAR_DATA_DIR", help="The data folder.")
]
_Limit = Annotated[int, typer.Option("--limit", min=1, help="Problems to show.")]


@helpful
def friction(
    data: _Folder = None,
    file: _File = None,
    since: _From = "",
    until: _To = "",
    channel: _Channels = [],  # noqa: B006 - typer copies defaults
    limit: _Limit = 20,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show where journeys hurt, the worst first, and what to change."""
    wanted = Wanted(from_=since, to=until, channels=tuple(channel))
    found = _answer(data, file, wanted).friction
    if found is None:
        return
    found = found.model_copy(update={"problems": found.problems[:limit]})
    if as_json:
        typer.echo(found.model_dump_json())
    elif as_csv:
        typer.echo(_csv(_problem_rows(found)), nl=False)
    else:
        _show(found)


@helpful
def containment_command(
    data: _Folder = None,
    file: _File = None,
    since: _From = "",
    until: _To = "",
    channel: _Channels = [],  # noqa: B006 - typer copies defaults
    within_days: Annotated[int, typer.Option(min=1, max=90, help="Watched for so long.")] = 7,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show how much of self-service really held: nobody came after all."""
    wanted = Wanted(from_=since, to=until, channels=tuple(channel), within_days=within_days)
    found = _answer(data, file, wanted).containment
    if found is None:
        return
    if as_json:
        typer.echo(found.model_dump_json())
        return
    rows = _containment_rows(found)
    if as_csv:
        typer.echo(_csv(rows), nl=False)
        return
    table = Table(*map(str, rows[0]), box=None, title_justify="left")
    for row in rows[1:]:
        table.add_row(*(f"{c:.1%}" if isinstance(c, float) else str(c) for c in row))
    Console().print(table)


def _answer(data: Path | None, file: Path | None, wanted: Wanted) -> Answers:
    if file is not None:
        return _of_file(file, wanted)
    if data is None:
        raise BadInput("say where the events are: --data DIR or --file FILE", where="--data")
    settings = settings_of(data)
    if not is_owned(settings.data):
        with owned(settings.data), opened(settings) as hamsafar:
            worker = build_worker(hamsafar)
            worker.begin()
            worker.drain()
            return answer_wanted(hamsafar, wanted)
    client = LocalClient(settings.local_socket)
    try:
        told = json.dumps(client.friction(msgspec.json.encode(wanted)))
    finally:
        client.close()
    if wanted.within_days:
        return Answers(containment=ContainmentShape.model_validate_json(told))
    return Answers(friction=FrictionShape.model_validate_json(told))


def _of_file(file: Path, wanted: Wanted) -> Answers:
    sequences = sequences_of_file(file, Columns(), (*wanted_paths(), *VALUES))
    facts = facts_of(sequences, Roles.of(sequences.names))
    asked = range_of(wanted, "UTC", SystemClock().now_us())
    if wanted.within_days:
        # A file ends with its last event: nobody was watched longer.
        until = max((int(c.time.max()) for c in sequences.chunks if len(c.time)), default=0)
        held = containment(episodes_of(facts, until), within_days=wanted.within_days)
        return Answers(containment=containment_shape(held, until, wanted.within_days))
    found = report(board_of(facts, default_settings()), asked, {})
    return Answers(friction=friction_shape(found, asked.now_us, {}))


def _show(found: FrictionShape) -> None:
    console = Console()
    table = Table("#", "problem", "where", "people", "times", "time lost", "goals lost", box=None)
    for rank, problem in enumerate(found.problems, 1):
        table.add_row(
            str(rank),
            problem.detector.value.replace("_", " "),
            problem.place + (f"  [dim]{problem.cause}[/dim]" if problem.cause else ""),
            f"{problem.people.count:,}" if problem.people.count is not None else "hidden",
            f"{problem.count:,}",
            str(timedelta(minutes=round(problem.cost_minutes))),
            f"{problem.lost_outcomes:.1f} ({problem.lost_low:.1f} … {problem.lost_high:.1f})",
        )
    console.print(table)
    if found.changes:
        first = found.changes[0]
        what = first.change.value.replace("_", " ")
        place = " ".join(filter(None, (first.values.get("place"), first.values.get("cause"))))
        console.print(f"\nFirst to change: [bold]{what}[/bold] {place}")


def _problem_rows(found: FrictionShape) -> list[list[object]]:
    head = ["detector", "place", "cause", "people", "count", "usual", "change_pct"]
    head += ["cost_minutes", "lost_outcomes", "lost_low", "lost_high", "score", "state", "owner"]
    names = [name for name in head if name != "people"]
    rows: list[list[object]] = [list(head)]
    for problem in found.problems:
        said = problem.model_dump(mode="json", include=set(names))
        rows.append([problem.people.count if name == "people" else said[name] for name in head])
    return rows


def _containment_rows(found: ContainmentShape) -> list[list[object]]:
    rows: list[list[object]] = [
        ["of", "name", "episodes", "people", "plain", "verified", "low", "high", "open"]
    ]
    parts: list[tuple[str, ContainmentPart]] = [("all", found.whole)]
    parts += [("topic", part) for part in found.topics]
    parts += [("channel", part) for part in found.channels]
    for of, part in parts:
        held = part.verified
        figures = ["", "", ""] if held is None else [held.share, held.low, held.high]
        plain = "" if part.plain.share is None else part.plain.share
        rows.append([of, part.name, part.episodes, part.people, plain, *figures, part.open])
    return rows


def _csv(rows: list[list[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
