"""Answers as tables: CSV that is safe to open in a spreadsheet, and Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import singledispatch
from importlib import import_module

from hamsafar.journeys.answers import (
    Answer,
    Bin,
    FunnelResult,
    FunnelStep,
    GraphResult,
    LifecycleResult,
    MatchResult,
    NextResult,
    PathsResult,
    Result,
    RetentionCell,
    RetentionResult,
    SessionsResult,
    StickinessResult,
    VariantsResult,
)
from hamsafar.journeys.figures import Figure

Value = str | int | float | bool | None
Row = dict[str, Value]

BOM = "\ufeff"
"""Tells spreadsheets that a CSV file is UTF-8."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_GUARD = "'"
_FIGURE = ("count", "of", "share", "low", "high", "open", "suppressed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An answer as rows.

    Attributes:
        columns: names, in order.
        rows: a value for each column.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def table_of(answer: Answer) -> Table:
    """Return an answer as one table; of a comparison both sides, told apart by `side`.

    What is hidden in the answer is empty in the table.
    """
    compared = answer.compared
    rows: list[Row] = []
    if compared is None:
        rows += rows_of(answer.result)
    else:
        rows += ({"side": compared.name_a or "a", **row} for row in rows_of(answer.result))
        rows += ({"side": compared.name_b or "b", **row} for row in rows_of(compared.result_b))
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return Table(
        columns=columns, rows=tuple(tuple(row.get(name) for name in columns) for row in rows)
    )


def to_csv(table: Table, *, has_bom: bool = False) -> bytes:
    """Return a table as CSV (RFC 4180, UTF-8).

    Text that a spreadsheet would run as a formula gets a leading apostrophe.

    Args:
        table: the rows.
        has_bom: begin with a byte order mark, which spreadsheets need to read Persian text right.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(map(_guarded, table.columns))
    writer.writerows(map(_guarded, row) for row in table.rows)
    return ((BOM if has_bom else "") + text.getvalue()).encode()


def to_parquet(table: Table) -> bytes:
    """Return a table as a Parquet file; a column without any value is of null type."""
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    columns = [list(column) for column in zip(*table.rows, strict=True)]
    columns = columns or [[] for _ in table.columns]
    built = arrow.table(dict(zip(table.columns, columns, strict=True)))
    out = io.BytesIO()
    parquet.write_table(built, out)
    return out.getvalue()


def _guarded(value: Value) -> Value:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return _GUARD + value
    return value


def _figure(name: str, figure: Figure | RetentionCell) -> Row:
    prefix = f"{name}_" if name else ""
    return {f"{prefix}{part}": getattr(figure, part) for part in _FIGURE}


@singledispatch
def rows_of(result: Result) -> Iterator[Row]:
    """Yield an answer's rows.

    Raises:
        TypeError: a kind of answer nobody said it of.
    """
    raise TypeError(type(result).__name__)


@rows_of.register
def _(result: FunnelResult) -> Iterator[Row]:
    yield from _steps("", "", result.steps)
    for split in result.breakdown or ():
        kind = "other" if split.is_other else "unknown" if split.is_unknown else "value"
        yield from _steps(kind, split.label, split.steps)


def _steps(kind: str, label: str, steps: Iterable[FunnelStep]) -> Iterator[Row]:
    for number, step in enumerate(steps):
        yield {
            "breakdown": kind,
            "value": label,
            "step": number,
            "label": step.label,
            "optional": step.optional,
            **_figure("reached", step.reached),
            **_figure("from_previous", step.from_previous),
            **_figure("dropped", step.dropped),
            "mean_s": step.mean_s,
            "median_s": step.median_s,
            "p95_s": step.p95_s,
        }


@rows_of.register
def _(result: PathsResult) -> Iterator[Row]:
    for link in result.links:
        yield {
            "from": link.from_,
            "to": link.to,
            "times": link.count,
            **_figure("people", link.people),
            "median_s": link.median_s,
        }


@rows_of.register
def _(result: RetentionResult) -> Iterator[Row]:
    for cohort in result.cohorts:
        for period, cell in enumerate(cohort.cells):
            row = {"cohort": cohort.label, "start": cohort.start, "size": cohort.size.count}
            yield {**row, "period": period, **_figure("", cell), "is_mature": cell.is_mature}
    for period, cell in enumerate(result.total):
        yield {
            "cohort": "total",
            "period": period,
            **_figure("", cell),
            "is_mature": cell.is_mature,
        }


@rows_of.register
def _(result: LifecycleResult) -> Iterator[Row]:
    for one in result.intervals:
        row: Row = {"interval": one.label, "start": one.start}
        for state in ("new", "returning", "resurrecting", "dormant"):
            row |= _figure(state, getattr(one, state))
        yield row


@rows_of.register
def _(result: StickinessResult) -> Iterator[Row]:
    for bar in result.bars:
        yield {"intervals": bar.intervals, **_figure("people", bar.people)}


@rows_of.register
def _(result: SessionsResult) -> Iterator[Row]:
    for channel in result.channels:
        yield {
            "channel": channel.channel,
            "sessions": channel.sessions,
            **_figure("people", channel.people),
            "median_s": channel.median_s,
            "median_events": channel.median_events,
            "single": channel.single,
        }
    for length in result.lengths:
        yield _bin(length)


def _bin(one: Bin) -> Row:
    return {"from_s": one.from_s, "to_s": one.to_s, "sessions": one.count}


@rows_of.register
def _(result: NextResult) -> Iterator[Row]:
    for item in result.items:
        yield {
            "name": item.name,
            "times": item.count,
            **_figure("people", item.people),
            "median_s": item.median_s,
        }


@rows_of.register
def _(result: MatchResult) -> Iterator[Row]:
    yield {"matches": result.matches, **_figure("people", result.people)}


@rows_of.register
def _(result: GraphResult) -> Iterator[Row]:
    for edge in result.edges:
        yield {
            "from": edge.from_,
            "to": edge.to,
            "times": edge.count,
            **_figure("people", edge.people),
            "mean_s": edge.mean_s,
            "median_s": edge.median_s,
            "p95_s": edge.p95_s,
        }


@rows_of.register
def _(result: VariantsResult) -> Iterator[Row]:
    for row in result.items:
        yield {"names": " → ".join(row.names), "key": row.key, **_figure("people", row.people)}
