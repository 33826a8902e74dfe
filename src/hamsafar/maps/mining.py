"""From sequences that were really lived to blocks: the inductive miner.

The sequences are cut where their directly-follows graph falls apart: into a choice, parts in order,
parts in any order, or a loop; each part is mined again. When nothing falls apart, rare edges are left
out; when that does not help, the part becomes a loop over a choice of all its events, which allows
everything. So the result is a sound block structure whatever the input, and each event stands in it
once.

Source: Leemans, Fahland, van der Aalst, "Discovering Block-Structured Process Models from Event
Logs", PETRI NETS 2013, and "… Containing Infrequent Behaviour", BPM Workshops 2013.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from hamsafar.maps.types import AnyOrder, Block, Choice, InOrder, Loop, Maybe

Name: TypeAlias = str
Trace: TypeAlias = tuple[Name, ...]
Log: TypeAlias = Mapping[Trace, int]
Group: TypeAlias = frozenset[Name]
Make: TypeAlias = Callable[[Name], Block]

RARE = 0.2
"""An edge below this share of the strongest one from the same event is left out at need."""
NOISE = 0.05
"""The same always: a few who went another way do not make a way."""
CALMER = 0.5
"""The same where nothing else helped."""
MAX_DEPTH = 6


@dataclass(slots=True)
class Graph:
    """What follows what in a log.

    Attributes:
        names: events, in order of their first appearance.
        edges: how often the second came right after the first.
        starts, ends: how often a sequence began or ended with an event.
    """

    names: list[Name]
    edges: Counter[tuple[Name, Name]] = field(default_factory=Counter)
    starts: Counter[Name] = field(default_factory=Counter)
    ends: Counter[Name] = field(default_factory=Counter)

    @classmethod
    def of(cls, log: Log) -> Graph:
        """Count a log without empty sequences."""
        found = cls(list(dict.fromkeys(name for trace in log for name in trace)))
        for trace, count in log.items():
            found.starts[trace[0]] += count
            found.ends[trace[-1]] += count
            for edge in pairwise(trace):
                found.edges[edge] += count
        return found

    def without_rare(self, least: float = RARE) -> Graph:
        """Return the graph without edges below a share of the strongest from the same event."""
        strongest = Counter(self.ends)
        for (a, _), count in self.edges.items():
            strongest[a] = max(strongest[a], count)
        kept = {e: n for e, n in self.edges.items() if n >= least * strongest[e[0]]}
        first, last = max(self.starts.values()), max(self.ends.values())
        return Graph(
            self.names,
            Counter(kept),
            Counter({name: n for name, n in self.starts.items() if n >= least * first}),
            Counter({name: n for name, n in self.ends.items() if n >= least * last}),
        )


def mined(log: Log, make: Make, depth: int = 0) -> Block | None:
    """Return a block that is close to a log; None when it holds nothing but empty sequences.

    Args:
        log: sequences and how often each was lived.
        make: gives the touchpoint of an event.
        depth: how deep the block stands in others.
    """
    full: Log = {trace: count for trace, count in log.items() if trace}
    if not full:
        return None
    empty, total = log.get((), 0), sum(log.values())
    if empty and empty >= RARE * RARE * total:
        inner = mined(full, make, depth + 1)
        return inner if inner is None or isinstance(inner, Maybe) else optional(inner)
    names = list(dict.fromkeys(name for trace in full for name in trace))
    if len(names) == 1:
        again = sum(count for trace, count in full.items() if len(trace) > 1)
        return Loop(of=(make(names[0]),)) if again >= RARE * total else make(names[0])
    if depth >= MAX_DEPTH:
        return anything(names, make)
    graph = Graph.of(full)
    calm = graph.without_rare()
    return (
        _cut(graph.without_rare(NOISE), full, make, depth)
        or _cut(calm, full, make, depth)
        or _rounds(full, calm, make, depth)
        or _cut(graph.without_rare(CALMER), full, make, depth)
        or _concurrent(full, names, make, depth)
        or anything(names, make)
    )


def optional(block: Block) -> Maybe:
    """Return a block that may be left out."""
    return Maybe(of=block.of if isinstance(block, InOrder) else (block,))


def anything(names: Sequence[Name], make: Make) -> Block:
    """Return the block that allows these events as often and in whatever order."""
    parts = tuple(make(name) for name in names)
    return Loop(of=(Choice(of=parts),) if len(parts) > 1 else parts)


def _cut(graph: Graph, log: Log, make: Make, depth: int) -> Block | None:
    groups = _choices(graph)
    if len(groups) > 1:
        parts = _parts([_chosen(log, groups, group) for group in groups], make, depth)
        return Choice(of=parts) if len(parts) > 1 else parts[0]
    groups = _sequence(graph)
    if len(groups) > 1:
        return _joined(_parts(_projected(log, groups), make, depth))
    groups = _parallel(graph)
    if len(groups) > 1:
        return AnyOrder(of=_parts(_projected(log, groups), make, depth))
    body, redo = _loop(graph)
    if redo:
        first, second = _split_loop(log, body, graph)
        inner, back = mined(first, make, depth + 1), mined(second, make, depth + 1)
        if inner is None or back is None:
            return None
        steps = inner.of if isinstance(inner, InOrder) else (inner,)
        return Loop(of=(*steps, back if isinstance(back, Maybe) else optional(back)))
    return None


def _parts(logs: Iterable[Log], make: Make, depth: int) -> tuple[Block, ...]:
    return tuple(part for log in logs if (part := mined(log, make, depth + 1)) is not None)


def _joined(parts: tuple[Block, ...]) -> Block:
    """Return parts in order as one block, sequences in it laid out flat."""
    flat = [step for part in parts for step in (part.of if isinstance(part, InOrder) else (part,))]
    return flat[0] if len(flat) == 1 else InOrder(of=tuple(flat))


def _components(names: Sequence[Name], is_joined: Callable[[Name, Name], bool]) -> list[Group]:
    """Return the groups of names that are joined directly or over others, in order."""
    found: list[set[Name]] = []
    for name in names:
        touching = [group for group in found if any(is_joined(name, other) for other in group)]
        merged = {name}.union(*touching)
        found = [group for group in found if group not in touching]
        found.append(merged)
    place = {name: at for at, name in enumerate(names)}
    return sorted(map(frozenset, found), key=lambda group: min(place[name] for name in group))


def _choices(graph: Graph) -> list[Group]:
    edges = graph.edges
    return _components(graph.names, lambda a, b: (a, b) in edges or (b, a) in edges)


def _sequence(graph: Graph) -> list[Group]:
    """Return groups in order: between two groups ways lead in one direction only."""
    reach = _reach(graph)
    groups = _components(
        graph.names,
        # Both ways, or no way: they cannot be told apart by order.
        lambda a, b: (b in reach[a]) == (a in reach[b]),
    )
    return sorted(groups, key=lambda group: -len(reach[min(group)] - group))


def _reach(graph: Graph) -> dict[Name, set[Name]]:
    after: dict[Name, set[Name]] = {name: set() for name in graph.names}
    for a, b in graph.edges:
        after[a].add(b)
    for name in graph.names:
        todo = list(after[name])
        seen = set(todo)
        while todo:
            for other in after[todo.pop()] - seen:
                seen.add(other)
                todo.append(other)
        after[name] = seen
    return after


def _parallel(graph: Graph) -> list[Group]:
    """Return groups whose events follow each other both ways; each can begin and end."""
    edges = graph.edges
    groups = _components(graph.names, lambda a, b: (a, b) not in edges or (b, a) not in edges)
    whole = [g for g in groups if _has(g, graph.starts) and _has(g, graph.ends)]
    rest = frozenset(name for group in groups if group not in whole for name in group)
    if rest and whole:
        whole[0] |= rest
    return whole


def _has(group: Group, counts: Mapping[Name, int]) -> bool:
    return any(name in counts for name in group)


def _loop(graph: Graph) -> tuple[Group, Group]:
    """Return what a round begins and ends in, and what leads back; nothing leads back: no loop."""
    body = set(graph.starts) | set(graph.ends)
    outside = [name for name in graph.names if name not in body]
    edges = graph.edges
    redo: set[Name] = set()
    for group in _components(outside, lambda a, b: (a, b) in edges or (b, a) in edges):
        enters = {a for a, b in edges if b in group and a not in group}
        leaves = {b for a, b in edges if a in group and b not in group}
        if enters <= set(graph.ends) and leaves <= set(graph.starts):
            redo |= group
        else:
            body |= group
    return frozenset(body), frozenset(redo)


def _chosen(log: Log, groups: Sequence[Group], group: Group) -> Log:
    """Return the sequences that lie most in a group, without events of others."""
    found: Counter[Trace] = Counter()
    for trace, count in log.items():
        if max(groups, key=lambda one: sum(name in one for name in trace)) == group:
            found[tuple(name for name in trace if name in group)] += count
    return found


def _projected(log: Log, groups: Sequence[Group]) -> list[Log]:
    """Return for each group its events of every sequence."""
    found: list[Counter[Trace]] = [Counter() for _ in groups]
    for trace, count in log.items():
        for part, group in zip(found, groups, strict=True):
            part[tuple(name for name in trace if name in group)] += count
    return list(found)


def _split_loop(log: Log, body: Group, graph: Graph) -> tuple[Log, Log]:
    """Return the rounds inside a loop's body, and the events that lead back."""
    inner: Counter[Trace] = Counter()
    back: Counter[Trace] = Counter()
    for trace, count in log.items():
        for run, is_body in _runs(trace, lambda name: name in body):
            for part in _split_rounds(run, graph) if is_body else [run]:
                (inner if is_body else back)[part] += count
    return inner, back


