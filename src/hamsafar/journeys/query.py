"""Queries: what one may ask of journeys, as frozen types that read and write themselves as JSON.

`query_json.read_query` makes one of a request; `services.queries.Queries` answers it. The same types describe
the HTTP API's requests, so there is one place where a field is declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from hamsafar.expr import Fields, fields
from hamsafar.journeys.clause import Clause
from hamsafar.lang.calendar import Calendar

MAX_STEPS = 62
MAX_NAMES = 1_000
DAY_S = 86_400
LONGEST_S = 3_660 * DAY_S

Name = Annotated[str, Meta(min_length=1, max_length=1_000)]
Label = Annotated[str, Meta(max_length=200)]
Names = Annotated[tuple[Name, ...], Meta(max_length=MAX_NAMES)]
Moment = Annotated[str, Meta(min_length=1, max_length=60)]
Seconds = Annotated[float, Meta(gt=0, le=LONGEST_S)]
Few = Annotated[int, Meta(ge=1, le=50)]
Some = Annotated[int, Meta(ge=1, le=1_000)]
Least = Annotated[int, Meta(ge=0, le=1_000_000)]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a query; a field nobody knows is refused, so that typing errors show."""


class Scope(Part, frozen=True, kw_only=True):
    """Which events and people a query is about.

    Attributes:
        from_, to: the range, `to` not included: a moment with its zone, or a day of `zone`. Of
            a funnel it is the time of entry, of retention that of the first event.
        include, exclude: only, or not, events of these names.
        channels: only these touchpoints.
        sources: only these source ids.
        technical, derived: also identify, group and alias; also what Hamsafar made itself.
        where: only events of which this holds; the others vanish before anything is counted.
        people: only people of whom this holds.
        groups: only people of each of these saved groups.
        grain: what is counted, people or their sessions.
        session_gap_s: a session ends with a longer pause.
        zone: IANA zone of days; the workspace's by default.
        calendar: of months; the workspace's by default.
    """

    from_: Moment | None = field(default=None, name="from")
    to: Moment | None = None
    include: Names = ()
    exclude: Names = ()
    channels: Names = ()
    sources: Annotated[tuple[int, ...], Meta(max_length=MAX_NAMES)] = ()
    technical: bool = False
    derived: bool = False
    where: Clause | None = None
    people: Clause | None = None
    groups: Annotated[tuple[Name, ...], Meta(max_length=10)] = ()
    grain: Literal["person", "session"] = "person"
    session_gap_s: Seconds = 1_800.0
    zone: Annotated[str, Meta(max_length=100)] | None = None
    calendar: Calendar | None = None


EVERYBODY = Scope()


class Happening(Part, frozen=True, kw_only=True):
    """Which events are meant: those of a name, or those of which a condition holds."""

    name: Name | None = None
    condition: Clause | None = None


class Step(Part, frozen=True, kw_only=True):
    """A step of a funnel: an event's name, or a condition with a label."""

    name: Name | None = None
    condition: Clause | None = None
    label: Label | None = None
    optional: bool = False


class Exclusion(Part, frozen=True, kw_only=True):
    """Events that must not happen between two steps (numbered from 0, `to_step` is above)."""

    name: Name | None = None
    condition: Clause | None = None
    from_step: Annotated[int, Meta(ge=0, lt=MAX_STEPS)] = 0
    to_step: Annotated[int, Meta(ge=1, lt=MAX_STEPS)] = 1


class Breakdown(Part, frozen=True, kw_only=True):
    """What a funnel is split by: an event property, a person's trait, or the channel.

    `limit` values are listed, the most frequent; the others are one row, and so are the unknown.
    """

    property: Name | None = None
    trait: Name | None = None
    channel: bool = False
    attribution: Literal["first_touch", "last_touch", "step", "all_events"] = "first_touch"
    step: Annotated[int, Meta(ge=0, lt=MAX_STEPS)] = 0
    limit: Few = 10


class GroupSide(Part, frozen=True, kw_only=True):
    """One side of a comparison: a saved group by its id, or people of whom a condition holds."""

    id: Name | None = None
    people: Clause | None = None
    name: Label | None = None


class ByGroups(Part, frozen=True, kw_only=True, tag="groups", tag_field="by"):
    """Compare two groups of people."""

    groups: Annotated[tuple[GroupSide, ...], Meta(min_length=2, max_length=2)]


class ByPeriod(Part, frozen=True, kw_only=True, tag="period", tag_field="by"):
    """Compare the scope's range with another one."""

    from_: Moment = field(name="from")
    to: Moment


Compare = ByGroups | ByPeriod


class _Asked(Part, frozen=True, kw_only=True):
    scope: Scope = EVERYBODY
    compare: Compare | None = None
    min_people: Least | None = None


class GraphQuery(_Asked, frozen=True, kw_only=True, tag="graph", tag_field="kind"):
    """What directly follows what; `limit` edges, those of most people."""

    limit: Some = 200


class VariantsQuery(_Asked, frozen=True, kw_only=True, tag="variants", tag_field="kind"):
    """Whole sequences and how many people lived each."""

    limit: Some = 50
    collapse: bool = False


