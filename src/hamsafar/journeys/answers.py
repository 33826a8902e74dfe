"""Answers: the one shape in which every query is answered; written as JSON as they stand.

Times are ISO 8601 UTC with `Z`; durations are seconds. A figure that may not be shown is
`suppressed`, and so is everything that would give it away (its counts and times are null).
"""

from __future__ import annotations

import msgspec
from msgspec import field

from hamsafar.journeys.figures import Figure


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an answer."""


class Note(Told, frozen=True, kw_only=True):
    """What the reader should know, as a code with values for the words."""

    code: str
    values: dict[str, str | int | float] = {}


class Header(Told, frozen=True, kw_only=True):
    """What an answer is of.

    Attributes:
        people, events: that passed the scope; null when fewer people than may be shown.
        from_, to: range of the question, null where open.
        as_of: the history is read as it was then; what is not decided by then is open.
        is_warm: it was answered from memory.
        manifest, identity_version: the state of the history.
        min_people: a number of fewer people is not shown.
    """

    people: int | None
    events: int | None
    from_: str | None = field(name="from")
    to: str | None
    as_of: str
    took_ms: float
    is_warm: bool
    manifest: int
    identity_version: int
    min_people: int
    notes: tuple[Note, ...] = ()


class FunnelStep(Told, frozen=True, kw_only=True):
    """One step: who reached it, of those who entered and of those of the step before."""

    label: str
    optional: bool
    reached: Figure
    from_previous: Figure
    dropped: Figure
    open: int | None
    mean_s: float | None
    median_s: float | None
    p95_s: float | None


class Bin(Told, frozen=True, kw_only=True):
    """How many lie in a range of durations."""

    from_s: float
    to_s: float | None
    count: int | None
    cell: str | None


class TimeToConvert(Told, frozen=True, kw_only=True):
    """From entering to the last step, of those who reached it."""

    median_s: float | None
    mean_s: float | None
    p95_s: float | None
    bins: tuple[Bin, ...]


class FunnelSplit(Told, frozen=True, kw_only=True):
    """A funnel of one value of the breakdown."""

    value: str | None
    label: str
    is_other: bool
    is_unknown: bool
    steps: tuple[FunnelStep, ...]


class FunnelResult(Told, frozen=True, kw_only=True, tag="funnel", tag_field="kind"):
    """A funnel; `excluded` entered and dropped out by an exclusion."""

    steps: tuple[FunnelStep, ...]
    conversion: Figure
    excluded: Figure | None
    time_to_convert: TimeToConvert
    breakdown: tuple[FunnelSplit, ...] | None
    semantics: str


class PathNode(Told, frozen=True, kw_only=True):
    """An event at a position of the paths; `other` stands for all that is not shown."""

    id: str
    position: int
    name: str
    people: Figure
    count: int | None


class PathLink(Told, frozen=True, kw_only=True):
    """From a node to one of the next position."""

    from_: str = field(name="from")
    to: str
    people: Figure
    count: int | None
    median_s: float | None


class PathExit(Told, frozen=True, kw_only=True):
    """Who ended at a position."""

    position: int
    people: Figure


class PathsResult(Told, frozen=True, kw_only=True, tag="paths", tag_field="kind"):
    """Paths as a Sankey; what is not shown on its own is `other`, so that sums reconcile."""

    nodes: tuple[PathNode, ...]
    links: tuple[PathLink, ...]
    exits: tuple[PathExit, ...]
    hidden_links: int
    hidden_count: int | None


class RetentionCell(Told, frozen=True, kw_only=True):
    """A figure whose interval may not be over for all: then `is_mature` is false."""

    count: int | None
    of: int | None
    share: float | None
    low: float | None
    high: float | None
    open: int
    cell: str | None
    suppressed: bool
    is_mature: bool


class Cohort(Told, frozen=True, kw_only=True):
    """Those who began in one interval, and who of them came again."""

    start: str
    label: str
    size: Figure
    cells: tuple[RetentionCell, ...]


class RetentionResult(Told, frozen=True, kw_only=True, tag="retention", tag_field="kind"):
    """Retention; denominators count only those whose interval is over."""

    cohorts: tuple[Cohort, ...]
    total: tuple[RetentionCell, ...]


class LifecycleInterval(Told, frozen=True, kw_only=True):
    """Who was new, returned, came back or fell silent in an interval."""

    start: str
    label: str
    new: Figure
    returning: Figure
    resurrecting: Figure
    dormant: Figure


class LifecycleResult(Told, frozen=True, kw_only=True, tag="lifecycle", tag_field="kind"):
    """The life cycle, interval by interval."""

    intervals: tuple[LifecycleInterval, ...]


class StickinessBar(Told, frozen=True, kw_only=True):
    """Who was active in exactly so many intervals."""

    intervals: int
    people: Figure


class StickinessResult(Told, frozen=True, kw_only=True, tag="stickiness", tag_field="kind"):
    """In how many of `of_intervals` intervals people were active."""

    of_intervals: int
    bars: tuple[StickinessBar, ...]


class ChannelSessions(Told, frozen=True, kw_only=True):
    """Sessions that began on a channel; `single` had one event."""

    channel: str
    sessions: int | None
    people: Figure
    median_s: float | None
    median_events: float | None
    single: int | None


class SessionsResult(Told, frozen=True, kw_only=True, tag="sessions", tag_field="kind"):
    """Sessions and how long they took."""

    sessions: int | None
    people: Figure
    channels: tuple[ChannelSessions, ...]
    lengths: tuple[Bin, ...]


class NextItem(Told, frozen=True, kw_only=True):
    """What came next, or that nothing did (`name` is empty)."""

    name: str
    people: Figure
    count: int | None
    median_s: float | None


class NextResult(Told, frozen=True, kw_only=True, tag="next", tag_field="kind"):
    """What comes right after (or before) an event."""

    items: tuple[NextItem, ...]


class Example(Told, frozen=True, kw_only=True):
    """The newest match of a person: when it began, and the events from its first to its last."""

    person: str
    label: str
    at: str
    events: tuple[str, ...]


class MatchResult(Told, frozen=True, kw_only=True, tag="match", tag_field="kind"):
    """Who lived a pattern."""

    people: Figure
    matches: int | None
    examples: tuple[Example, ...]


class GraphLink(Told, frozen=True, kw_only=True):
    """How often one event directly followed another, to how many people, and how long it took."""

    from_: str = field(name="from")
    to: str
    people: Figure
    count: int | None
    mean_s: float | None
    median_s: float | None
    p95_s: float | None


class GraphPlace(Told, frozen=True, kw_only=True):
    """An event of the graph; `starts` and `ends` are people whose first or last event it is."""

    name: str
    people: Figure
    count: int | None
    starts: Figure
    ends: Figure


class GraphResult(Told, frozen=True, kw_only=True, tag="graph", tag_field="kind"):
    """The directly-follows graph; `hidden_edges` are beyond the limit or of too few people."""

    edges: tuple[GraphLink, ...]
    nodes: tuple[GraphPlace, ...]
    hidden_edges: int


class VariantRow(Told, frozen=True, kw_only=True):
    """One whole sequence and who lived exactly it."""

    key: str
    names: tuple[str, ...]
    people: Figure


class VariantsResult(Told, frozen=True, kw_only=True, tag="variants", tag_field="kind"):
    """Whole sequences; `distinct` of them there are."""

    items: tuple[VariantRow, ...]
    distinct: int


Result = (
    FunnelResult
    | PathsResult
    | RetentionResult
    | LifecycleResult
    | StickinessResult
    | SessionsResult
    | NextResult
    | MatchResult
    | GraphResult
    | VariantsResult
)


class Difference(Told, frozen=True, kw_only=True):
    """A share of one side against the same share of the other.

    `difference` is a minus b with Newcombe's 95 % interval; `q` is the false-discovery rate over
    all differences shown; `is_significant`: q ≤ 0.05. Null where a side has no share.
    """

    key: str
    label: str
    a: Figure
    b: Figure
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    q: float | None
    is_significant: bool


class Compared(Told, frozen=True, kw_only=True):
    """The other side of a comparison, and how it differs."""

    name_a: str
    name_b: str
    result_b: Result
    differences: tuple[Difference, ...]


class Answer(Told, frozen=True, kw_only=True):
    """The answer to a query."""

    kind: str
    header: Header
    result: Result
    compared: Compared | None = None


def write_answer(answer: Answer) -> bytes:
    """Return an answer as JSON; what is not a number is null."""
    return msgspec.json.encode(answer)
