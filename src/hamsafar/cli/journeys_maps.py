"""`hamsafar journeys maps`, `conformance` and `ledger`: designed against actual, on the command line."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from hamsafar.access import local_caller
from hamsafar.cli.ask import AsJson, Data, helpful, settings_of, tell
from hamsafar.journeys import Figure, Filters
from hamsafar.kernel.errors import BadInput
from hamsafar.ledger import By, Ledger, LedgerWish, Speed
from hamsafar.maps import Conformance, from_json, from_yaml, to_object, to_yaml
from hamsafar.maps.draft import DraftWish
from hamsafar.maps.expectations import expectations_of
from hamsafar.maps.types import JourneyMap, Words
from hamsafar.wiring.build import opened

maps = typer.Typer(
    help="Designed journeys: list, show, import, export, draft.", no_args_is_help=True
)
MapId = Annotated[str, typer.Argument(metavar="MAP", help="Id of a map.")]
Channels = Annotated[list[str] | None, typer.Option(help="Only this channel; repeatable.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV instead of words.")]
_MINUTE_S = 60


def register(journeys: typer.Typer) -> None:
    """Add these commands to `hamsafar journeys`."""
    journeys.add_typer(maps, name="maps")
    journeys.command("conformance")(conformance)
    journeys.command("ledger")(ledger)


@maps.command("list")
@helpful
def list_maps(data: Data, as_json: AsJson = False) -> None:
    """Show every map."""
    with opened(settings_of(data)) as hamsafar:
        found: dict[str, object] = {
            one.journey.id: f"{one.journey.name.en or one.journey.name.fa} (version {one.version})"
            for one in hamsafar.maps.all()
        }
    tell(found, as_json=as_json)


@maps.command("show")
@helpful
def show_map(map_id: MapId, data: Data, as_json: AsJson = False) -> None:
    """Print a map, as YAML or JSON."""
    with opened(settings_of(data)) as hamsafar:
        journey = hamsafar.maps.get(map_id).journey
    _print_map(journey, as_json=as_json)


@maps.command("export")
@helpful
def export_map(map_id: MapId, to: Path, data: Data) -> None:
    """Write a map to a file, as YAML, or as JSON if the name ends so."""
    with opened(settings_of(data)) as hamsafar:
        journey = hamsafar.maps.get(map_id).journey
    text = to_yaml(journey) if to.suffix != ".json" else _json(to_object(journey))
    to.write_text(text, encoding="utf-8")


@maps.command("import")
@helpful
def import_map(
    file: Path,
    data: Data,
    note: Annotated[str, typer.Option(help="What changed.")] = "",
    publish: Annotated[bool, typer.Option("--publish", help="Watch this version.")] = False,
    as_json: AsJson = False,
) -> None:
    """Save a map from a YAML or JSON file: a new one, or one more version."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read: {error}", where="FILE") from None
    journey = from_json(text) if file.suffix == ".json" else from_yaml(text)
    caller = local_caller("cli")
    with opened(settings_of(data)) as hamsafar:
        known = {one.journey.id for one in hamsafar.maps.all()}
        if journey.id in known:
            stored = hamsafar.maps.save(caller, journey, note=note)
        else:
            stored = hamsafar.maps.create(caller, journey, note=note)
        if publish:
            stored = hamsafar.maps.publish(caller, journey.id, stored.version)
    told: dict[str, object] = {"id": journey.id, "version": stored.version}
    tell({**told, "published": stored.published}, as_json=as_json, title="Saved.")


@maps.command("draft")
@helpful
def draft_map(
    goal: Annotated[
        list[str], typer.Argument(metavar="EVENT...", help="Events that are the goal.")
    ],
    data: Data,
    map_id: Annotated[str, typer.Option("--id", help="Id of the map.")] = "draft",
    name: Annotated[str, typer.Option(help="What it is called.")] = "Draft",
    share: Annotated[float, typer.Option(help="Of those who reached the goal, 0 to 1.")] = 0.8,
    as_json: AsJson = False,
) -> None:
    """Print a first map of what people really do on their way to a goal; nothing is saved."""
    wish = DraftWish(goal=tuple(goal), id=map_id, name=Words(en=name), share=share)
    with opened(settings_of(data)) as hamsafar:
        found = hamsafar.overlay.draft(wish)
    Console(stderr=True, soft_wrap=True).print(
        f"{found.covered:,} of {found.attempts:,} attempts in {found.variants:,} ways"
    )
    _print_map(found.journey, as_json=as_json)


