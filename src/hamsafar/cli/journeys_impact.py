"""`hamsafar journeys impact`: drivers of an outcome, taint of a bad moment, attribution."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from hamsafar.api.impact_answers import Asked as Question
from hamsafar.api.impact_asks import attribution_question, drivers_question, taint_question
from hamsafar.api.models.impact import (
    AttributionAsk,
    AttributionResult,
    DriversAsk,
    DriversResult,
    ImpactAnswer,
    ImpactAsk,
    TaintAsk,
    TaintResult,
)
from hamsafar.cli.ask import settings_of
from hamsafar.cli.journeys_answers import queries_of_file
from hamsafar.cli.journeys_options import Asked, Common, seconds_of, with_common
from hamsafar.cli.local_client import LocalClient
from hamsafar.impact.service import Impact
from hamsafar.journeys.query_json import read_part
from hamsafar.kernel.clock import SystemClock
from hamsafar.wiring.build import opened
from hamsafar.wiring.lock import is_owned, owned
from hamsafar.worker.build import build_worker

impact = typer.Typer(
    help="What moves an outcome, how bad moments taint good ones, attribution.",
    no_args_is_help=True,
)

_DAY_S = 86_400
_KINDS: Mapping[str, type[ImpactAsk]] = {
    "drivers": DriversAsk,
    "taint": TaintAsk,
    "attribution": AttributionAsk,
}
_Words = list[str]
_Rows = list[list[object]]


def answered(shared: Common, asked: Asked) -> None:
    """Print the answer to a question about impact.

    Raises:
        BadInput: it cannot be answered; `where` names the field.
    """
    query = shared.query(asked)
    answer = _answer(shared, read_part(query, _KINDS[str(asked["kind"])], "query"), query)
    if shared.as_json:
        typer.echo(msgspec.json.encode(answer).decode())
        return
    rows = _rows(answer)
    if shared.as_csv:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        typer.echo(out.getvalue(), nl=False)
        return
    _show(rows, answer)


def _answer(shared: Common, ask: ImpactAsk, query: Asked) -> ImpactAnswer:
    if shared.file is not None:
        paths = sorted(_reads(ask))
        queries = queries_of_file(shared.file, shared.columns, paths)
        return Question(queries, Impact(SystemClock()), ask).answer()
    settings = settings_of(shared.folder)
    if not is_owned(settings.data):
        with owned(settings.data), opened(settings) as hamsafar:
            worker = build_worker(hamsafar)
            worker.begin()
            worker.drain()
            return Question(hamsafar.queries, hamsafar.impact, ask).answer()
    client = LocalClient(settings.local_socket)
    try:
        return msgspec.convert(client.impact(msgspec.json.encode(query)), ImpactAnswer)
    finally:
        client.close()


def _reads(ask: ImpactAsk) -> frozenset[str]:
    match ask:
        case DriversAsk():
            return drivers_question(ask, 0).reads().properties
        case AttributionAsk():
            return attribution_question(ask).reads().properties
        case TaintAsk():
            return taint_question(ask).reads().properties


def drivers(
    outcome: Annotated[
        str, typer.Argument(metavar="OUTCOME", help="Event; `silence`; or `rating:PROPERTY`.")
    ],
    entry: Annotated[str, typer.Option(help="Event that begins an attempt; else the first.")] = "",
    window: Annotated[str, typer.Option(help="Time for an attempt: 30m, 7d.")] = "7d",
    days: Annotated[float, typer.Option(help="Silent for so many days.")] = 30,
    prop: Annotated[_Words, typer.Option("--property", help="Also this property.")] = [],  # noqa: B006
    trait: Annotated[_Words, typer.Option(help="Also this trait.")] = [],  # noqa: B006
    bad: Annotated[bool, typer.Option("--bad", help="Nobody wants the outcome.")] = False,
    support: Annotated[int, typer.Option(help="People a candidate needs.")] = 20,
    limit: Annotated[int, typer.Option(help="Rows to show.")] = 20,
) -> Asked:
    """Show what moves an outcome, matched on time at risk; observational."""
    name, _, path = outcome.partition(":")
    said: Asked
    if outcome == "silence":
        said = {"kind": "silence", "days": days}
    elif name == "rating" and path:
        said = {"kind": "rating", "property": path, "is_good": not bad}
    else:
        said = {"kind": "event", "event": {"name": outcome}, "is_good": not bad}
    return {
        "kind": "drivers",
        "outcome": said,
        "entry": {"name": entry} if entry else None,
        "window_s": seconds_of(window, "--window"),
        "candidates": [
            {"kind": "events"},
            {"kind": "channels"},
            {"kind": "first"},
            *({"kind": "property", "path": path} for path in prop),
            *({"kind": "trait", "name": name} for name in trait),
        ],
        "support": support,
        "limit": limit,
    }


def taint(
    bad: Annotated[str, typer.Argument(metavar="EVENT", help="The bad moment.")],
    anchor: Annotated[str, typer.Option(help="Event at which it could have been.")] = "",
    good: Annotated[str, typer.Option(help="Event that counts as coming again.")] = "",
    rating: Annotated[str, typer.Option(help="Follow this number instead.")] = "",
    subject: Annotated[str, typer.Option(help="Property of what is rated.")] = "",
    edges: Annotated[str, typer.Option(help="Ends of the intervals.")] = "1d,3d,7d,14d,30d",
) -> Asked:
    """Show how a bad moment colours what comes before and after it; observational."""
    return {
        "kind": "taint",
        "bad": {"name": bad},
        "anchor": {"name": anchor} if anchor else None,
        "good": {"name": good} if good else None,
        "rating": rating or None,
        "subject": subject or None,
        "edges_s": [seconds_of(edge, "--edges") for edge in edges.split(",")],
    }


def attribution(
    conversion: Annotated[str, typer.Argument(metavar="EVENT", help="The conversion.")],
    touch: Annotated[
        str, typer.Option(help="channel, event, or a property such as campaign.")
    ] = "channel",
    model: Annotated[_Words, typer.Option(help="Only this model. Repeatable.")] = [],  # noqa: B006
    lookback: Annotated[str, typer.Option(help="Touches longer ago have no part.")] = "30d",
    value: Annotated[str, typer.Option(help="Property of a conversion's worth.")] = "",
    order: Annotated[int, typer.Option(help="Of the Markov model, 1 to 4.")] = 1,
    repeats: Annotated[bool, typer.Option("--repeats", help="Count repeats each.")] = False,
) -> Asked:
    """Show to which touches conversions are owed, model beside model."""
    is_kind = touch in {"channel", "event"}
    return {
        "kind": "attribution",
        "conversion": {"name": conversion},
        "touch": {"kind": touch} if is_kind else {"kind": "property", "path": touch},
        "models": model or None,
        "lookback_s": seconds_of(lookback, "--lookback"),
        "value": value or None,
        "order": order,
        "collapse": not repeats,
    }


for _build in (drivers, taint, attribution):
    impact.command(_build.__name__)(with_common(_build, answered))


def _rows(answer: ImpactAnswer) -> _Rows:
    result = answer.result
    match result:
        case DriversResult():
            return _driver_rows(result)
        case TaintResult():
            return _taint_rows(result)
        case AttributionResult():
            return _credit_rows(result)


def _driver_rows(result: DriversResult) -> _Rows:
    head = ["key", "nature", "direction", "people", "reached", "expected", "odds_ratio", "low"]
    head += ["high", "q", "effect", "per_month", "per_month_low", "per_month_high"]
    rows: _Rows = [list(head)]
    for row in result.rows:
        told = {name: getattr(row, name) for name in head if name != "reached"}
        told["reached"] = row.reached.share if row.mean is None else row.mean
        rows.append([told[name] for name in head])
    return rows


def _taint_rows(result: TaintResult) -> _Rows:
    head = ["side", "from_days", "to_days", "value", "expected", "difference", "low", "high", "q"]
    rows: _Rows = [list(head)]
    for point in result.points:
        span = [point.from_s / _DAY_S, point.to_s / _DAY_S]
        figures = [point.value, point.expected, point.difference, point.low, point.high, point.q]
        rows.append([point.side, *span, *figures])
    return rows


def _credit_rows(result: AttributionResult) -> _Rows:
    rows: _Rows = [["model", "touch", "conversions", "low", "high", "share", "value"]]
    for model in result.models:
        for row in model.rows:
            figures = [row.conversions, row.low, row.high, row.share, row.value]
            rows.append([model.model, row.touch, *figures])
    return rows


def _show(rows: _Rows, answer: ImpactAnswer) -> None:
    console = Console()
    result = answer.result
    if isinstance(result, DriversResult):
        console.print(_driver_table(result))
    else:
        table = Table(*(str(name).replace("_", " ") for name in rows[0]), box=None)
        for row in rows[1:]:
            table.add_row(*map(_word, row))
        console.print(table)
    if isinstance(result, AttributionResult):
        told = (result.conversions.count, result.untouched.count, result.nulls.count, result.open)
        words = "{} conversions, {} without any touch; {} paths without one; {} people open"
        console.print(words.format(*("hidden" if one is None else f"{one:,}" for one in told)))
        return
    console.print("Observational: compared with people alike, not proven.")


def _driver_table(result: DriversResult) -> Table:
    table = Table(
        "", "what happened", "people", "got there", "alike", "odds ratio", "a month", box=None
    )
    for row in result.rows:
        share = row.reached.share if row.mean is None else row.mean
        effect = row.effect if row.per_month is None else row.per_month
        sign = {"worse": "[red]-[/red]", "better": "[green]+[/green]"}.get(row.direction, " ")
        note = "" if row.nature == "cause" else f" [dim]{row.nature}[/dim]"
        odds = f"{_word(row.odds_ratio)} ({_word(row.low)} … {_word(row.high)})"
        table.add_row(
            sign,
            row.key.partition(":")[2] + note or row.key,
            _word(row.people),
            _word(share),
            _word(row.expected),
            odds if row.odds_ratio is not None else "",
            _word(effect),
        )
    return table


def _word(one: object) -> str:
    if one is None:
        return ""
    return f"{one:,.3g}" if isinstance(one, float) else str(one)
