"""Questions about impact, ready to be asked of a scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hamsafar.expr import Fields, fields
from hamsafar.impact.attribution import Options
from hamsafar.impact.drivers import USUAL, Rules
from hamsafar.impact.taint import TaintRules
from hamsafar.impact.touches import PathRules, Touch, TouchKind
from hamsafar.impact.types import Candidate, Outcome, Property, Rates, Reaches, Trait, What
from hamsafar.journeys import Filters, Sequences, Stamp

CONTEXT = "context."
"""Paths into events' context begin with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """What a scope leaves of the history.

    Attributes:
        sequences: people and events, with the columns the question reads.
        filters: the scope's; their range is taken as the question means it.
        stamp: the state of the history.
        key: what tells the scope from others on the same history.
    """

    sequences: Sequences = field(repr=False)
    filters: Filters
    stamp: Stamp
    key: bytes = field(repr=False)

    @property
    def range(self) -> tuple[int | None, int | None]:
        """Return the range of the scope, µs UTC."""
        return self.filters.from_us, self.filters.to_us

    @property
    def unbounded(self) -> Filters:
        """Return the filters without their range."""
        return replace(self.filters, from_us=None, to_us=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriversQuestion:
    """Arguments of `drivers`; range and filters come from the scope."""

    outcome: Outcome
    entry: What | None = None
    candidates: Sequence[Candidate] = USUAL
    rules: Rules = field(default_factory=Rules)

    def reads(self) -> Fields:
        """Return what must be loaded."""
        found = _of(self.entry)
        match self.outcome:
            case Reaches(event=event):
                found |= _of(event)
            case Rates(property=path, event=event):
                found |= _of(event) | _property(path)
            case _:
                pass
        for candidate in self.candidates:
            match candidate:
                case Property(path=path):
                    found |= _property(path)
                case Trait(name=name):
                    found |= Fields(traits=frozenset({name}))
                case _:
                    pass
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionQuestion:
    """Arguments of `touch_paths` and `attribution`; range and filters come from the scope."""

    conversion: What
    touch: Touch = field(default_factory=Touch)
    rules: PathRules = field(default_factory=PathRules)
    models: tuple[str, ...] | None = None
    options: Options = field(default_factory=Options)

    def reads(self) -> Fields:
        """Return what must be loaded."""
        found = _of(self.conversion)
        if self.touch.kind is TouchKind.PROPERTY and self.touch.path:
            found |= _property(self.touch.path)
        return found if self.rules.value is None else found | _property(self.rules.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaintQuestion:
    """Arguments of `taint`; range and filters come from the scope."""

    bad: What
    rules: TaintRules = field(default_factory=TaintRules)

    def reads(self) -> Fields:
        """Return what must be loaded."""
        found = _of(self.bad) | _of(self.rules.anchor) | _of(self.rules.good)
        for path in (self.rules.rating, self.rules.subject):
            if path is not None:
                found |= _property(path)
        return found


Question = DriversQuestion | AttributionQuestion | TaintQuestion


def _of(what: What | None) -> Fields:
    return fields(None if isinstance(what, str) else what)


def _property(path: str) -> Fields:
    if path.startswith(CONTEXT):
        return Fields(context=frozenset({path.removeprefix(CONTEXT)}))
    return Fields(properties=frozenset({path}))
