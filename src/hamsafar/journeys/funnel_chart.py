"""A funnel as a picture: horizontal bars with what they mean written on them, in SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Protocol

WIDTH = 720
BAR = 30
ROW = 62
LEFT = 8
_FULL = WIDTH - 2 * LEFT


class Bar(Protocol):
    """What a bar shows."""

    @property
    def label(self) -> str:
        """Return what to call it."""
        ...

    @property
    def optional(self) -> bool:
        """Return whether the step may be left out."""
        ...

    @property
    def count(self) -> int:
        """Return how long it is."""
        ...

    @property
    def median_s(self) -> float:
        """Return seconds since the step before."""
        ...


def funnel_svg(bars: Sequence[Bar]) -> str:
    """Return the bars one below the other; labels stand on the chart, so no legend is needed."""
    entered = bars[0].count if bars else 0
    rows = [_row(number, bar, bars, entered) for number, bar in enumerate(bars)]
    height = ROW * len(bars)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="13" '
        f'fill="currentColor"><title>{escape(_title(bars))}</title>{"".join(rows)}</svg>'
    )


def funnel_html(bars: Sequence[Bar]) -> str:
    """Return the chart for a notebook."""
    return f'<div class="hamsafar-funnel">{funnel_svg(bars)}</div>'


def duration_text(seconds: float) -> str:
    """Return a duration in the unit that suits it; empty when there is none."""
    if math.isnan(seconds):
        return ""
    for unit, size in (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def _title(bars: Sequence[Bar]) -> str:
    return ", ".join(f"{bar.label}: {bar.count:,}" for bar in bars)


def _row(number: int, bar: Bar, bars: Sequence[Bar], entered: int) -> str:
    top = number * ROW
    share = bar.count / entered if entered else 0.0
    width = max(1.0, _FULL * share) if bar.count else 0.0
    dash = ' stroke-dasharray="4 3"' if bar.optional else ""
    words = f"{number + 1}. {bar.label}{' (optional)' if bar.optional else ''}"
    figures = f"{bar.count:,}"
    if number:
        before = bars[number - 1].count
        step = f", {bar.count / before:.1%} of the step before" if before else ""
        took = duration_text(bar.median_s)
        figures += f" · {share:.1%}{step}{f' · median {took}' if took else ''}"
    return (
        f'<text x="{LEFT}" y="{top + 18}" font-weight="600">{escape(words)}</text>'
        f'<text x="{WIDTH - LEFT}" y="{top + 18}" text-anchor="end">{escape(figures)}</text>'
        f'<rect x="{LEFT}" y="{top + 25}" width="{_FULL}" height="{BAR}" rx="3" '
        f'fill="currentColor" fill-opacity="0.07" stroke="currentColor" '
        f'stroke-opacity="0.35" stroke-width="0.5"{dash}/>'
        f'<rect x="{LEFT}" y="{top + 25}" width="{width:.1f}" height="{BAR}" rx="3" '
        f'fill="#2f6f8f"/>'
    )
