"""PostHog's ordered and strict funnels for one person, written as plainly as can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby


@dataclass(frozen=True)
class At:
    """An attempt that stands at a step; `began` None: there is none."""

    began: int | None = None
    marked: bool = False
    used: tuple[int, ...] = ()


def posthog_level(
    events: Sequence[tuple[int, str]],
    steps: Sequence[str],
    *,
    window: int,
    bans: Sequence[tuple[str, int, int]],
    is_strict: bool,
) -> int:
    """Return the furthest step, from 1; 0: did not enter; -1: excluded."""
    person = _Person(len(steps), window)
    numbered = []
    for number, (time, name) in enumerate(events):
        does = [n + 1 for n, step in enumerate(steps) if step == name]
        for ban, low, high in bans:
            if ban == name:
                does += [-(n + 2) for n in range(low, high)]
        if does or is_strict:
            numbered.append((time, number, does))
    for time, group in groupby(numbered, key=lambda event: event[0]):
        together = list(group)
        person.at[0] = At(began=time)
        if all(event[2] == together[0][2] for event in together):
            for _, number, does in together:
                for step in reversed(does):
                    person.take(time, number, step, several=False)
                if is_strict:
                    for step in range(1, len(steps) + 1):
                        if step not in does:
                            person.at[step] = At()
        else:
            alone = [(n, step) for _, n, does in together for step in does if step > 0]
            for number, step in sorted(alone, key=lambda one: one[1]):
                person.take(time, number, step, several=True)
        if person.at[-1].began is not None:
            break
    return -1 if person.best[1].marked else person.best[0]


class _Person:
    def __init__(self, steps: int, window: int) -> None:
        self.at = [At() for _ in range(steps + 1)]
        self.best = (0, At())
        self.window = window

    def take(self, time: int, number: int, step: int, *, several: bool) -> None:
        before = self.at[abs(step) - 1]
        if before.began is None or time - before.began > self.window:
            return
        if self.at[abs(step)].began == before.began:
            return
        level, best = self.best
        if step < 0:
            if not before.marked:
                self.at[-step - 1] = replace(before, marked=True)
                if level == -step - 1 and time - (best.began or 0) <= self.window:
                    self.best = level, replace(best, marked=True)
            return
        if several and number in before.used:
            return
        there = replace(before, used=(*before.used, number))
        if not before.marked:
            self.at[step] = there
        if step > level or (step == level and best.marked):
            self.best = step, there