@helpful
def conformance(
    map_id: MapId,
    data: Data,
    channel: Channels = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show how real journeys fit a map: fitness, and every deviation with people and cost."""
    with opened(settings_of(data)) as hamsafar:
        found = hamsafar.overlay.conformance(
            hamsafar.maps.get(map_id).journey,
            Filters(channels=frozenset(channel) if channel else None),
            allowed=hamsafar.maps.allowed(map_id),
        )
    if as_json:
        plain = {name: value for name, value in asdict(found).items() if name != "journey"}
        typer.echo(_json(msgspec.to_builtins(plain)))
    elif as_csv:
        typer.echo(_csv(_deviation_rows(found)), nl=False)
    else:
        _tell_conformance(found)


@helpful
def ledger(
    data: Data,
    map_id: Annotated[str, typer.Option("--map", help="Only the events of this map.")] = "",
    channel: Channels = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show who waited for whom, by the clock and in working hours, and how fast things came."""
    filters = Filters(channels=frozenset(channel) if channel else None)
    with opened(settings_of(data)) as hamsafar:
        wish = LedgerWish(filters=filters)
        if map_id:
            expected = expectations_of(hamsafar.maps.get(map_id).journey)
            wish = LedgerWish(
                by=By.ATTEMPT,
                names=expected.events,
                parties=expected.parties,
                owners=expected.owners,
                only=expected.only,
                silence_s=expected.silence_s,
                filters=filters,
            )
        found = hamsafar.ledger.ledger(wish)
    if as_json:
        typer.echo(_json(msgspec.to_builtins(asdict(found))))
    elif as_csv:
        typer.echo(_csv(_ledger_rows(found)), nl=False)
    else:
        _tell_ledger(found)


def _tell_conformance(found: Conformance) -> None:
    console = Console(soft_wrap=True)
    fitness = "–" if found.fitness is None else f"{found.fitness:.1%}"
    console.print(
        f"fits {fitness}; {_share(found.fitting)} without deviation; goal {_share(found.goal)};"
        f" {found.people:,} people, {found.attempts:,} attempts, {found.variants:,} variants"
    )
    table = Table(box=None)
    for name in ("deviation", "people", "times", "minutes", "effect on goal"):
        table.add_column(name, justify="left" if name == "deviation" else "right")
    for one in found.deviations:
        effect = "" if one.effect is None else f"{100 * one.effect.difference:+.1f} pts"
        table.add_row(
            one.key + (" (allowed)" if one.allowed else ""),
            f"{one.people.count:,}" if one.people.count is not None else "hidden",
            f"{one.times:,}",
            f"{one.minutes:,.0f}",
            effect,
        )
    console.print(table)


def _tell_ledger(found: Ledger) -> None:
    console = Console(soft_wrap=True)
    total = found.elapsed_s or 1.0
    shares = ", ".join(f"{s.party} {s.wall_s / total:.0%}" for s in found.shares)
    console.print(f"{found.strands:,} strands of {found.people:,} people: {shares}")
    table = Table(box=None)
    for name in ("by", "what", "queue", "handling", "third party", "first answer", "to the end"):
        table.add_column(name)
    for row in found.rows:
        waited = [_span(share.wall_s) for share in row.shares[1:]]
        speeds = [_speed(row.response), _speed(row.resolution)]
        table.add_row(row.dimension.value, row.key or "–", *waited, *speeds)
    console.print(table)


def _deviation_rows(found: Conformance) -> list[list[object]]:
    head: list[object] = ["deviation", "kind", "touchpoint", "channel", "people", "attempts"]
    head += ["times", "minutes", "cost", "effect", "allowed"]
    return [head] + [
        [
            one.key,
            one.kind.value,
            one.touchpoint,
            one.channel,
            one.people.count,
            one.attempts.count,
            one.times,
            round(one.minutes, 3),
            round(one.cost, 6),
            "" if one.effect is None else round(one.effect.difference, 6),
            one.allowed,
        ]
        for one in found.deviations
    ]


def _ledger_rows(found: Ledger) -> list[list[object]]:
    head: list[object] = ["dimension", "key", "party", "wall_s", "business_s"]
    rows = [("all", "", found.shares)]
    rows += [(row.dimension.value, row.key, row.shares) for row in found.rows]
    return [head] + [
        [dimension, key, share.party.value, share.wall_s, share.business_s]
        for dimension, key, shares in rows
        for share in shares
    ]


def _print_map(journey: JourneyMap, *, as_json: bool) -> None:
    typer.echo(_json(to_object(journey)) if as_json else to_yaml(journey), nl=as_json)


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False)


def _csv(rows: list[list[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _share(figure: Figure) -> str:
    return "–" if figure.share is None else f"{figure.share:.1%}"


def _speed(speed: Speed | None) -> str:
    return "" if speed is None else _span(speed.median_s)


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", _MINUTE_S)):
        if seconds >= size:
            return f"{seconds / size:,.1f} {unit}"
    return f"{seconds:.0f} s"
