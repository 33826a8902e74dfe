"""Judge everything anew: after a change of the rules, or to prove that what is stored is right."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec.structs import replace

from hamsafar.identity.resolve import is_blocked, is_shared, replay
from hamsafar.identity.settle import LIVE, UNCOUNTED, Settlement
from hamsafar.identity.types import Cause, Change, Claim, Node, Rules, Verdict


def rejudge(
    nodes: Iterable[Node],
    claims: Iterable[Claim],
    cuts: Collection[int],
    rules: Rules,
    *,
    now_us: int,
) -> Settlement:
    """Return what differs from a replay of every claim; nothing when all is right.

    Args:
        nodes: all of them; takes about 1 kB of memory each.
        claims: all of them.
        cuts: edges of the severances that stand.
        rules: the present ones.
        now_us: time to write on the changes.
    """
    before: dict[int, Node] = {node.node: node for node in nodes}
    stored = list(claims)
    guarded = _decided(stored, before, cuts, rules)
    counted = _counted(before, guarded)
    shared = {number for number, node in counted.items() if is_shared(node, rules)}
    guarded = [
        claim.judged(Verdict.SHARED)
        if claim.verdict not in UNCOUNTED and shared & {claim.a, claim.b}
        else claim
        for claim in guarded
    ]
    resolution = replay(counted, [c for c in guarded if c.verdict in LIVE], rules)
    judged = [
        claim.judged(Verdict.ACCEPTED) if claim.edge in resolution.accepted else claim
        for claim in guarded
    ]
    after = {n: node.moved(resolution.person[n]) for n, node in counted.items()}
    return Settlement(
        claims=tuple(new for new, old in zip(judged, stored, strict=True) if new != old),
        nodes=tuple(node for n, node in after.items() if node != before[n]),
        changes=tuple(
            Change(0, n, before[n].person, node.person, Cause.RULES, 0, 0, now_us)
            for n, node in sorted(after.items())
            if node.person != before[n].person
        ),
    )


def _decided(
    claims: Sequence[Claim], nodes: Mapping[int, Node], cuts: Collection[int], rules: Rules
) -> list[Claim]:
    """Return the claims with the verdict that does not hang on the others; else `limit`."""
    nobody = {number for number, node in nodes.items() if is_blocked(node.value, rules)}
    decided = []
    for claim in claims:
        if nobody & {claim.a, claim.b}:
            verdict = Verdict.BLOCKED
        else:
            verdict = Verdict.SEVERED if claim.edge in cuts else Verdict.LIMIT
        decided.append(claim.judged(verdict))
    return decided


def _counted(nodes: Mapping[int, Node], claims: Iterable[Claim]) -> dict[int, Node]:
    counted = {number: replace(node, users=0, links=0) for number, node in nodes.items()}
    for claim in claims:
        if claim.verdict not in UNCOUNTED:
            a, b = counted[claim.a], counted[claim.b]
            counted[claim.a], counted[claim.b] = a.counted(b, 1), b.counted(a, 1)
    return counted
