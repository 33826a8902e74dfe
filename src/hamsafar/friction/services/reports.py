"""Answers about the friction of the running system; the same definition as the stream's."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock

import numpy as np

from hamsafar.expr import Fields
from hamsafar.friction.board import Board, board_of
from hamsafar.friction.containment import (
    ContainmentReport,
    containment,
    episodes_of,
)
from hamsafar.friction.definitions import WATERMARK, Settings
from hamsafar.friction.errors import UnknownProblem
from hamsafar.friction.facts import facts_of, wanted_paths
from hamsafar.friction.ports import Lives
from hamsafar.friction.problems import VALUES, Range, Report, report, within
from hamsafar.friction.services.desk import Desk
from hamsafar.friction.types import Verdict
from hamsafar.journeys import CellPerson, Filters, Node, Role, Roles, Stamp, graph, roles_of
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.paging import Page, decode_cursor, encode_cursor

MAX_PAGE = 500
CONTEXT = "context."
STAYS = 10.0
"""What took a second to find is good for ten: events that flow in must not make it start over."""
STAYS_AT_MOST_S = 60.0
_ALL = Filters(technical=True, derived=True)


def wanted_fields() -> Fields:
    """Return the columns friction reads."""
    paths = (*wanted_paths(), *VALUES)
    return Fields(
        properties=frozenset(path for path in paths if not path.startswith(CONTEXT)),
        context=frozenset(p.removeprefix(CONTEXT) for p in paths if p.startswith(CONTEXT)),
        names=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPeople:
    """Who met a problem.

    Attributes:
        page: people with how often they met it and when last, most often first; `seconds` is what
            each time cost them.
        people, count: as the problem tells them.
    """

    page: Page[CellPerson]
    people: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRoles:
    """An event name, how often it happened, and its roles.

    Attributes:
        by_rule: what the rules give it. is_set: whether somebody set the roles.
    """

    name: str
    count: int
    roles: frozenset[Role]
    by_rule: frozenset[Role]
    is_set: bool


class Reports:
    """Problems, people, containment, roles; safe to call from many threads.

    What was found is kept until the settings change, or the history does and some time has passed.
    """

    def __init__(self, lives: Lives, desk: Desk, *, least: int = 0) -> None:
        """Take the history.

        Args:
            lives: everybody's events.
            desk: settings and verdicts.
            least: no number of fewer people is shown.
        """
        self._lives = lives
        self._desk = desk
        self._least = least
        self._lock = Lock()
        self._kept: tuple[Stamp, Settings, Board] | None = None
        self._good_until = 0.0

    def report(self, asked: Range) -> Report:
        """Return the problems of a range, the worst first, and what to change."""
        _, board = self._board()
        return report(board, asked, self._desk.verdicts(), least=self._least)

    def verdict(self, key: str) -> Verdict:
        """Return what people said about a problem there is.

        Raises:
            UnknownProblem: nobody has it.
        """
        _, board = self._board()
        if not any(p.key == key for lane in board.lanes.values() for p in lane.groups):
            raise UnknownProblem(key)
        return self._desk.verdicts().get(key, Verdict(key=key))

    def people(
        self, key: str, asked: Range, *, cursor: str | None = None, limit: int = 50
    ) -> ProblemPeople:
        """Return who met a problem in a range; they are as many as the problem says.

        Raises:
            UnknownProblem: nobody has it.
            BadInput: a wrong limit or cursor, or too few people to be shown.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise BadInput(f"limit must be 1 … {MAX_PAGE}, not {limit}", where="limit")
        _, board = self._board()
        rows = _people(board, key, asked)
        if 0 < len(rows) < self._least:
            raise BadInput(f"fewer than {self._least} people are not shown", where="key")
        after = None if cursor is None else _place(cursor)
        rest = [p for p in rows if after is None or _rank(p) > after]
        page = rest[:limit]
        more = encode_cursor(_rank(page[-1])) if len(rest) > limit else None
        return ProblemPeople(
            page=Page(items=tuple(page), next=more),
            people=len(rows),
            count=sum(p.count for p in rows),
        )

    def containment(self, asked: Range, *, within_days: int = 7) -> tuple[ContainmentReport, int]:
        """Return how much of self-service held, and until when it was watched (µs UTC).

        Raises:
            BadInput: days outside 1 … 90.
        """
        if not 1 <= within_days <= 90:
            raise BadInput("within_days must be 1 … 90", where="within_days")
        _, board = self._board()
        until = asked.now_us - int(WATERMARK.total_seconds() * 1_000_000)
        episodes = episodes_of(board.facts, until)
        kept = np.ones(len(episodes.at), np.bool_)
        if asked.from_us is not None:
            kept &= episodes.at >= asked.from_us
        if asked.to_us is not None:
            kept &= episodes.at < asked.to_us
        if asked.channels is not None:
            kept &= np.array([name in asked.channels for name in episodes.channel], np.bool_)
        return containment(episodes, within_days=within_days, rows=kept), until

    def roles(self) -> tuple[NamedRoles, ...]:
        """Return every event name with its roles, the most frequent first."""
        _, board = self._board()
        own = self._desk.settings().roles
        nodes: tuple[Node, ...] = graph(board.facts.sequences, _ALL, quantiles=False).nodes
        return tuple(
            NamedRoles(
                name=node.name,
                count=node.count,
                roles=Roles.of([], own)[node.name],
                by_rule=roles_of(node.name),
                is_set=node.name in own,
            )
            for node in nodes
        )

    def board(self) -> Board:
        """Return everything that is found now."""
        return self._board()[1]

    def _board(self) -> tuple[Stamp, Board]:
        settings = self._desk.settings()
        with self._lock:
            kept = self._kept
            if kept is not None and kept[1] == settings and time.monotonic() < self._good_until:
                return kept[0], kept[2]
            began = time.monotonic()
            stamp, sequences = self._lives.sequences(wanted_fields())
            if kept is None or kept[:2] != (stamp, settings):
                roles = Roles.of(sequences.names, settings.roles)
                kept = stamp, settings, board_of(facts_of(sequences, roles), settings)
                self._kept = kept
            ended = time.monotonic()
            self._good_until = ended + min(STAYS * (ended - began), STAYS_AT_MOST_S)
            return kept[0], kept[2]


def _people(board: Board, key: str, asked: Range) -> list[CellPerson]:
    for lane in board.lanes.values():
        group = next((at for at, p in enumerate(lane.groups) if p.key == key), None)
        if group is None:
            continue
        rows = np.flatnonzero(within(board, lane, asked) & (lane.group == group))
        rows = rows[np.lexsort((lane.first_at[rows], lane.person[rows]))]
        found: list[CellPerson] = []
        who, first = np.unique(lane.person[rows], return_index=True)
        for person, own in zip(who.tolist(), np.split(rows, first[1:]), strict=True):
            found.append(
                CellPerson(
                    person=person,
                    count=len(own),
                    last_at_us=int(lane.first_at[own].max()),
                    seconds=tuple((lane.lost[own] / 1e6).tolist()),
                )
            )
        return sorted(found, key=_rank)
    raise UnknownProblem(key)


def _rank(person: CellPerson) -> tuple[int, int, int]:
    return -person.count, -person.last_at_us, person.person


def _place(cursor: str) -> tuple[int, int, int]:
    match decode_cursor(cursor):
        case (int(count), int(last_at), int(person)):
            return count, last_at, person
        case _:
            raise BadInput("this cursor belongs to another list", where="cursor")
