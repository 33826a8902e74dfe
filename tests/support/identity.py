"""Events for identity, and a brute-force model of who is who, written from the rules alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hamsafar.collect.types import Batch, Event, Identifier
from hamsafar.engines.sql import open_database
from hamsafar.identity import IdentityStage
from hamsafar.identity.settle import UNCOUNTED, Edit, Step, settle
from hamsafar.identity.types import Change, Claim, Node, Period, Rules, Verdict
from hamsafar.kernel.clock import FixedClock
from hamsafar.kernel.errors import Retriable
from hamsafar.storage.ports import Database
from hamsafar.storage.types import Lane, Statement

TABLES = ("node", "claim", "severance", "identity_change")


def event(
    *identifiers: Identifier, at: int = 0, message_id: str = "m", source_id: int = 1
) -> Event:
    """An event of these identifiers; the first is its own."""
    return Event(
        seq=0,
        source_id=source_id,
        type="track",
        name="Seen",
        message_id=message_id,
        identifiers=tuple(identifiers),
        occurred_at=at,
        received_at=at + 1,
        channel="web",
        traits=None,
        fingerprint=b"\0" * 16,
        body=b"\0" * 8,
        flags=0,
        payload=b"",
    )


def batch(events: Sequence[Event]) -> Batch:
    return Batch(lane=Lane.LIVE, part=0, events=list(events))


def wipe(database: Database) -> None:
    """Empty identity's tables: cheaper than a new database for every example."""
    with database.write() as tx:
        for table in TABLES:
            tx.run(Statement(f"test.wipe_{table}", f"DELETE FROM {table}"))


Pair = tuple[Identifier, Identifier]
Cause = tuple[int, str, int]


def pair(one: Identifier, two: Identifier) -> Pair:
    return (one, two) if one < two else (two, one)


@dataclass
class Model:
    """The whole truth, computed from scratch each time it is asked."""

    rules: Rules
    blocked: frozenset[str] = frozenset()
    seen: set[Identifier] = field(default_factory=set)
    causes: dict[Pair, Cause] = field(default_factory=dict)
    cuts: set[Pair] = field(default_factory=set)

    def own(self, one: Event) -> Identifier:
        named = [i for i in one.identifiers if i[1] not in self.blocked]
        return (named or list(one.identifiers))[0]

    def add(self, events: Iterable[Event]) -> None:
        for one in events:
            self.seen |= set(one.identifiers)
            own = self.own(one)
            cause = (one.occurred_at, one.message_id, one.source_id)
            for other in one.identifiers:
                if other != own:
                    key = pair(own, other)
                    self.causes[key] = min(cause, self.causes.get(key, cause))

    def erase(self, identifiers: Iterable[Identifier]) -> None:
        gone = set(identifiers)
        self.seen -= gone
        self.causes = {p: c for p, c in self.causes.items() if not gone & set(p)}
        self.cuts = {p for p in self.cuts if not gone & set(p)}

    def outcome(self) -> tuple[list[tuple[Identifier, ...]], dict[Pair, str]]:
        """Return the persons, each sorted, and the verdict of every claim."""
        verdicts: dict[Pair, str] = {}
        for key in self.causes:
            if any(value in self.blocked for _, value in key):
                verdicts[key] = "blocked"
            elif key in self.cuts:
                verdicts[key] = "severed"
        shared = self._shared([key for key in self.causes if key not in verdicts])
        live = []
        for key in self.causes:
            if key in verdicts:
                continue
            if set(key) & shared:
                verdicts[key] = "shared"
            else:
                live.append(key)
        groups: dict[Identifier, frozenset[Identifier]] = {i: frozenset([i]) for i in self.seen}
        joined: dict[Identifier, int] = {}
        for key in sorted(live, key=self._order):
            one, two = groups[key[0]], groups[key[1]]
            if one == two:
                verdicts[key] = "accepted"
                continue
            verdicts[key] = "limit"
            if self._allowed(one | two, one, two, joined, self.causes[key][0]):
                verdicts[key] = "accepted"
                for member in one | two:
                    groups[member] = one | two
                    joined.setdefault(member, self.causes[key][0])
        return sorted({tuple(sorted(group)) for group in groups.values()}), verdicts

    def _order(self, key: Pair) -> tuple[object, ...]:
        def rank(identifier: Identifier) -> tuple[int, str, str]:
            return (
                ["user_id", "email"].index(identifier[0])
                if identifier[0] in {"user_id", "email"}
                else 2,
                *identifier,
            )

        return (*self.causes[key], *sorted(map(rank, key)))

    def _shared(self, claims: list[Pair]) -> set[Identifier]:
        others: dict[Identifier, set[Identifier]] = defaultdict(set)
        for one, two in claims:
            others[one].add(two)
            others[two].add(one)
        shared = set()
        for identifier, partners in others.items():
            users = sum(1 for kind, _ in partners if kind == "user_id")
            most = self.rules.shared.get(identifier[0], self.rules.shared_else)
            if len(partners) > self.rules.max_links:
                shared.add(identifier)
            if identifier[0] != "user_id" and users > most:
                shared.add(identifier)
        return shared

    def _allowed(
        self,
        union: frozenset[Identifier],
        one: frozenset[Identifier],
        two: frozenset[Identifier],
        joined: dict[Identifier, int],
        now: int,
    ) -> bool:
        if len(union) > self.rules.max_size:
            return False
        users = [any(kind == "user_id" for kind, _ in group) for group in (one, two)]
        if all(users) and not self.rules.join_identified:
            return False
        for kind in {kind for kind, _ in union}:
            limit = self.rules.limits.get(kind, self.rules.limit_else)
            counted = [
                i
                for i in union
                if i[0] == kind and same_window(limit.period, joined.get(i, now), now)
            ]
            if len(counted) > limit.most:
                return False
        return True


