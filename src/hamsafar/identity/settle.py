"""Settle the persons a few changed claims touch, without looking at the others. No SQL.

The truth is `resolve.replay` over *all* claims. It need not be run over all: the fate of a claim
hangs on the claims before it between the same persons. So we load the persons at the ends of the
changed claims, replay those, and go on to a neighbour only where

- a claim between the two was refused (`limit`), so its fate may turn, and
- it lies later than the earliest change, for what came before cannot be touched, and
- something in the loaded person really changed.

Events that come in order thus touch the two persons at their ends and nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from hamsafar.identity.resolve import Resolution, is_shared, order, replay
from hamsafar.identity.types import Cause, Change, Claim, Node, Rules, Verdict
from hamsafar.storage.types import PersonId

LIVE = frozenset({Verdict.ACCEPTED, Verdict.LIMIT})
"""Verdicts the replay decides between; the other three are decided before it."""
UNCOUNTED = frozenset({Verdict.BLOCKED, Verdict.SEVERED})
"""Claims that count for nothing, as if they had never been made."""

PATIENCE = 8
"""Rounds after which a chain of persons is no longer replayed at every step."""


class Graph(Protocol):
    """What is stored, read in sets."""

    def nodes(self, ids: Collection[int]) -> list[Node]:
        """Return these nodes."""
        ...

    def members(self, persons: Collection[int]) -> list[Node]:
        """Return the nodes of these persons."""
        ...

    def claims(self, nodes: Collection[int]) -> list[Claim]:
        """Return every claim with an end among these nodes; repeats do no harm."""
        ...


class Step(StrEnum):
    """What happened to a claim."""

    ADD = "add"
    """It is new."""
    ADVANCE = "advance"
    """An earlier event made it too."""
    CUT = "cut"
    """It was severed."""
    MEND = "mend"
    """The severance was undone."""
    DROP = "drop"
    """It is erased."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One changed claim.

    Attributes:
        step: what happened.
        claim: the claim with the cause it has now; its verdict is still the old one, and of a
            new claim `blocked` or anything else.
        old: as stored; None when new.
    """

    step: Step
    claim: Claim
    old: Claim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What to write.

    Attributes:
        claims: new and changed ones.
        nodes: existing ones whose person or counts changed, and every fresh one.
        changes: nodes that moved, in order of node id.
    """

    claims: tuple[Claim, ...]
    nodes: tuple[Node, ...]
    changes: tuple[Change, ...]


def settle(
    graph: Graph,
    rules: Rules,
    edits: Sequence[Edit],
    *,
    now_us: int,
    fresh: Mapping[int, Node] | None = None,
    gone: Collection[int] = (),
) -> Settlement:
    """Return what these edits change.

    Args:
        graph: the state before them.
        rules: limits and guards.
        edits: at most one for a claim.
        now_us: time to write on the changes.
        fresh: nodes not yet stored, each its own person.
        gone: nodes being erased; nothing is returned for them.
    """
    settling = _Settling(graph, rules, fresh or {}, frozenset(gone))
    settling.take(edits)
    settling.spread()
    return settling.result(now_us)


@dataclass(slots=True)
class _Turn:
    """A claim whose part in the replay changed, and why."""

    claim: Claim
    cause: Cause


