"""Reading a funnel: steps and rules as people give them, checked once, before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from hamsafar.expr import Condition, EventNamed
from hamsafar.journeys.funnel_types import (
    MAX_CONDITIONS,
    MAX_WINDOW_S,
    SESSION_GAP_S,
    Attribution,
    CountBy,
    Exclusion,
    ExclusionPolicy,
    FunnelRules,
    Order,
    RuleWords,
    Semantics,
    Step,
    StepLike,
    Ties,
    What,
)
from hamsafar.kernel.errors import BadInput

E = TypeVar("E", bound=StrEnum)


def step(given: StepLike, *, label: str | None = None, optional: bool = False) -> Step:
    """Return a step of a funnel.

    Args:
        given: a name, several names of which each will do, a condition, or u8[n] per chunk.
        label: what to call it; None: its names.
        optional: it may be left out.

    Raises:
        BadInput: it is none of these.
    """
    return _step(given, "steps", label=label, optional=optional)


def read_steps(given: Sequence[StepLike]) -> tuple[Step, ...]:
    """Return the steps of a funnel.

    Raises:
        BadInput: there is none, one is not readable, or the first or last one is optional.
    """
    if isinstance(given, str) or not len(given):
        raise BadInput("give a list of one or more steps", where="steps")
    steps = tuple(_step(one, f"steps[{number}]") for number, one in enumerate(given))
    for number in (0, len(steps) - 1):
        if steps[number].optional:
            message = "the first and the last step cannot be optional"
            raise BadInput(message, where=f"steps[{number}].optional")
    return steps


def read_rules(window_s: float, steps: Sequence[Step], words: RuleWords) -> FunnelRules:
    """Return the rules, checked against the steps.

    Raises:
        BadInput: a word is unknown, a number is out of range, or rules contradict each other.
    """
    unknown = sorted(words.keys() - RuleWords.__annotations__.keys())
    if unknown:
        known = ", ".join(RuleWords.__annotations__)
        raise BadInput(f"a funnel has no {unknown[0]!r}; it has {known}", where=unknown[0])
    given = enumerate(words.get("exclusions", ()))
    policy = words.get("exclusion_policy", ExclusionPolicy.VOID_ATTEMPT)
    rules = FunnelRules(
        window_s=window_s,
        order=_enum(Order, words.get("order", Order.ORDERED), "order"),
        ties=_enum(Ties, words.get("ties", Ties.FAVOUR), "ties"),
        reuse=words.get("reuse", False),
        exclusions=tuple(_exclusion(one, number) for number, one in given),
        exclusion_policy=_enum(ExclusionPolicy, policy, "exclusion_policy"),
        semantics=_enum(Semantics, words.get("semantics", Semantics.HAMSAFAR), "semantics"),
        count_by=_enum(CountBy, words.get("count_by", CountBy.PEOPLE), "count_by"),
        session_gap_s=words.get("session_gap_s", SESSION_GAP_S),
        breakdown=words.get("breakdown"),
        as_of_us=words.get("as_of_us"),
    )
    check_rules(rules, steps)
    return rules


def check_rules(rules: FunnelRules, steps: Sequence[Step]) -> None:
    """Raise BadInput when rules are out of range or contradict each other or the steps."""
    if not 0 <= rules.window_s <= MAX_WINDOW_S:
        raise BadInput(
            f"window_s must be 0 … {MAX_WINDOW_S}, not {rules.window_s}", where="window_s"
        )
    if not 0 < rules.session_gap_s <= MAX_WINDOW_S:
        message = f"session_gap_s must be above 0, not {rules.session_gap_s}"
        raise BadInput(message, where="session_gap_s")
    if len(steps) + len(rules.exclusions) > MAX_CONDITIONS:
        message = f"at most {MAX_CONDITIONS} steps and exclusions together"
        raise BadInput(message, where="steps")
    for number, one in enumerate(rules.exclusions):
        _check_exclusion(one, steps, f"exclusions[{number}]")
    _check_breakdown(rules, len(steps))
    _check_order(rules, steps)


def _check_exclusion(one: Exclusion, steps: Sequence[Step], where: str) -> None:
    if not 0 <= one.from_step < one.to_step < len(steps):
        message = (
            f"an exclusion needs 0 ≤ from_step < to_step ≤ {len(steps) - 1}, "
            f"not {one.from_step} and {one.to_step}"
        )
        raise BadInput(message, where=f"{where}.to_step")
    for name, at in (("from_step", one.from_step), ("to_step", one.to_step)):
        if steps[at].optional:
            message = f"step {at} is optional; an exclusion lies between steps that are not"
            raise BadInput(message, where=f"{where}.{name}")


def _check_breakdown(rules: FunnelRules, steps: int) -> None:
    split = rules.breakdown
    if split is None:
        return
    if split.attribution not in set(Attribution):
        raise BadInput(
            f"there is no attribution {split.attribution!r}", where="breakdown.attribution"
        )
    if not 0 <= split.step < steps:
        raise BadInput(f"there is no step {split.step}", where="breakdown.step")
    if not 1 <= split.limit <= 1_000:
        raise BadInput(f"limit must be 1 … 1000, not {split.limit}", where="breakdown.limit")


def _check_order(rules: FunnelRules, steps: Sequence[Step]) -> None:
    ordered = rules.order is Order.ORDERED
    for number, one in enumerate(steps):
        if one.optional and not ordered:
            message = "only ordered funnels have optional steps"
            raise BadInput(message, where=f"steps[{number}].optional")
    if rules.order is Order.STRICT and rules.reuse:
        raise BadInput("in strict order an event takes one step: set reuse=False", where="reuse")
    if rules.order is Order.ANY:
        for number, excluded in enumerate(rules.exclusions):
            if (excluded.from_step, excluded.to_step) != (0, len(steps) - 1):
                message = f"without an order an exclusion spans all steps: 0 to {len(steps) - 1}"
                raise BadInput(message, where=f"exclusions[{number}]")
    _check_semantics(rules, is_ordered=ordered)


def _check_semantics(rules: FunnelRules, *, is_ordered: bool) -> None:
    whose = rules.semantics
    drops = rules.exclusions and rules.exclusion_policy is ExclusionPolicy.DROP_PERSON
    if drops and rules.count_by is CountBy.ATTEMPTS:
        message = "attempts are voided, not dropped: take void_attempt, or count people"
        raise BadInput(message, where="exclusion_policy")
    if whose is Semantics.HAMSAFAR:
        if drops and not is_ordered:
            message = "only ordered funnels drop people; take void_attempt"
            raise BadInput(message, where="exclusion_policy")
        return
    if whose is Semantics.CLICKHOUSE and rules.exclusions:
        raise BadInput("ClickHouse's windowFunnel knows no exclusions", where="exclusions")
    if whose is not Semantics.MIXPANEL_CLASSIC and rules.count_by is CountBy.ATTEMPTS:
        raise BadInput(f"{whose} counts people, not attempts", where="count_by")
    if whose is not Semantics.POSTHOG and not is_ordered:
        raise BadInput(f"{whose} is emulated for ordered funnels", where="order")


def _enum(kind: type[E], value: str, where: str) -> E:
    try:
        return kind(value)
    except ValueError:
        message = f"{where} must be one of {', '.join(kind)}, not {value!r}"
        raise BadInput(message, where=where) from None


def _exclusion(given: object, number: int) -> Exclusion:
    where = f"exclusions[{number}]"
    match given:
        case Exclusion():
            return given
        case (what, int(from_step), int(to_step)):
            return Exclusion(what=_what(what, where), from_step=from_step, to_step=to_step)
        case _:
            raise BadInput("give (event, from_step, to_step), steps from 0", where=where)


def _step(given: object, where: str, *, label: str | None = None, optional: bool = False) -> Step:
    if isinstance(given, Step):
        return given
    what = _what(given, where)
    return Step(what=what, label=label or _label(what), optional=optional)


def _what(given: object, where: str) -> What:
    match given:
        case str():
            return given
        case EventNamed():
            return frozenset(given.names)
        case list() | set() | frozenset() if given and all(isinstance(n, str) for n in given):
            return frozenset(given)
        case tuple() if given and all(isinstance(n, str) for n in given):
            return frozenset(given)
        case tuple():
            return given
        case _ if isinstance(given, Condition):
            return given
        case _:
            raise BadInput("give an event's name, several names, or a condition", where=where)


def _label(what: What) -> str:
    match what:
        case str():
            return what
        case frozenset():
            return " / ".join(sorted(what))
        case _:
            return "condition"
