"""Traits of everybody at once, kept up: what each person's profile shows, as columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np

from hamsafar.expr import MOST_VALUES, Book
from hamsafar.profiles.fold import Traits, sum_traits
from hamsafar.profiles.services.arrivals import Arrivals, Mark
from hamsafar.profiles.store import EACH_TRAITS, LAST_TRAITS, decode_traits, read_traits
from hamsafar.profiles.types import TraitSeen, TraitValues
from hamsafar.storage.ports import Database, EventStore
from hamsafar.storage.types import I64, U32, IdentityView

AT_ONCE = 50_000
NEVER = -(1 << 63)


class _Said:
    """One trait as each node has it: code of the value, and when it was said, by node."""

    def __init__(self, name: str, most: int) -> None:
        self.book = Book(name, most)
        self.code: U32 = np.zeros(0, np.uint32)
        self.at: I64 = np.zeros(0, np.int64)

    def put(self, name: str, folds: Mapping[int, Traits]) -> None:
        """Take what these nodes say."""
        said = [(node, fold[name]) for node, fold in folds.items() if name in fold]
        if not said:
            return
        nodes = np.array([node for node, _ in said], np.int64)
        self._grow(int(nodes.max()) + 1)
        self.code[nodes] = [self.book.code_of(trait.value) for _, trait in said]
        self.at[nodes] = [trait.occurred_at for _, trait in said]

    def nodes(self) -> I64:
        """Return the nodes that ever said something."""
        return np.flatnonzero(self.at != NEVER)

    def _grow(self, size: int) -> None:
        if size <= len(self.code):
            return
        room = max(size, 2 * len(self.code))
        code, at = np.zeros(room, np.uint32), np.full(room, NEVER, np.int64)
        code[: len(self.code)], at[: len(self.at)] = self.code, self.at
        self.code, self.at = code, at


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest word of each person; where two nodes spoke at one moment, only their folds tell."""

    person: U32
    code: U32
    tied: frozenset[int]


class TraitBook:
    """Gives the traits of all people. Safe between threads.

    The first question for a trait reads every fold; later ones read the folds of nodes that had
    events since. When somebody was erased, everything is forgotten and read again.
    """

    def __init__(
        self, database: Database, store: EventStore, *, most_values: int = MOST_VALUES
    ) -> None:
        self._database = database
        self._store = store
        self._most = most_values
        self._arrivals = Arrivals(database, store)
        self._lock = Lock()
        self._said: dict[str, _Said] = {}
        self._mark: Mark | None = None
        self._person_of: U32 = np.zeros(0, np.uint32)

    def values(self, names: Collection[str], view: IdentityView) -> dict[str, TraitValues]:
        """Return each trait by person: the newest word over the person's nodes.

        Args:
            names: which traits.
            view: who is who.

        Raises:
            BadInput: a trait has too many different values.
        """
        with self._lock:
            self._keep_up(sorted(names), view)
            return {name: self._summed(name, view) for name in names}

    def seen(self, *, sample: int, examples: int) -> tuple[list[TraitSeen], int]:
        """Return the traits of some nodes, most frequent first, and how many nodes these are.

        Args:
            sample: how many nodes to look at: the newest.
            examples: how many distinct values of each to give at most.
        """
        with self._database.read() as tx:
            folds = decode_traits(tx.rows(LAST_TRAITS, {"limit": sample}))
        found: dict[str, TraitSeen] = {}
        for fold in folds.values():
            for name, trait in fold.items():
                if trait.value is not None:
                    found.setdefault(name, TraitSeen(name)).note(trait.value, examples)
        ranked = sorted(found.values(), key=lambda seen: (-seen.count, seen.name))
        return ranked, len(folds)

    def _keep_up(self, names: list[str], view: IdentityView) -> None:
        known = min(len(self._person_of), len(view.person_of))
        if bool(((self._person_of[:known] != 0) & (view.person_of[:known] == 0)).any()):
            self._said, self._mark = {}, None
        self._person_of = view.person_of
        now = self._arrivals.mark()
        fresh = [name for name in names if name not in self._said]
        if self._mark is not None and self._said:
            folds = self._folds_of(self._touched(self._mark, now))
            for name, said in self._said.items():
                said.put(name, folds)
        self._mark = now
        if fresh:
            self._read_all(fresh)

    def _touched(self, last: Mark, now: Mark) -> list[int]:
        """Return the nodes that had events between two marks."""
        parts = [block.node for key, block in now.blocks.items() if key not in last.blocks]
        if now.version > last.version:
            parts.append(self._store.nodes(after=last.version))
        return [int(node) for node in np.unique(np.concatenate([np.empty(0, np.int64), *parts]))]

    def _folds_of(self, nodes: list[int]) -> dict[int, Traits]:
        if not nodes:
            return {}
        with self._database.read() as tx:
            return read_traits(tx, nodes)

    def _read_all(self, names: list[str]) -> None:
        fresh = {name: _Said(name, self._most) for name in names}
        after = -1
        while True:
            with self._database.read() as tx:
                folds = decode_traits(tx.rows(EACH_TRAITS, {"after": after, "limit": AT_ONCE}))
            if not folds:
                break
            after = max(folds)
            for name, said in fresh.items():
                said.put(name, folds)
        self._said |= fresh

    def _summed(self, name: str, view: IdentityView) -> TraitValues:
        said = self._said[name]
        newest = _newest(said, view)
        code = newest.code
        nodes_of = _grouped(said, view, newest.tied)
        for person, nodes in nodes_of.items():
            trait = sum_traits(self._folds_of(nodes).values()).get(name)
            code[np.searchsorted(newest.person, person)] = said.book.code_of(
                None if trait is None else trait.value
            )
        return TraitValues(person=newest.person, code=code, values=said.book.values())


def _newest(said: _Said, view: IdentityView) -> _Newest:
    nodes = said.nodes()
    nodes = nodes[nodes < len(view.person_of)]
    person = view.person_of[nodes]
    nodes, person = nodes[person != 0], person[person != 0]
    order = np.lexsort((said.at[nodes], person))
    nodes, person = nodes[order], person[order]
    is_last = np.append(np.diff(person) != 0, True)[: len(person)]
    at = said.at[nodes]
    is_tied = np.zeros(len(person), np.bool_)
    is_tied[1:] = (person[1:] == person[:-1]) & (at[1:] == at[:-1]) & is_last[1:]
    return _Newest(person[is_last], said.code[nodes[is_last]], frozenset(person[is_tied].tolist()))


def _grouped(said: _Said, view: IdentityView, persons: frozenset[int]) -> dict[int, list[int]]:
    """Return the nodes of these persons that ever said something."""
    nodes = said.nodes()
    nodes = nodes[nodes < len(view.person_of)]
    nodes = nodes[np.isin(view.person_of[nodes], sorted(persons))]
    found: dict[int, list[int]] = {}
    for node, person in zip(nodes.tolist(), view.person_of[nodes].tolist(), strict=True):
        found.setdefault(person, []).append(node)
    return found
