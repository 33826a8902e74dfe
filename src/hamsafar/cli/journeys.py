"""`hamsafar journeys`: what people really do, asked from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from hamsafar.cli.journeys_friction import containment_command, friction
from hamsafar.cli.journeys_impact import impact
from hamsafar.cli.journeys_options import Asked, question, seconds_of

journeys = typer.Typer(
    help="What people really do: funnels, paths, retention and more.", no_args_is_help=True
)

Steps = Annotated[list[str], typer.Argument(metavar="EVENT...", help="Event names, in order.")]
Unit = Annotated[str, typer.Option(help="day, week, month or jalali_month.")]
Limit = Annotated[int, typer.Option(help="Rows to show.")]
Periods = Annotated[int, typer.Option(help="Intervals.")]
One = Annotated[str, typer.Argument(metavar="EVENT", help="Name of an event.")]


@journeys.command("funnel")
@question
def funnel(
    steps: Steps,
    window: Annotated[str, typer.Option(help="From the first step to the last: 30m, 7d.")] = "7d",
    order: Annotated[str, typer.Option(help="ordered, any or strict.")] = "ordered",
    count_by: Annotated[str, typer.Option(help="people, attempts or sessions.")] = "people",
    by: Annotated[str, typer.Option(help="Split by an event property, or `channel`.")] = "",
    semantics: Annotated[
        str, typer.Option(help="hamsafar, posthog, clickhouse or mixpanel_classic.")
    ] = "hamsafar",
) -> Asked:
    """Show how many of those who take the first step reach each next one."""
    split: Asked | None = None
    if by:
        split = {"channel": True} if by == "channel" else {"property": by}
    return {
        "kind": "funnel",
        "steps": [{"name": name} for name in steps],
        "window_s": seconds_of(window, "--window"),
        "order": order,
        "count_by": count_by,
        "breakdown": split,
        "semantics": semantics,
    }


@journeys.command("graph")
@question
def graph(limit: Limit = 40) -> Asked:
    """Show what directly follows what."""
    return {"kind": "graph", "limit": limit}


@journeys.command("variants")
@question
def variants(limit: Limit = 20, collapse: bool = False) -> Asked:
    """Show whole journeys and how many people lived each; --collapse counts runs as one."""
    return {"kind": "variants", "limit": limit, "collapse": collapse}


@journeys.command("paths")
@question
def paths(
    start: Annotated[str, typer.Option(help="Where paths begin; backward: where they lead.")] = "",
    end: Annotated[str, typer.Option(help="Where paths between two events end.")] = "",
    direction: Annotated[str, typer.Option(help="forward, backward or between.")] = "forward",
    depth: Annotated[int, typer.Option(help="Events of a path.")] = 5,
    limit: Limit = 30,
) -> Asked:
    """Show where people go after an event, or come from before it."""
    return {
        "kind": "paths",
        "direction": direction,
        "start": {"name": start} if start else None,
        "end": {"name": end} if end else None,
        "depth": depth,
        "limit": limit,
    }


@journeys.command("retention")
@question
def retention(
    first: One,
    again: Annotated[str, typer.Argument(metavar="[AGAIN]", help="The same if left out.")] = "",
    unit: Unit = "week",
    periods: Periods = 8,
    rolling: Annotated[bool, typer.Option(help="Count from each person's own first time.")] = False,
    recurring: Annotated[bool, typer.Option(help="A person may be in many cohorts.")] = False,
    or_after: Annotated[bool, typer.Option(help="Count who came then or later.")] = False,
) -> Asked:
    """Show who of those who did something first came again, interval by interval."""
    return {
        "kind": "retention",
        "first": {"name": first},
        "again": {"name": again or first},
        "unit": unit,
        "periods": periods,
        "mode": "rolling" if rolling else "calendar",
        "cohort": "recurring" if recurring else "first_time",
        "counting": "on_or_after" if or_after else "on",
    }


@journeys.command("lifecycle")
@question
def lifecycle(unit: Unit = "week", periods: Periods = 12) -> Asked:
    """Show who is new, returns, comes back after a pause or falls silent."""
    return {"kind": "lifecycle", "unit": unit, "periods": periods}


@journeys.command("stickiness")
@question
def stickiness(unit: Unit = "day", periods: Periods = 30) -> Asked:
    """Show in how many intervals people are active."""
    return {"kind": "stickiness", "unit": unit, "periods": periods}


@journeys.command("sessions")
@question
def sessions(
    gap: Annotated[str, typer.Option(help="A longer pause ends a session: 30m.")] = "30m",
) -> Asked:
    """Show how many sessions there are, on which channels, and how long they take."""
    return {"kind": "sessions", "gap_s": seconds_of(gap, "--gap")}


@journeys.command("next")
@question
def next_(
    after: One,
    before: Annotated[bool, typer.Option(help="Show what comes right before instead.")] = False,
    limit: Limit = 20,
) -> Asked:
    """Show what comes right after an event."""
    direction = "backward" if before else "forward"
    return {"kind": "next", "after": {"name": after}, "direction": direction, "limit": limit}


@journeys.command("match")
@question
def match(
    pattern: Annotated[str, typer.Argument(metavar="PATTERN", help="Such as 'A ...(<=10m) B'.")],
    limit: Limit = 10,
) -> Asked:
    """Show who lived a pattern of events."""
    return {"kind": "match", "pattern": pattern, "limit": limit}


journeys.command("friction")(friction)
journeys.command("containment")(containment_command)
journeys.add_typer(impact, name="impact")
