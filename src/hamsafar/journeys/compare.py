"""Comparing two answers: differences of shares, how sure they are, and false discoveries held down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch

from hamsafar.journeys.answers import (
    Difference,
    FunnelResult,
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
from hamsafar.journeys.figures import Figure, benjamini_hochberg, figure, newcombe, p_value

ALPHA = 0.05
"""Up to this false-discovery rate a difference is called significant."""

NOBODY = Figure(count=None)


@dataclass(frozen=True, slots=True)
class Share:
    """A share of an answer that can be held against the same one of another.

    Attributes:
        key: the same in both answers.
        label: for people to read.
    """

    key: str
    label: str
    figure: Figure


def differences(a: Result, b: Result) -> tuple[Difference, ...]:
    """Return how the shares of two answers of one kind differ, the surest first.

    q-values are over all of them together. What only one answer lists is 0 of the other's base,
    unless that other one lists not everything: then nothing is known.
    """
    ours, theirs = ({share.key: share for share in shares_of(result)} for result in (a, b))
    rows = []
    for key in [*ours, *(key for key in theirs if key not in ours)]:
        label = (ours.get(key) or theirs[key]).label
        one = ours[key].figure if key in ours else _absent(a, ours)
        other = theirs[key].figure if key in theirs else _absent(b, theirs)
        rows.append((key, label, one, other))
    sure = [_tested(one, other) for _, _, one, other in rows]
    q = iter(benjamini_hochberg([test[3] for test in sure if test is not None]))
    found = [
        _difference(*row, test, None if test is None else next(q))
        for row, test in zip(rows, sure, strict=True)
    ]
    return tuple(sorted(found, key=lambda d: (d.q is None, d.q or 0.0, -abs(d.difference or 0.0))))


@singledispatch
def shares_of(result: Result) -> Iterator[Share]:
    """Yield the shares of an answer that are compared.

    Raises:
        TypeError: a kind of answer nobody said it of.
    """
    raise TypeError(type(result).__name__)


@shares_of.register
def _(result: FunnelResult) -> Iterator[Share]:
    for number, step in enumerate(result.steps[1:], start=1):
        yield Share(f"reached:{number}", step.label, step.reached)


@shares_of.register
def _(result: PathsResult) -> Iterator[Share]:
    for link in result.links:
        yield Share(f"link:{link.from_}→{link.to}", f"{link.from_} → {link.to}", link.people)


@shares_of.register
def _(result: RetentionResult) -> Iterator[Share]:
    for period, cell in enumerate(result.total[1:], start=1):
        yield Share(f"total:{period}", str(period), _plain(cell))


@shares_of.register
def _(result: LifecycleResult) -> Iterator[Share]:
    for number, one in enumerate(result.intervals):
        for state in ("new", "returning", "resurrecting", "dormant"):
            yield Share(f"{number}:{state}", f"{one.label}: {state}", getattr(one, state))


@shares_of.register
def _(result: StickinessResult) -> Iterator[Share]:
    for bar in result.bars:
        yield Share(f"bar:{bar.intervals}", str(bar.intervals), bar.people)


@shares_of.register
def _(result: SessionsResult) -> Iterator[Share]:
    for channel in result.channels:
        yield Share(f"channel:{channel.channel}", channel.channel, channel.people)


@shares_of.register
def _(result: NextResult) -> Iterator[Share]:
    for item in result.items:
        yield Share(f"next:{item.name}", item.name, item.people)


@shares_of.register
def _(result: MatchResult) -> Iterator[Share]:
    yield Share("match", "", result.people)


@shares_of.register
def _(result: GraphResult) -> Iterator[Share]:
    for node in result.nodes:
        yield Share(f"node:{node.name}", node.name, node.people)
    for edge in result.edges:
        name = f"{edge.from_} → {edge.to}"
        yield Share(f"edge:{edge.from_}→{edge.to}", name, edge.people)


@shares_of.register
def _(result: VariantsResult) -> Iterator[Share]:
    for row in result.items:
        yield Share(f"variant:{row.key}", " → ".join(row.names), row.people)


def is_complete(result: Result) -> bool:
    """Tell whether an answer lists everything there is, so that what it does not list is 0."""
    match result:
        case GraphResult(hidden_edges=hidden) | PathsResult(hidden_links=hidden):
            return hidden == 0
        case VariantsResult(items=items, distinct=distinct):
            return len(items) == distinct
        case SessionsResult():
            return True
        case _:
            return False


def _absent(result: Result, shares: dict[str, Share]) -> Figure:
    """Return the figure of what an answer does not list."""
    bases = {share.figure.of for share in shares.values() if share.figure.of}
    if not is_complete(result) or len(bases) != 1:
        return NOBODY
    return figure(0, bases.pop())


def _plain(cell: RetentionCell) -> Figure:
    return Figure(
        count=cell.count,
        of=cell.of,
        share=cell.share,
        low=cell.low,
        high=cell.high,
        open=cell.open,
        cell=cell.cell,
        suppressed=cell.suppressed,
    )


def _tested(a: Figure, b: Figure) -> tuple[float, float, float, float] | None:
    """Return difference, its interval and p of two shares; None where a side has none."""
    if a.count is None or b.count is None or not a.of or not b.of:
        return None
    gap = newcombe(a.count, a.of, b.count, b.of)
    return gap.value, gap.low, gap.high, p_value(a.count, a.of, b.count, b.of)


def _difference(
    key: str,
    label: str,
    a: Figure,
    b: Figure,
    test: tuple[float, float, float, float] | None,
    q: float | None,
) -> Difference:
    value, low, high, p = (None, None, None, None) if test is None else test
    return Difference(
        key=key,
        label=label,
        a=a,
        b=b,
        difference=value,
        low=low,
        high=high,
        p=p,
        q=q,
        is_significant=q is not None and q <= ALPHA,
    )
