"""Identity's step of the pipeline: give every event its node, and let claims merge persons.

The common event costs a few dictionary look-ups. Whatever is not remembered is fetched in sets,
and all claims of the batch that are new are settled together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from hamsafar.collect.types import Batch, Event, Identifier
from hamsafar.identity.errors import TooManyNodes
from hamsafar.identity.recall import Recall
from hamsafar.identity.resolve import is_blocked
from hamsafar.identity.settle import Edit, Settlement, Step, settle
from hamsafar.identity.store import Store
from hamsafar.identity.types import MAX_NODE, Claim, Node, Rules, Verdict
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.ids import digest128
from hamsafar.storage.ports import Tx
from hamsafar.storage.types import NodeId, PersonId

IDENTIFIERS = 1 << 19
"""How many identifiers the stage remembers by default; about 250 bytes each."""
CLAIMS = 1 << 18
"""How many claims it remembers by default; about 300 bytes each."""

_Cause = tuple[int, str]
_NEVER: _Cause = (1 << 63, "")
"""Later than every event."""


class IdentityStage:
    """Remembers identifiers and claims between batches, but only what was committed.

    An identifier's node never changes and a claim's cause only ever becomes earlier, so what is
    remembered stays true whoever else writes. Only an erasure breaks that; each batch asks whether
    there was one since.

    In memory a blocked identifier's node is negative.
    """

    def __init__(
        self,
        rules: Rules,
        clock: Clock,
        *,
        identifiers: int = IDENTIFIERS,
        claims: int = CLAIMS,
    ) -> None:
        self._rules = rules
        self._clock = clock
        self._nodes = Recall[Identifier, int](identifiers, nothing=0)
        self._claims = Recall[int, _Cause](claims, nothing=_NEVER)
        self._erasure = 0
        self._new_nodes: dict[Identifier, int] = {}
        self._new_claims: dict[int, _Cause] = {}
        self._new_erasure = 0

    def apply(self, batch: Batch, tx: Tx) -> Batch:
        """Return the batch with `node` set; persons are up to date in `tx`."""
        store = Store(tx)
        self._begin(store)
        work = _Work(batch.events)
        self._recognise(work)
        if work.missing:
            self._meet(work, store)
        fresh: dict[int, Node] = {node.node: node for node in work.fresh}
        edits = self._edits(work, store) if work.claims else []
        if edits:
            now = self._clock.now_us()
            store.write(settle(store, self._rules, edits, now_us=now, fresh=fresh), fresh)
        elif fresh:
            store.write(Settlement(claims=(), nodes=tuple(work.fresh), changes=()), fresh)
        return replace(batch, node=np.array(work.own, dtype=np.int64))

    def committed(self) -> None:
        """Remember what the batch taught; call it after the commit."""
        for identifier, node in self._new_nodes.items():
            self._nodes.put(identifier, node)
        for edge, cause in self._new_claims.items():
            self._claims.put(edge, cause)
        self._erasure = self._new_erasure
        self.rolled_back()

    def rolled_back(self) -> None:
        """Forget what the batch taught."""
        self._new_nodes = {}
        self._new_claims = {}

    def _begin(self, store: Store) -> None:
        self.rolled_back()
        self._new_erasure = store.erasure()
        if self._new_erasure != self._erasure:
            self._nodes.forget()
            self._claims.forget()

    # --- nodes ---

    def _recognise(self, work: _Work) -> None:
        """Give the remembered events their node; put the others aside."""
        known, own, aside = self._nodes, work.own, work.aside
        for index, event in enumerate(work.events):
            identifiers = event.identifiers
            if len(identifiers) == 1:
                node = known[identifiers[0]]
                if node:
                    own[index] = node if node > 0 else -node
                else:
                    aside.append(index)
                    work.missing.setdefault(identifiers[0], index)
                continue
            nodes = [known[identifier] for identifier in identifiers]
            if 0 in nodes:
                aside.append(index)
                work.miss(index, nodes)
            else:
                own[index] = self._link(event, nodes, work)

    def _meet(self, work: _Work, store: Store) -> None:
        """Fetch the identifiers not remembered, and make nodes of those never seen."""
        store.lock()
        hashes = {digest128(*identifier): identifier for identifier in work.missing}
        known = store.by_hash(list(hashes))
        top = store.top() if len(known) < len(hashes) else 0
        for key, identifier in hashes.items():
            node = known.get(key)
            if node is None:
                top += 1
                node = top
                work.fresh.append(_first_sight(node, key, work.first(identifier), identifier))
            blocked = is_blocked(identifier[1], self._rules)
            self._new_nodes[identifier] = -node if blocked else node
        if top > MAX_NODE:
            raise TooManyNodes("2^31 identifiers seen; no more can be told apart", where="node")
        self._recognise_aside(work)

    def _recognise_aside(self, work: _Work) -> None:
        new, known = self._new_nodes, self._nodes
        for index in work.aside:
            event = work.events[index]
            nodes = [new.get(one) or known[one] for one in event.identifiers]
            work.own[index] = self._link(event, nodes, work)

    # --- claims ---

    def _link(self, event: Event, nodes: Sequence[int], work: _Work) -> int:
        """Return the event's own node; note its claims unless they are known."""
        here = nodes[0]
        if here < 0:
            here = next((node for node in nodes if node > 0), here)
        blocked, here = here < 0, abs(here)
        cause = (event.occurred_at, event.message_id)
        for node in nodes:
            there = node if node > 0 else -node
            if there == here:
                continue
            edge = here << 32 | there if here < there else there << 32 | here
            if self._claims[edge] >= cause:
                work.claim(edge, event, blocked=blocked or node < 0)
        return here

    def _edits(self, work: _Work, store: Store) -> list[Edit]:
        """Return what the batch's claims change, and note their causes."""
        store.lock()
        fresh = {node.node for node in work.fresh}
        asked = [c.edge for c in work.claims.values() if c.a not in fresh and c.b not in fresh]
        stored = store.by_edge(asked) if asked else {}
        edits: list[Edit] = []
        for edge, claim in work.claims.items():
            old = stored.get(edge)
            if old is None:
                edits.append(Edit(Step.ADD, claim))
            elif claim.cause < old.cause:
                edits.append(Edit(Step.ADVANCE, claim.judged(old.verdict), old))
            else:
                self._new_claims[edge] = old.cause[:2]
                continue
            self._new_claims[edge] = claim.cause[:2]
        return edits


