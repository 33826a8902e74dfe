"""Verified containment: was the matter solved in self-service, or did the customer come after all?

An *episode* is the end of self-service on one matter in one session: the last help page looked at,
or a bot's chat that ended. It is contained as long as the same person makes no contact about the
same matter, in any channel; an episode that names no matter is broken by any contact. Who was
helped an hour ago was watched for an hour only: the Kaplan-Meier curve counts that rightly, where a
plain share would call it solved. A chat that ended unsolved is broken at once.

The plain rate is what tools show: no contact in the same session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from hamsafar.friction.facts import Facts, first_said
from hamsafar.friction.kernels import episode_kernels
from hamsafar.journeys import Curve, CurveStep, Figure, figure, kaplan_meier, matter_of
from hamsafar.storage.types import I64

DAYS = (1, 3, 7, 14)
MATTER_WITHIN = timedelta(days=14)
"""Matters are open longer here, so that a contact in two weeks still counts as the same one."""
TOPICS = ("topic", "article", "subject", "reason")
_DAY_US = 86_400_000_000
_TOP = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Episodes:
    """Every episode, aligned.

    Attributes:
        person, at: i64, whose and when it ended, µs UTC.
        took: i64, µs until the contact that broke it, or as long as it was watched.
        broken: whether there was such a contact. in_session: whether in the same session.
        topic, channel: what it is about and where, empty for not said.
    """

    person: I64 = field(repr=False)
    at: I64 = field(repr=False)
    took: I64 = field(repr=False)
    broken: NDArray[np.bool_] = field(repr=False)
    in_session: NDArray[np.bool_] = field(repr=False)
    topic: tuple[str, ...] = field(repr=False)
    channel: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """How much of self-service held.

    Attributes:
        name: of the topic or channel; empty for all.
        episodes: how many there were; people: who lived them.
        plain: without a contact in the same session.
        verified: the curve at the days asked for; None beyond what was watched.
        points: the curve at 1, 3, 7 and 14 days, those that are known.
        curve: the whole curve, in days.
        open: episodes not broken and watched for less than the days asked for.
    """

    name: str
    episodes: int
    people: int
    plain: Figure
    verified: CurveStep | None
    points: tuple[CurveStep, ...]
    curve: tuple[CurveStep, ...] = field(repr=False)
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainmentReport:
    """Containment of all, by topic and by channel, those with most episodes first."""

    whole: Containment
    topics: tuple[Containment, ...]
    channels: tuple[Containment, ...]


def episodes_of(facts: Facts, until_us: int) -> Episodes:
    """Return every episode of a history watched until a time."""
    matters = matter_of(facts.sequences, within=MATTER_WITHIN)
    parts: list[tuple[NDArray[np.int64], ...]] = []
    topics: list[str] = []
    channels: list[str] = []
    for number, (life, matter) in enumerate(zip(facts.lives, matters, strict=True)):
        rows = np.full(len(life.time), -1, np.int64)
        breaks = np.full(len(life.time), -1, np.int64)
        count = episode_kernels().episodes(life._replace(matter=matter), rows, breaks)
        rows, breaks = rows[:count], breaks[:count]
        at = life.time[rows]
        broken = breaks >= 0
        until = np.where(broken, life.time[breaks], max(until_us, int(at.max(initial=0))))
        # An unsolved chat nobody followed up counts as contained in the plain rate: its flaw.
        same = broken & (breaks != rows) & (life.end[breaks] == life.end[rows])
        who = facts.sequences.chunks[number].person[rows].astype(np.int64)
        parts.append((who, at, until - at, broken.astype(np.int64), same.astype(np.int64)))
        topics += [
            _value(first_said(facts.sequences.properties, TOPICS, number, r)) for r in rows.tolist()
        ]
        names = facts.sequences.channels
        channels += [names[c] if c < len(names) else "" for c in life.channel[rows].tolist()]
    nothing = [(np.zeros(0, np.int64),) * 5]
    columns = [np.concatenate(column) for column in zip(*(parts or nothing), strict=True)]
    return Episodes(
        person=columns[0],
        at=columns[1],
        took=columns[2],
        broken=columns[3] > 0,
        in_session=columns[4] > 0,
        topic=tuple(topics),
        channel=tuple(channels),
    )


def containment(
    episodes: Episodes, *, within_days: int = 7, rows: NDArray[np.bool_] | None = None
) -> ContainmentReport:
    """Return how much of self-service held.

    Args:
        episodes: what there was.
        within_days: at which time the verified share is told.
        rows: bool[n], which episodes count; None: all.
    """
    kept = np.ones(len(episodes.at), np.bool_) if rows is None else rows
    return ContainmentReport(
        whole=_of(episodes, kept, within_days, ""),
        topics=_by(episodes, kept, within_days, episodes.topic),
        channels=_by(episodes, kept, within_days, episodes.channel),
    )


def _by(
    episodes: Episodes, kept: NDArray[np.bool_], within_days: int, names: Sequence[str]
) -> tuple[Containment, ...]:
    if not len(names):
        return ()
    found, place = np.unique(np.array(names, object).astype(str), return_inverse=True)
    parts = [
        _of(episodes, kept & (place == at), within_days, str(name))
        for at, name in enumerate(found.tolist())
        if (kept & (place == at)).any()
    ]
    return tuple(sorted(parts, key=lambda part: (-part.episodes, part.name))[:_TOP])


def _of(episodes: Episodes, kept: NDArray[np.bool_], within_days: int, name: str) -> Containment:
    days = episodes.took[kept] / _DAY_US
    broken = episodes.broken[kept]
    curve = kaplan_meier(days, broken)
    size = int(kept.sum())
    points = tuple(point for day in DAYS if (point := _at(curve, days, day)) is not None)
    return Containment(
        name=name,
        episodes=size,
        people=len(np.unique(episodes.person[kept])),
        plain=figure(size - int(episodes.in_session[kept].sum()), size),
        verified=_at(curve, days, within_days),
        points=points,
        curve=curve.steps,
        open=int((~broken & (days < within_days)).sum()),
    )


def _at(curve: Curve, days: NDArray[np.float64], day: float) -> CurveStep | None:
    return curve.at(day, at_risk=int((days >= day).sum()))


def _value(said: str) -> str:
    return said.partition("=")[2]