def same_window(period: Period, one: int, two: int) -> bool:
    a, b = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=t) for t in (one, two))
    match period:
        case Period.EVER:
            return True
        case Period.DAILY:
            return a.date() == b.date()
        case Period.WEEKLY:
            return a.isocalendar()[:2] == b.isocalendar()[:2]
        case Period.MONTHLY:
            return (a.year, a.month) == (b.year, b.month)
        case Period.ANNUALLY:
            return a.year == b.year


class Held:
    """Identity's state in memory: what the stage and the store do, without SQL."""

    def __init__(self, rules: Rules, blocked: frozenset[str] = frozenset()) -> None:
        self.rules = rules
        self.blocked = blocked
        self.top = 0
        self.numbers: dict[Identifier, int] = {}
        self.held_nodes: dict[int, Node] = {}
        self.held_claims: dict[int, Claim] = {}
        self.changes: list[Change] = []
        self.read: set[int] = set()

    def nodes(self, ids: Collection[int]) -> list[Node]:
        return [self.held_nodes[number] for number in ids]

    def members(self, persons: Collection[int]) -> list[Node]:
        found = [node for node in self.held_nodes.values() if node.person in persons]
        self.read |= {node.node for node in found}
        return found

    def claims(self, nodes: Collection[int]) -> list[Claim]:
        return [c for c in self.held_claims.values() if c.a in nodes or c.b in nodes]

    def add(self, events: Iterable[Event]) -> None:
        """Take a batch."""
        fresh: dict[int, Node] = {}
        edits: dict[int, Edit] = {}
        for one in events:
            own = Model.own(self, one)  # type: ignore[arg-type]
            here = self._number(own, fresh)
            for other in one.identifiers:
                there = self._number(other, fresh)
                if there == here:
                    continue
                blocked = {own[1], other[1]} & self.blocked
                verdict = Verdict.BLOCKED if blocked else Verdict.LIMIT
                a, b = sorted((here, there))
                claim = Claim(a, b, one.occurred_at, one.message_id, one.source_id, 0, verdict)
                known = edits.get(claim.edge)
                if known is None or claim.cause < known.claim.cause:
                    self._edit(claim, edits)
        self.settle(list(edits.values()), fresh=fresh)

    def _number(self, identifier: Identifier, fresh: dict[int, Node]) -> int:
        if identifier not in self.numbers:
            self.top += 1  # never a number given before, even to a node erased since
            self.numbers[identifier] = self.top
        number = self.numbers[identifier]
        if number not in self.held_nodes and number not in fresh:
            fresh[number] = Node(number, *identifier, b"", number, 0, 1)  # type: ignore[arg-type]
        return number

    def _edit(self, claim: Claim, edits: dict[int, Edit]) -> None:
        old = self.held_claims.get(claim.edge)
        if old is None:
            edits[claim.edge] = Edit(Step.ADD, claim)
        elif claim.cause < old.cause:
            edits[claim.edge] = Edit(Step.ADVANCE, claim.judged(old.verdict), old)

    def settle(self, edits: list[Edit], **more: Any) -> None:
        settlement = settle(self, self.rules, edits, now_us=0, **more)
        for change in settlement.changes:
            known = self.held_nodes.get(change.node) or more["fresh"][change.node]
            assert known.person == change.person_from != change.person_to
        self.changes += settlement.changes
        self.held_nodes.update((node.node, node) for node in settlement.nodes)
        self.held_claims.update((claim.edge, claim) for claim in settlement.claims)

    def cut(self, one: Identifier, two: Identifier, step: Step) -> None:
        a, b = sorted((self.numbers[one], self.numbers[two]))
        claim = self.held_claims[a << 32 | b]
        self.settle([Edit(step, claim, claim)])

    def erase(self, person: int) -> list[Identifier]:
        gone = {node.node for node in self.held_nodes.values() if node.person == person}
        names = [(self.held_nodes[n].kind, self.held_nodes[n].value) for n in gone]
        claims = self.claims(gone)
        self.settle([Edit(Step.DROP, c, c) for c in claims], gone=gone)
        for claim in claims:
            del self.held_claims[claim.edge]
        for number in gone:
            del self.held_nodes[number]
        self.numbers = {i: n for i, n in self.numbers.items() if n not in gone}
        return names

    def outcome(self) -> tuple[list[tuple[Identifier, ...]], dict[Pair, str]]:
        groups: dict[int, list[Identifier]] = defaultdict(list)
        names = {}
        for node in self.held_nodes.values():
            names[node.node] = (node.kind, node.value)
            groups[node.person].append(names[node.node])
            assert node.person <= node.node
        verdicts = {
            pair(names[c.a], names[c.b]): c.verdict.value for c in self.held_claims.values()
        }
        return sorted(tuple(sorted(group)) for group in groups.values()), verdicts

    def check_counts(self) -> None:
        """Each node's counters are what counting its claims gives."""
        for node in self.held_nodes.values():
            counted = [
                c
                for c in self.held_claims.values()
                if node.node in {c.a, c.b} and c.verdict not in UNCOUNTED
            ]
            ends = [c.b if c.a == node.node else c.a for c in counted]
            users = [end for end in ends if self.held_nodes[end].kind == "user_id"]
            assert (node.links, node.users) == (len(ends), len(users))


def write_batches(
    where: str, rules: Rules, batches: Sequence[Sequence[Event]], start: Callable[[], object]
) -> None:
    """Be one of several writers: send batches one by one through a stage of our own."""
    database = open_database(where)
    stage = IdentityStage(rules, FixedClock(0), identifiers=64, claims=64)
    start()
    try:
        for some in batches:
            _send(database, stage, some)
    finally:
        database.close()


def _send(database: Database, stage: IdentityStage, some: Sequence[Event]) -> None:
    for _ in range(50):
        try:
            with database.write() as tx:
                stage.apply(batch(some), tx)
        except Retriable:
            stage.rolled_back()
        else:
            stage.committed()
            return
    raise AssertionError("fifty tries were not enough")
