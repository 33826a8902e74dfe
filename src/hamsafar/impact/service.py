"""Impact of the running system: questions answered over what a scope leaves, and kept a while."""

from __future__ import annotations

from dataclasses import replace

from hamsafar.impact.attribution import attribution
from hamsafar.impact.driver_results import Drivers
from hamsafar.impact.drivers import drivers
from hamsafar.impact.questions import (
    AttributionQuestion,
    DriversQuestion,
    Laid,
    Question,
    TaintQuestion,
)
from hamsafar.impact.results import Attribution
from hamsafar.impact.taint import taint
from hamsafar.impact.taint_results import Taint
from hamsafar.impact.touches import touch_paths
from hamsafar.journeys import Answered
from hamsafar.kernel.clock import SECOND_US, Clock

MOST_KEPT = 8
"""Answers of each kind kept in memory; each holds some numbers for every event it looked at."""
LASTS_US = 300 * SECOND_US


class Impact:
    """Answers about impact; safe to call from many threads.

    Whoever opens a number to its people asks again, so answers are kept until the history
    changes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._drivers: Answered[Drivers] = Answered(most=MOST_KEPT, lasts_us=LASTS_US)
        self._attributions: Answered[Attribution] = Answered(most=MOST_KEPT, lasts_us=LASTS_US)
        self._taints: Answered[Taint] = Answered(most=MOST_KEPT, lasts_us=LASTS_US)

    def drivers(self, laid: Laid, question: DriversQuestion) -> tuple[Drivers, bool]:
        """Return what moves an outcome, and whether it was known already.

        Raises:
            BadInput: the question cannot be answered; `where` names the field.
        """
        rules = replace(question.rules, entered=laid.range, filters=laid.unbounded)

        def find() -> Drivers:
            return drivers(
                laid.sequences,
                question.outcome,
                entry=question.entry,
                candidates=question.candidates,
                rules=rules,
            )

        return self._drivers.get(laid.stamp, _key(laid, question), self._clock.now_us(), find)

    def attribution(self, laid: Laid, question: AttributionQuestion) -> tuple[Attribution, bool]:
        """Return to which touches conversions are owed, and whether it was known already.

        Raises:
            BadInput: the question cannot be answered; `where` names the field.
        """
        rules = replace(question.rules, ended=laid.range, filters=laid.unbounded)

        def find() -> Attribution:
            paths = touch_paths(laid.sequences, question.conversion, question.touch, rules)
            return attribution(paths, question.models, question.options)

        return self._attributions.get(laid.stamp, _key(laid, question), self._clock.now_us(), find)

    def taint(self, laid: Laid, question: TaintQuestion) -> tuple[Taint, bool]:
        """Return how bad moments colour what lies around them, and whether it was known already.

        Raises:
            BadInput: the question cannot be answered; `where` names the field.
        """
        rules = replace(question.rules, range=laid.range, filters=laid.unbounded)

        def find() -> Taint:
            return taint(laid.sequences, question.bad, rules)

        return self._taints.get(laid.stamp, _key(laid, question), self._clock.now_us(), find)


def _key(laid: Laid, question: Question) -> bytes:
    return laid.key + repr(question).encode()
