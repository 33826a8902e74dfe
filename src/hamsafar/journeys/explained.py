"""Answers of "why do the numbers differ?" and "explain this person", as they are written as JSON."""

from __future__ import annotations

from hamsafar.journeys.answers import Told


class SemanticsRow(Told, frozen=True, kw_only=True):
    """People per step by the rules of one program; null where too few to be shown."""

    semantics: str
    counts: tuple[int | None, ...]


class RuleRow(Told, frozen=True, kw_only=True):
    """How many people a rule counts differently."""

    rule: str
    people: int | None


class DifferenceRow(Told, frozen=True, kw_only=True):
    """One person whom programs count differently.

    `levels`: steps taken by each program's rules, 0 who did not enter. `values`: for each program
    that differs the rule that makes it, and when the attempt it tells began.
    """

    person: str
    label: str
    levels: dict[str, int]
    rule: str
    values: dict[str, str]


class Explained(Told, frozen=True, kw_only=True):
    """Why four programs count a funnel differently; `total` people are, `differences` is a page."""

    semantics: tuple[SemanticsRow, ...]
    by_rule: tuple[RuleRow, ...]
    total: int | None
    differences: tuple[DifferenceRow, ...]
    next: str | None


class StoryEvent(Told, frozen=True, kw_only=True):
    """What an event of a person did in a funnel; `values.late_s` says by how much it was too late."""

    at: str
    name: str
    channel: str
    outcome: str
    step: int | None
    attempt: int | None
    values: dict[str, float]


class StoryAttempt(Told, frozen=True, kw_only=True):
    """An attempt: when it began, how many steps it took, and how it ended."""

    number: int
    entered_at: str
    level: int
    ended: str
    ended_at: str | None


class Story(Told, frozen=True, kw_only=True):
    """One person's way through a funnel; `levels` are the steps taken by each program's rules."""

    events: tuple[StoryEvent, ...]
    attempts: tuple[StoryAttempt, ...]
    levels: dict[str, int]