class _Work:
    """What one batch is about."""

    def __init__(self, events: list[Event]) -> None:
        self.events = events
        self.own = [0] * len(events)
        self.aside: list[int] = []
        self.missing: dict[Identifier, int] = {}
        self.fresh: list[Node] = []
        self.claims: dict[int, Claim] = {}

    def miss(self, index: int, nodes: Iterable[int]) -> None:
        """Note the identifiers of an event that are not remembered."""
        for identifier, node in zip(self.events[index].identifiers, nodes, strict=True):
            if not node:
                self.missing.setdefault(identifier, index)

    def first(self, identifier: Identifier) -> Event:
        """Return an event that brought an identifier not remembered."""
        return self.events[self.missing[identifier]]

    def claim(self, edge: int, event: Event, *, blocked: bool) -> None:
        """Note a claim; of several events that make it the earliest counts."""
        claim = Claim(
            edge >> 32,
            edge & 0xFFFFFFFF,
            event.occurred_at,
            event.message_id,
            event.source_id,
            event.received_at,
            Verdict.BLOCKED if blocked else Verdict.LIMIT,
        )
        known = self.claims.get(edge)
        if known is None or claim.cause < known.cause:
            self.claims[edge] = claim


def _first_sight(node: int, key: bytes, event: Event, identifier: Identifier) -> Node:
    return Node(
        NodeId(node),
        identifier[0],
        identifier[1],
        key,
        PersonId(node),
        event.occurred_at,
        event.source_id,
    )