class FunnelQuery(_Asked, frozen=True, kw_only=True, tag="funnel", tag_field="kind"):
    """How many of those who enter reach each step, within `window_s` of entering."""

    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=MAX_STEPS)]
    window_s: Annotated[float, Meta(ge=0, le=LONGEST_S)] = 7.0 * DAY_S
    order: Literal["ordered", "any", "strict"] = "ordered"
    ties: Literal["favour", "strict_time"] = "favour"
    reuse: bool = False
    exclusions: Annotated[tuple[Exclusion, ...], Meta(max_length=20)] = ()
    exclusion_policy: Literal["void_attempt", "drop_person"] = "void_attempt"
    count_by: Literal["people", "attempts", "sessions"] = "people"
    breakdown: Breakdown | None = None
    semantics: Literal["hamsafar", "posthog", "clickhouse", "mixpanel_classic"] = "hamsafar"


class PathsQuery(_Asked, frozen=True, kw_only=True, tag="paths", tag_field="kind"):
    """Where people go after, or come from before, an event.

    Attributes:
        start: where paths begin, by default with the journey (backward: what they lead to, by default
            its end).
        end: where paths between end.
        funnel, step: paths of those who reached `step` of the funnel and not the next one.
        depth: events of a path, the first included.
        limit: links shown; what does not fit is "other", so that sums reconcile.
        gap_s: a longer pause ends a path; none by default.
        collapse: count a run of one event as one.
    """

    direction: Literal["forward", "backward", "between", "after_dropoff"] = "forward"
    start: Happening | None = None
    end: Happening | None = None
    funnel: FunnelQuery | None = None
    step: Annotated[int, Meta(ge=0, lt=MAX_STEPS)] = 0
    depth: Annotated[int, Meta(ge=2, le=20)] = 5
    limit: Some = 50
    gap_s: Seconds | None = None
    collapse: bool = True


class RetentionQuery(_Asked, frozen=True, kw_only=True, tag="retention", tag_field="kind"):
    """Of those who did `first`, how many did `again` in each of `periods` later intervals.

    Without `scope.from` the cohorts are those of the last `periods + 1` intervals.
    """

    first: Happening
    again: Happening
    unit: Literal["day", "week", "month", "jalali_month"] = "week"
    periods: Annotated[int, Meta(ge=1, le=60)] = 8
    mode: Literal["calendar", "rolling"] = "calendar"
    cohort: Literal["first_time", "recurring"] = "first_time"
    counting: Literal["on", "on_or_after"] = "on"


class LifecycleQuery(_Asked, frozen=True, kw_only=True, tag="lifecycle", tag_field="kind"):
    """Who was new, returned, came back after a pause, or fell silent, in each interval.

    Without `scope.from` the last `periods` intervals are told; `of` is activity, else any event.
    """

    unit: Literal["day", "week", "month", "jalali_month"] = "week"
    periods: Annotated[int, Meta(ge=1, le=400)] = 12
    of: Happening | None = None


class StickinessQuery(_Asked, frozen=True, kw_only=True, tag="stickiness", tag_field="kind"):
    """In how many intervals of the range people were active; fields as of `LifecycleQuery`."""

    unit: Literal["day", "week", "month", "jalali_month"] = "day"
    periods: Annotated[int, Meta(ge=1, le=400)] = 30
    of: Happening | None = None


class SessionsQuery(_Asked, frozen=True, kw_only=True, tag="sessions", tag_field="kind"):
    """How people's visits are: how many, how long, over which channels.

    `gaps_s` sets the pause that ends a session for a channel, `gap_s` for all others.
    """

    gaps_s: dict[Name, Seconds] = field(default_factory=dict)
    gap_s: Seconds = 1_800.0


class NextQuery(_Asked, frozen=True, kw_only=True, tag="next", tag_field="kind"):
    """What comes right after (or before) an event."""

    after: Happening
    direction: Literal["forward", "backward"] = "forward"
    limit: Some = 20


class MatchQuery(_Asked, frozen=True, kw_only=True, tag="match", tag_field="kind"):
    """Who lived a pattern of events: a regular expression over event names.

    `conditions` gives names to further kinds of events, for use in the pattern.
    """

    pattern: Annotated[str, Meta(min_length=1, max_length=4_000)]
    conditions: Annotated[dict[Name, Clause], Meta(max_length=20)] = field(default_factory=dict)
    limit: Few = 20


Query = (
    FunnelQuery
    | PathsQuery
    | RetentionQuery
    | LifecycleQuery
    | StickinessQuery
    | SessionsQuery
    | NextQuery
    | MatchQuery
    | GraphQuery
    | VariantsQuery
)
"""A question, told apart by `kind`."""


def kind_of(query: Query) -> str:
    """Return the word that tells which kind a query is.

    >>> kind_of(GraphQuery())
    'graph'
    """
    return str(query.__struct_config__.tag)


def fields_of(query: Part) -> Fields:
    """Return which properties and traits a query reads, saved groups aside."""
    found = fields(*(clause.condition for clause in _clauses(query)))
    if isinstance(query, PathsQuery) and query.funnel is not None:
        found |= fields_of(query.funnel)
    if isinstance(query, FunnelQuery) and query.breakdown is not None:
        split = query.breakdown
        found |= Fields(
            properties=frozenset({split.property} if split.property else ()),
            traits=frozenset({split.trait} if split.trait else ()),
            names=None if split.property else frozenset(),
        )
    return found


def _clauses(part: object) -> Iterator[Clause]:
    if isinstance(part, Clause):
        yield part
    elif isinstance(part, tuple | dict):
        for one in part.values() if isinstance(part, dict) else part:
            yield from _clauses(one)
    elif isinstance(part, Part):
        for name in part.__struct_fields__:
            yield from _clauses(getattr(part, name))