@dataclass(slots=True)
class _Settling:
    graph: Graph
    rules: Rules
    fresh: Mapping[int, Node]
    gone: frozenset[int]
    stored: dict[int, Node] = field(default_factory=dict)
    nodes: dict[int, Node] = field(default_factory=dict)
    before: dict[int, Claim] = field(default_factory=dict)
    claims: dict[int, Claim] = field(default_factory=dict)
    turns: dict[int, _Turn] = field(default_factory=dict)
    inside: dict[int, Node] = field(default_factory=dict)
    border: set[int] = field(default_factory=set)
    since: int = 0
    resolution: Resolution = field(default_factory=lambda: Resolution(frozenset(), {}))

    # --- what the edits say ---

    def take(self, edits: Sequence[Edit]) -> None:
        """Load the ends, count, let the guards speak, and note which claims turned."""
        self._add_nodes(self.fresh.values())
        self._load_nodes(end for e in edits for end in (e.claim.a, e.claim.b))
        for edit in edits:
            self._count(edit)
        flipped = self._flipped()
        self._load_claims(flipped)
        self._load_nodes(end for c in self.claims.values() for end in (c.a, c.b))
        for edit in edits:
            self._apply(edit)
        edited = {edit.claim.edge for edit in edits}
        for edge, claim in list(self.claims.items()):
            if edge not in edited:
                self._guard(claim, Cause.SHARED)

    def _count(self, edit: Edit) -> None:
        match edit.step:
            case Step.ADD | Step.MEND:
                by = 0 if edit.claim.verdict is Verdict.BLOCKED else 1
            case Step.CUT | Step.DROP:
                by = 0 if edit.claim.verdict in UNCOUNTED else -1
            case Step.ADVANCE:
                by = 0
        if by:
            a, b = self.nodes[edit.claim.a], self.nodes[edit.claim.b]
            self.nodes[a.node] = a.counted(b, by)
            self.nodes[b.node] = b.counted(a, by)

    def _flipped(self) -> list[int]:
        return [
            number
            for number, node in self.nodes.items()
            if number not in self.gone
            and is_shared(node, self.rules) != is_shared(self.stored[number], self.rules)
        ]

    def _apply(self, edit: Edit) -> None:
        claim, edge = edit.claim, edit.claim.edge
        if edit.step is Step.DROP:
            self.claims.pop(edge, None)
            return
        if edit.old is not None:
            self.before[edge] = edit.old
        match edit.step:
            case Step.CUT:
                claim, cause = claim.judged(Verdict.SEVERED), Cause.SEVERED
            case Step.MEND:
                claim, cause = claim.judged(Verdict.LIMIT), Cause.REJOINED
            case _:
                cause = Cause.CLAIM
        self._guard(claim, cause, moved=edit.step is Step.ADVANCE)

    def _guard(self, claim: Claim, cause: Cause, *, moved: bool = False) -> None:
        """Set the verdict the guards give, and note whether the claim's part turned."""
        edge = claim.edge
        old = self.before.get(edge)
        was = old.verdict if old else None
        if claim.verdict not in UNCOUNTED:
            shared = any(is_shared(self.nodes[end], self.rules) for end in (claim.a, claim.b))
            if shared:
                claim = claim.judged(Verdict.SHARED)
            elif claim.verdict not in LIVE or old is None:
                claim = claim.judged(Verdict.LIMIT)
        self.claims[edge] = claim
        live = claim.verdict in LIVE
        if (live and (moved or was not in LIVE)) or (not live and was is Verdict.ACCEPTED):
            self.turns[edge] = _Turn(claim, cause)

    # --- how far it spreads ---

    def spread(self) -> None:
        """Load and replay the persons concerned, and their neighbours where it matters."""
        wanted = {end for t in self.turns.values() for end in (t.claim.a, t.claim.b)}
        rounds = 0
        while wanted:
            self._load_people(wanted)
            rounds += 1
            # A long chain of persons that push each other is replayed at lengths 16, 32, 64, ...:
            # after every step it would take the square of its length.
            if rounds > PATIENCE and rounds & (rounds - 1):
                wanted = self._frontier(None)
                if wanted:
                    continue
            self.resolution = replay(self.inside, self._live_inside(), self.rules)
            wanted = self._concerned()

    def _live_inside(self) -> list[Claim]:
        inside = self.inside
        return [
            claim
            for claim in self.claims.values()
            if claim.verdict in LIVE and claim.a in inside and claim.b in inside
        ]

    def _concerned(self) -> set[int]:
        """Return outer ends of refused claims that what changed might turn."""
        turned = [claim for claim in self.claims.values() if self._turned(claim)]
        if not turned:
            return set()
        self.since = min(claim.occurred_at for claim in turned)
        touched = {self.inside[c.a].person for c in turned if c.a in self.inside}
        touched |= {self.inside[c.b].person for c in turned if c.b in self.inside}
        return self._frontier(touched)

    def _frontier(self, touched: set[PersonId] | None) -> set[int]:
        """Return the outer ends of live claims of these persons (None: of all) since the change."""
        wanted: set[int] = set()
        for edge in list(self.border):
            claim = self.claims.get(edge)
            within = claim and claim.a in self.inside and claim.b in self.inside
            if claim is None or claim.verdict not in LIVE or within:
                self.border.discard(edge)
            elif claim.occurred_at >= self.since:
                wanted |= self._outer_end(claim, touched)
        return wanted

    def _outer_end(self, claim: Claim, touched: set[PersonId] | None) -> set[int]:
        a, b = self.inside.get(claim.a), self.inside.get(claim.b)
        if a is not None and b is None and (touched is None or a.person in touched):
            return {claim.b}
        if b is not None and a is None and (touched is None or b.person in touched):
            return {claim.a}
        return set()

    def _turned(self, claim: Claim) -> bool:
        edge = claim.edge
        old = self.before.get(edge)
        was = old is not None and old.verdict is Verdict.ACCEPTED
        now = edge in self.resolution.accepted
        return was != now if edge not in self.turns else was or now

    # --- loading ---

    def _add_nodes(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            self.stored.setdefault(node.node, node)
            self.nodes.setdefault(node.node, node)

    def _load_nodes(self, ids: Iterable[int]) -> None:
        missing = {number for number in ids if number not in self.nodes}
        if missing:
            self._add_nodes(self.graph.nodes(missing))

    def _load_claims(self, nodes: Collection[int]) -> None:
        known = [number for number in nodes if number not in self.fresh]
        if not known:
            return
        for claim in self.graph.claims(known):
            if claim.a in self.gone or claim.b in self.gone:
                continue
            self.before.setdefault(claim.edge, claim)
            self.claims.setdefault(claim.edge, claim)
            self.border.add(claim.edge)

    def _load_people(self, ends: Collection[int]) -> None:
        self._load_nodes(ends)
        persons = {
            self.nodes[end].person
            for end in ends
            if end not in self.inside and end not in self.fresh
        }
        members = self.graph.members(persons) if persons else []
        self._add_nodes(members)
        news: list[int] = [node.node for node in members if node.node not in self.gone]
        news += [end for end in ends if end in self.fresh]
        self._load_claims([n for n in news if not is_shared(self.stored[n], self.rules)])
        self.inside.update((number, self.stored[number]) for number in news)

    # --- the result ---

    def result(self, now_us: int) -> Settlement:
        """Return what to write."""
        claims = [self._judged(claim) for claim in self.claims.values()]
        moves = self._moves()
        changes = self._changes(moves, now_us)
        for number, person in moves.items():
            self.nodes[number] = self.nodes[number].moved(person)
        return Settlement(
            claims=tuple(c for c in claims if c != self.before.get(c.edge)),
            nodes=tuple(
                node
                for number, node in self.nodes.items()
                if number not in self.gone and (number in self.fresh or node != self.stored[number])
            ),
            changes=changes,
        )

    def _judged(self, claim: Claim) -> Claim:
        if claim.verdict not in LIVE or claim.a not in self.inside or claim.b not in self.inside:
            return claim
        held = claim.edge in self.resolution.accepted
        verdict = Verdict.ACCEPTED if held else Verdict.LIMIT
        return claim if claim.verdict is verdict else claim.judged(verdict)

    def _moves(self) -> dict[int, int]:
        person = self.resolution.person
        return {
            number: person[number]
            for number, node in sorted(self.inside.items())
            if person[number] != node.person
        }

    def _changes(self, moves: Mapping[int, int], now_us: int) -> tuple[Change, ...]:
        if not moves:
            return ()
        to, out_of = self._reasons()
        changes: list[Change] = []
        for number, person in moves.items():
            old = self.inside[number].person
            turn = to.get(person) or out_of.get(old) or next(iter(self.turns.values()))
            change = Change(0, number, old, person, turn.cause, turn.claim.a, turn.claim.b, now_us)
            changes.append(change)
        return tuple(changes)

    def _reasons(self) -> tuple[dict[int, _Turn], dict[int, _Turn]]:
        """Return the first turned claim that touches each new and each old person."""
        lost = {
            self.inside[claim.a].person
            for claim in self.before.values()
            if claim.verdict is Verdict.ACCEPTED
            and claim.edge not in self.resolution.accepted
            and claim.a in self.inside
        }
        to: dict[int, _Turn] = {}
        out_of: dict[int, _Turn] = {}
        turns = sorted(self.turns.values(), key=lambda turn: order(turn.claim, self.nodes))
        for turn in turns:
            if turn.cause is Cause.CLAIM and self._people_of(turn.claim) & lost:
                turn.cause = Cause.LATE_CLAIM
            held = turn.claim.edge in self.resolution.accepted
            for end in (turn.claim.a, turn.claim.b):
                out_of.setdefault(self.inside[end].person, turn)
                if held:
                    to.setdefault(self.resolution.person[end], turn)
        return to, out_of

    def _people_of(self, claim: Claim) -> set[PersonId]:
        return {self.inside[claim.a].person, self.inside[claim.b].person}
