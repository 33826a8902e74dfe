"""From a pattern to an automaton whose states are the events of the pattern (Glushkov).

Each *position* is one event of the pattern. `links` tell which positions may consume the next
event, in the order in which they are preferred, as backtracking engines would try them.

Source: Glushkov, "The abstract theory of automata", 1961; the order of preference as in
Cox, "Regular expression matching: the virtual machine approach", 2009.
"""

from __future__ import annotations

from dataclasses import dataclass

from hamsafar.journeys.pattern_grammar import Atom, Either, Group, Limit, Part, Pattern, Repeat, Run
from hamsafar.kernel.errors import BadInput

MOST_POSITIONS = 64
"""Events of a pattern, each copy of a repetition counted: the bits of a word."""

ACCEPT = -1
"""As a target: the match ends."""

_NOTHING = Limit()


@dataclass(frozen=True, slots=True)
class Link:
    """The next event goes to position `target` (`ACCEPT`: there is none), within a limit of time."""

    target: int
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Automaton:
    """What the kernel walks on.

    Attributes:
        atoms: of each position.
        first: positions that may consume a match's first event, preferred first.
        links: of each position, preferred first.
        groups: by label, the positions inside as bits.
    """

    atoms: tuple[Atom, ...]
    first: tuple[int, ...]
    links: tuple[tuple[Link, ...], ...]
    groups: tuple[int, ...]


def automaton_of(pattern: Pattern, *, where: str = "pattern") -> Automaton:
    """Return the automaton of a pattern.

    Args:
        pattern: as it was read.
        where: what errors call it.

    Raises:
        BadInput: too many positions, a pattern that needs no event, or a limit of time with no
            event on one side.
    """
    net = _Net(pattern.labels, where)
    entry = net.add(pattern.part, net.end)
    first = net.closure(entry)
    if any(link.target == ACCEPT for link in first):
        raise BadInput("the pattern must need at least one event", where=where)
    if any(link.limit != _NOTHING for link in first):
        raise BadInput("a limit of time needs an event before it", where=where)
    links = tuple(net.closure(following) for following in net.following)
    if any(k.target == ACCEPT and k.limit != _NOTHING for row in links for k in row):
        raise BadInput("a limit of time needs an event after it", where=where)
    return Automaton(
        atoms=tuple(net.atoms),
        first=tuple(link.target for link in first),
        links=links,
        groups=tuple(net.groups),
    )


class _Net:
    """Nodes of a Thompson automaton; built from the end, so every node knows what follows.

    A node is a list of (what follows, limit), preferred first; or it consumes an event.
    """

    def __init__(self, labels: tuple[str, ...], where: str) -> None:
        self._labels, self._where = labels, where
        self._ways: list[list[tuple[int, Limit]]] = [[]]
        self._position: dict[int, int] = {}
        self.end = 0
        self.atoms: list[Atom] = []
        self.following: list[int] = []
        self.groups = [0] * len(labels)
        self._open: list[int] = []

    def add(self, part: Part, following: int) -> int:
        """Return the node that begins a part after which `following` comes."""
        match part:
            case Atom():
                return self._consume(part, following)
            case Limit():
                return self._node([(following, part)])
            case Run(parts):
                for one in reversed(parts):
                    following = self.add(one, following)
                return following
            case Either(parts):
                return self._node([(self.add(one, following), _NOTHING) for one in parts])
            case Group(inner, label):
                self._open.append(self._labels.index(label))
                entry = self.add(inner, following)
                self._open.pop()
                return entry
            case Repeat():
                return self._repeat(part, following)

    def closure(self, node: int) -> tuple[Link, ...]:
        """Return what may come after a node without consuming, preferred first."""
        found: dict[Link, None] = {}
        seen: set[tuple[int, Limit]] = set()
        waiting = [(node, _NOTHING)]
        while waiting:
            here, limit = waiting.pop()
            if (here, limit) in seen:
                continue
            seen.add((here, limit))
            if here in self._position or here == self.end:
                found.setdefault(Link(self._position.get(here, ACCEPT), limit))
                continue
            ways = [(following, limit.both(more)) for following, more in self._ways[here]]
            waiting += reversed(ways)
        return tuple(found)

    def _consume(self, atom: Atom, following: int) -> int:
        if len(self.atoms) == MOST_POSITIONS:
            message = f"a pattern has at most {MOST_POSITIONS} events, repetitions counted"
            raise BadInput(message, where=self._where)
        node = self._node([])
        position = self._position[node] = len(self.atoms)
        self.atoms.append(atom)
        self.following.append(following)
        for group in self._open:
            self.groups[group] |= 1 << position
        return node

    def _repeat(self, repeat: Repeat, following: int) -> int:
        ended = following
        if repeat.most is None:
            loop = self._node([])
            inner = self.add(repeat.part, loop)
            self._ways[loop] = self._choice(inner, ended, repeat)
            # The loop itself is one turn; entering it by its body makes that turn needed.
            entry = inner if repeat.least else loop
            more = max(0, repeat.least - 1)
        else:
            entry = ended
            for _ in range(repeat.most - repeat.least):
                entry = self._node(self._choice(self.add(repeat.part, entry), ended, repeat))
            more = repeat.least
        for _ in range(more):
            entry = self.add(repeat.part, entry)
        return entry

    @staticmethod
    def _choice(inner: int, ended: int, repeat: Repeat) -> list[tuple[int, Limit]]:
        ways = [(inner, _NOTHING), (ended, _NOTHING)]
        return ways if repeat.is_greedy else ways[::-1]

    def _node(self, ways: list[tuple[int, Limit]]) -> int:
        self._ways.append(ways)
        return len(self._ways) - 1
