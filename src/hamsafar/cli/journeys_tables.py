"""Answers about journeys as people read them in a terminal: tables with bars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import singledispatch

from rich.table import Table
from rich.text import Text

from hamsafar.journeys.answers import (
    Answer,
    FunnelResult,
    FunnelStep,
    GraphResult,
    Header,
    LifecycleResult,
    MatchResult,
    NextResult,
    PathsResult,
    Result,
    RetentionResult,
    SessionsResult,
    StickinessResult,
    VariantsResult,
)
from hamsafar.journeys.figures import Figure

_WIDTH = 20
_BLOCKS = " ▏▎▍▌▋▊▉█"
_HIDDEN = "hidden"


def tables_of(answer: Answer) -> Iterable[Table | Text]:
    """Yield what to print, from top to bottom."""
    yield _head(answer.header)
    compared = answer.compared
    yield from _titled(answer.result, "" if compared is None else compared.name_a or "a")
    if compared is None:
        return
    yield from _titled(compared.result_b, compared.name_b or "b")
    table = _table("difference", "a", "b", "a - b", "95 %", "p", "q")
    table.title = "Differences, the surest first"
    for one in compared.differences:
        if one.difference is None or one.low is None or one.high is None:
            continue
        table.add_row(
            one.label or one.key,
            _share(one.a),
            _share(one.b),
            f"{one.difference:+.1%}",
            f"{one.low:+.1%} … {one.high:+.1%}",
            f"{one.p:.3g}",
            f"{one.q:.3g}",
            style="bold" if one.is_significant else None,
        )
    yield table


def _titled(result: Result, title: str) -> Iterable[Table]:
    for number, table in enumerate(rows_of(result)):
        if number == 0 and title:
            table.title = title
        yield table


@singledispatch
def rows_of(result: Result) -> Iterable[Table]:
    """Yield the tables of a result.

    Raises:
        TypeError: a kind of answer nobody said it of.
    """
    raise TypeError(type(result).__name__)


@rows_of.register
def _(result: FunnelResult) -> Iterable[Table]:
    yield _funnel(result.steps)
    for split in result.breakdown or ():
        table = _funnel(split.steps)
        table.title = split.label
        yield table


def _funnel(steps: Iterable[FunnelStep]) -> Table:
    table = _table("step", "people", "", "of all", "95 %", "of previous", "open", "median")
    for step in steps:
        low, high = step.reached.low, step.reached.high
        table.add_row(
            f"{step.label} (optional)" if step.optional else step.label,
            _count(step.reached),
            bar(step.reached.share),
            _share(step.reached),
            "" if low is None or high is None else f"{low:.1%} … {high:.1%}",
            _share(step.from_previous),
            _number(step.reached.open),
            _lasting(step.median_s),
        )
    return table


@rows_of.register
def _(result: GraphResult) -> Iterable[Table]:
    table = _table("from", "to", "people", "", "times", "median", "p95")
    for edge in result.edges:
        table.add_row(
            edge.from_,
            edge.to,
            _count(edge.people),
            bar(edge.people.share),
            _number(edge.count),
            _lasting(edge.median_s),
            _lasting(edge.p95_s),
        )
    yield table


@rows_of.register
def _(result: PathsResult) -> Iterable[Table]:
    table = _table("step", "from", "to", "people", "", "times", "median")
    names = {node.id: node.name for node in result.nodes}
    for link in result.links:
        table.add_row(
            link.from_.partition("|")[0].partition("~")[0],
            names[link.from_],
            names[link.to],
            _count(link.people),
            bar(link.people.share),
            _number(link.count),
            _lasting(link.median_s),
        )
    yield table


@rows_of.register
def _(result: RetentionResult) -> Iterable[Table]:
    periods = len(result.total)
    table = _table("cohort", "people", *map(str, range(periods)))
    for cohort in result.cohorts:
        cells = [f"{_share(cell)}{'' if cell.is_mature else '*'}" for cell in cohort.cells]
        table.add_row(cohort.label, _count(cohort.size), *cells)
    table.add_section()
    table.add_row("all", "", *map(_share, result.total))
    table.caption = "* not over for everybody: of those whose interval is over"
    yield table


@rows_of.register
def _(result: LifecycleResult) -> Iterable[Table]:
    table = _table("interval", "new", "returning", "resurrecting", "dormant")
    for one in result.intervals:
        states = (one.new, one.returning, one.resurrecting, one.dormant)
        table.add_row(one.label, *map(_count, states))
    yield table


@rows_of.register
def _(result: StickinessResult) -> Iterable[Table]:
    table = _table(f"intervals of {result.of_intervals}", "people", "", "share")
    reached = [one.intervals for one in result.bars if one.people.count != 0]
    for one in result.bars[: max(reached, default=0)]:
        row = (_count(one.people), bar(one.people.share), _share(one.people))
        table.add_row(str(one.intervals), *row)
    yield table


@rows_of.register
def _(result: SessionsResult) -> Iterable[Table]:
    table = _table("began on", "sessions", "people", "median", "events", "of one event")
    for channel in result.channels:
        table.add_row(
            channel.channel or "-",
            _number(channel.sessions),
            _count(channel.people),
            _lasting(channel.median_s),
            "" if channel.median_events is None else f"{channel.median_events:.0f}",
            _number(channel.single),
        )
    yield table
    most = max((one.count or 0 for one in result.lengths), default=0) or 1
    table = _table("length from", "sessions", "")
    for one in result.lengths:
        table.add_row(_lasting(one.from_s), _number(one.count), bar((one.count or 0) / most))
    yield table


@rows_of.register
def _(result: NextResult) -> Iterable[Table]:
    table = _table("next", "people", "", "share", "times", "median")
    for item in result.items:
        table.add_row(
            item.name or "(nothing)",
            _count(item.people),
            bar(item.people.share),
            _share(item.people),
            _number(item.count),
            _lasting(item.median_s),
        )
    yield table


@rows_of.register
def _(result: MatchResult) -> Iterable[Table]:
    table = _table("people", "share", "matches")
    table.add_row(_count(result.people), _share(result.people), _number(result.matches))
    yield table
    table = _table("person", "from", "events")
    for one in result.examples:
        table.add_row(one.label or one.person, one.at, " → ".join(one.events))
    yield table


@rows_of.register
def _(result: VariantsResult) -> Iterable[Table]:
    table = _table("people", "", "share", "journey")
    for row in result.items:
        names = " → ".join(row.names)
        table.add_row(_count(row.people), bar(row.people.share), _share(row.people), names)
    yield table


def bar(share: float | None, width: int = _WIDTH) -> str:
    """Return a bar as long as a share of the width, in eighths of a character.

    >>> bar(0.5, 4), bar(None, 4)
    ('██', '')
    """
    eighths = round((share or 0.0) * width * 8)
    return ("█" * (eighths // 8) + _BLOCKS[eighths % 8]).rstrip()


def _head(header: Header) -> Text:
    people = _HIDDEN if header.people is None else f"{header.people:,}"
    events = _HIDDEN if header.events is None else f"{header.events:,}"
    words = [f"{people} people", f"{events} events", f"as of {header.as_of}"]
    words += [f"{note.code.replace('_', ' ')}" for note in header.notes]
    words.append(f"{header.took_ms:.0f} ms")
    return Text(" · ".join(words), style="dim")


def _table(*columns: str) -> Table:
    table = Table(box=None, title_justify="left", caption_justify="left", pad_edge=False)
    for name in columns:
        is_text = name in {"step", "from", "to", "", "journey", "cohort", "interval", "events"}
        justify = "left" if is_text or name in {"next", "began on", "difference"} else "right"
        table.add_column(name, justify=justify, overflow="fold", no_wrap=not name)  # type: ignore[arg-type]
    return table


def _count(figure: Figure) -> str:
    return _HIDDEN if figure.count is None else f"{figure.count:,}"


def _share(figure: Figure | object) -> str:
    share = getattr(figure, "share", None)
    return "" if share is None else f"{share:.1%}"


def _number(count: int | None) -> str:
    return _HIDDEN if count is None else f"{count:,}"


def _lasting(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.3g} s"
    return str(timedelta(seconds=round(seconds)))