def _rounds(log: Log, graph: Graph, make: Make, depth: int) -> Block | None:
    """Return a loop whose rounds follow each other at once, if there is one."""
    found: Counter[Trace] = Counter()
    for trace, count in log.items():
        for part in _split_rounds(trace, graph):
            found[part] += count
    if sum(found.values()) == sum(log.values()):
        return None
    inner = mined(found, make, depth + 1)
    if inner is None or isinstance(inner, Loop):
        return inner
    return Loop(of=inner.of if isinstance(inner, InOrder) else (inner,))


def _split_rounds(trace: Trace, graph: Graph) -> list[Trace]:
    """Return the parts of a sequence, cut where an end is followed by a start."""
    cuts = [
        at
        for at in range(1, len(trace))
        if trace[at - 1] in graph.ends and trace[at] in graph.starts
    ]
    return [trace[a:b] for a, b in pairwise([0, *cuts, len(trace)])]


def _runs(trace: Trace, key: Callable[[Name], Hashable]) -> list[tuple[Trace, Hashable]]:
    found: list[tuple[Trace, Hashable]] = []
    start = 0
    for at in range(1, len(trace) + 1):
        if at == len(trace) or key(trace[at]) != key(trace[start]):
            found.append((trace[start:at], key(trace[start])))
            start = at
    return found


def _concurrent(log: Log, names: Sequence[Name], make: Make, depth: int) -> Block | None:
    """Return an event that comes once (or not at all) beside the rest, if there is one."""
    total = sum(log.values())
    for name in names:
        twice = sum(count for trace, count in log.items() if trace.count(name) > 1)
        if twice >= RARE * RARE * total:
            continue
        parts = _projected(log, [frozenset({name}), frozenset(names) - {name}])
        inner = _parts(parts, make, depth)
        if len(inner) > 1:
            return AnyOrder(of=inner)
    return None
