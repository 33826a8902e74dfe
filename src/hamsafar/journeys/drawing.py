"""Charts for notebooks, as SVG text: bars, heat tables, stacks over time, and Sankey diagrams.

They take the page's own colour for text, so they read well in light and dark; what a mark means
stands beside it, so there are no legends; names keep their own direction, so Persian reads right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import isnan

WIDTH = 720
MOST_ROWS = 20
ARROW = " → "
BLUE, ORANGE = "#2f6f8f", "#c2713a"
ISOLATE, END = "\u2068", "\u2069"
"""Around a name, so that its direction does not turn the words beside it."""

_ROW, _BAR, _LABEL = 26, 16, 220
_CELL_WIDTH, _CELL_HEIGHT, _HEAD = 62, 24, 150
_PLOT, _FOOT, _MOST_TICKS = 180, 34, 8
_COLUMN, _NODE_WIDTH, _SANKEY, _GAP = 190, 12, 360, 14
_LONGEST = 34
_LONG_NODE = 22
_MOST_LINKS = 4


@dataclass(frozen=True, slots=True)
class BarRow:
    """One bar: what it is called, how long it is, what stands behind it."""

    label: str
    value: float
    note: str


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell: its share decides how strong it is; NaN is empty; an open one is dashed."""

    share: float
    text: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One row: what it is called, what stands beside that, and its cells."""

    label: str
    note: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """One column over time: parts above the line and parts below, as (value, opacity)."""

    label: str
    above: tuple[tuple[float, float], ...]
    below: float


@dataclass(frozen=True, slots=True)
class FlowNode:
    """One node of a Sankey diagram."""

    id: str
    column: int
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Flow:
    """One ribbon of a Sankey diagram."""

    source: str
    target: str
    value: int


def card(title: str, body: str) -> str:
    """Return a chart under its title, for a notebook.

    Args:
        title: plain text.
        body: markup.
    """
    return (
        '<div class="hamsafar" style="font-family:sans-serif;font-size:13px;max-width:100%;'
        f'overflow-x:auto"><div style="margin:2px 0 6px"><b><bdi>{escape(title)}</bdi></b></div>'
        f"{body}</div>"
    )


def bars(rows: Sequence[BarRow], title: str) -> str:
    """Return horizontal bars, one below the other.

    Args:
        rows: as they shall stand.
        title: for those who do not see the chart.
    """
    longest = max((row.value for row in rows), default=0) or 1
    room = WIDTH - _LABEL - 170
    marks = []
    for number, row in enumerate(rows):
        top = number * _ROW + 4
        width = max(1.0, room * row.value / longest) if row.value else 0.0
        marks += [
            _text(_LABEL - 8, top + 12, row.label, anchor="end"),
            _rect((_LABEL, top, width, _BAR), BLUE, 0.85),
            _text(_LABEL + width + 6, top + 12, row.note, opacity=0.8),
        ]
    return _svg(WIDTH, len(rows) * _ROW + 4, title, marks)


def heat(columns: Sequence[str], rows: Sequence[HeatRow], title: str) -> str:
    """Return a table whose cells are the stronger the higher their share.

    Args:
        columns: what stands above each.
        rows: as they shall stand.
        title: for those who do not see the chart.
    """
    marks = [
        _text(_HEAD + k * _CELL_WIDTH + _CELL_WIDTH / 2, 14, column, anchor="middle", opacity=0.7)
        for k, column in enumerate(columns)
    ]
    for number, row in enumerate(rows):
        top = 20 + number * _CELL_HEIGHT
        marks.append(_text(4, top + 16, row.label))
        marks.append(_text(_HEAD - 8, top + 16, row.note, anchor="end", opacity=0.7))
        for k, cell in enumerate(row.cells):
            if isnan(cell.share) and not cell.text:
                continue
            place = (_HEAD + k * _CELL_WIDTH + 1, top + 1, _CELL_WIDTH - 2, _CELL_HEIGHT - 2)
            strength = 0.0 if isnan(cell.share) else 0.08 + 0.5 * cell.share
            marks.append(_rect(place, BLUE, strength, dashed=cell.is_open))
            marks.append(_text(place[0] + 30, top + 16, cell.text, anchor="middle"))
    width = _HEAD + len(columns) * _CELL_WIDTH + 4
    return _svg(width, 24 + len(rows) * _CELL_HEIGHT, title, marks)


def stacks(columns: Sequence[Stack], title: str) -> str:
    """Return columns over time: parts above a line, one part below.

    Args:
        columns: in order of time.
        title: for those who do not see the chart.
    """
    highest = max((sum(v for v, _ in c.above) for c in columns), default=0) or 1
    lowest = max((c.below for c in columns), default=0)
    scale = _PLOT / (highest + lowest)
    zero = highest * scale + 8
    step = (WIDTH - 8) / max(1, len(columns))
    every = -(-len(columns) // _MOST_TICKS) or 1
    marks = []
    for number, column in enumerate(columns):
        left, top = 4 + number * step, zero
        width = max(1.0, min(step * 0.8, 60))
        for value, opacity in column.above:
            top -= value * scale
            marks.append(_rect((left, top, width, value * scale), BLUE, opacity))
        marks.append(_rect((left, zero + 1, width, column.below * scale), ORANGE, 0.8))
        if number % every == 0:
            marks.append(_text(left, zero + lowest * scale + 18, column.label, opacity=0.7))
    marks.append(_rect((0, zero, WIDTH, 1), "currentColor", 0.4))
    return _svg(WIDTH, round(zero + lowest * scale + _FOOT), title, marks)


def sankey(nodes: Sequence[FlowNode], flows: Sequence[Flow], title: str) -> str:
    """Return nodes in columns and ribbons between them, as thick as what flows.

    Args:
        nodes: within a column from top to bottom as they shall stand.
        flows: between neighbouring columns.
        title: for those who do not see the chart.
    """
    columns: dict[int, list[FlowNode]] = {}
    for node in nodes:
        columns.setdefault(node.column, []).append(node)
    fullest = max((sum(n.value for n in column) for column in columns.values()), default=0) or 1
    scale = _SANKEY / fullest
    place: dict[str, tuple[float, float]] = {}
    marks = []
    height = 0.0
    for column, members in columns.items():
        top = 8.0
        for node in members:
            tall = max(1.0, node.value * scale)
            left = 4.0 + column * _COLUMN
            place[node.id] = (left, top)
            words = f"{_name(node.label, _LONG_NODE)} {node.value:,}"
            marks.append(_rect((left, top, _NODE_WIDTH, tall), BLUE, 0.95))
            marks.append(
                _text(left + _NODE_WIDTH + 4, top + min(tall / 2, 40) + 4, words, raw=True)
            )
            top += tall + _GAP
        height = max(height, top)
    ribbons = _ribbons(flows, place, scale)
    width = (max(columns, default=0) + 1) * _COLUMN
    return _svg(width, round(height + 8), title, [*ribbons, *marks])


def _ribbons(
    flows: Sequence[Flow], place: dict[str, tuple[float, float]], scale: float
) -> list[str]:
    """Return the ribbons, those of a node one below the other at both ends."""
    leaves = {node: top for node, (_, top) in place.items()}
    arrives = dict(leaves)
    found = []
    for flow in sorted(flows, key=lambda f: (place[f.source][1], place[f.target][1])):
        tall = flow.value * scale
        begin, end = place[flow.source][0] + _NODE_WIDTH, place[flow.target][0]
        a, b = leaves[flow.source] + tall / 2, arrives[flow.target] + tall / 2
        leaves[flow.source] += tall
        arrives[flow.target] += tall
        middle = (begin + end) / 2
        found.append(
            f'<path d="M{begin:.1f} {a:.1f}C{middle:.1f} {a:.1f} {middle:.1f} {b:.1f} '
            f'{end:.1f} {b:.1f}" fill="none" stroke="{BLUE}" stroke-opacity="0.25" '
            f'stroke-width="{max(0.5, tall):.1f}"><title>{flow.value:,}</title></path>'
        )
    return found


def percent(share: float) -> str:
    """Return a share as people write it; a dash when there is none."""
    return "–" if isnan(share) else f"{share:.0%}" if share >= 0.1 or share == 0 else f"{share:.1%}"


def _name(text: str, longest: int = _LONGEST) -> str:
    """Return a name with a direction of its own, cut when it is long."""
    short = text if len(text) <= longest else text[: longest - 1] + "…"
    return f"{ISOLATE}{short}{END}"


def _text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    opacity: float = 1.0,
    raw: bool = False,
) -> str:
    said = words if raw or ISOLATE in words else _name(words)
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
        f'fill-opacity="{opacity}">{escape(said)}</text>'
    )


def _rect(
    place: tuple[float, float, float, float], fill: str, opacity: float, *, dashed: bool = False
) -> str:
    x, y, width, height = place
    line = ' stroke="currentColor" stroke-opacity="0.5" stroke-dasharray="3 2"' if dashed else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'fill="{fill}" fill-opacity="{opacity:.2f}"{line}/>'
    )


def _svg(width: float, height: float, title: str, marks: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" direction="ltr" font-family="sans-serif" font-size="12" '
        f'fill="currentColor"><title>{escape(title)}</title>{"".join(marks)}</svg>'
    )


def chain(names: Sequence[str]) -> str:
    """Return names with arrows between, from left to right whatever their script."""
    longest = max(8, _LONGEST // max(1, min(len(names), _MOST_LINKS)) - len(ARROW))
    shown = [_name(name, longest) for name in names[:_MOST_LINKS]]
    return ARROW.join([*shown, "…"] if len(names) > _MOST_LINKS else shown)


def joined(*parts: str) -> str:
    """Return what is known, with a dot between."""
    return " · ".join(part for part in parts if part)


def listed(title: str, total: int) -> str:
    """Return a title that tells when only the strongest rows are drawn."""
    return title if total <= MOST_ROWS else f"{title}; the {MOST_ROWS} strongest"
