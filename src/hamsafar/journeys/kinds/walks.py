"""Paths, what comes next, sessions and patterns as answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hamsafar.journeys import answers
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.following import NextEvent, NextEvents, next_events
from hamsafar.journeys.kinds.ground import Ground
from hamsafar.journeys.kinds.run import Keys, finite, no_cell
from hamsafar.journeys.kinds.times import iso
from hamsafar.journeys.path_results import Paths
from hamsafar.journeys.paths import paths
from hamsafar.journeys.patterns import ChunkMatches, Matches, match
from hamsafar.journeys.query import Happening, MatchQuery, NextQuery, PathsQuery, SessionsQuery
from hamsafar.journeys.sessions import Sessions, sessions
from hamsafar.journeys.suppression import Key, Shown, Sum, shown
from hamsafar.storage.types import I64, SortedChunk

_ALL = ("all",)
_OTHER = ("other",)


def walk_paths(
    query: PathsQuery, ground: Ground, since_us: Mapping[str | int, int] | None
) -> PathsRun:
    """Walk for paths.

    Args:
        query: what is asked.
        ground: where.
        since_us: when each person dropped off, for paths after that.

    Raises:
        BadInput: an unknown event or a wrong option.
    """
    start = None if query.start is None else ground.what(query.start, "query.start")
    end = None if query.end is None else ground.what(query.end, "query.end")
    is_backward = query.direction == "backward"
    found = paths(
        ground.sequences,
        ground.filters,
        compute=ground.compute,
        direction=query.direction,
        start=None if is_backward else start,
        end=start if is_backward else end,
        since_us=since_us,
        depth=query.depth,
        limit=min(query.limit, 500),
        gap_s=query.gap_s,
        collapse=query.collapse,
    )
    return PathsRun(ground=ground, paths=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class PathsRun:
    """Paths that were walked."""

    ground: Ground
    paths: Paths

    def result(self, least: int) -> answers.PathsResult:
        """Return nodes, links and exits; links of too few people count among the hidden ones."""
        told, times = self._shown(least)
        found = self.paths
        links = [link for link in found.links if ("link", link.from_, link.to) not in told.hidden]
        more = sum(link.count for link in found.links) - sum(link.count for link in links)
        is_telling = len(links) == len(found.links)
        return answers.PathsResult(
            nodes=tuple(
                answers.PathNode(
                    id=node.id,
                    position=node.position,
                    name=node.name,
                    people=told.figure(
                        ("node", node.id), _ALL, cell=self.ground.cell("node", node.id)
                    ),
                    count=times.count(("node", node.id)),
                )
                for node in found.nodes
            ),
            links=tuple(
                answers.PathLink(
                    from_=link.from_,
                    to=link.to,
                    people=told.figure(
                        ("link", link.from_, link.to),
                        _ALL,
                        cell=self.ground.cell("link", link.from_, link.to),
                    ),
                    count=times.count(("link", link.from_, link.to)),
                    median_s=finite(link.median_s),
                )
                for link in links
            ),
            exits=tuple(
                answers.PathExit(
                    position=one.position,
                    people=told.figure(
                        ("exit", one.position), _ALL, cell=self.ground.cell("exit", one.position)
                    ),
                )
                for one in found.exits
            ),
            hidden_links=found.hidden_links + len(found.links) - len(links),
            hidden_count=found.hidden_count + more if is_telling else None,
        )

    def crowd(self, keys: Keys) -> Crowd:
        """Return the people of a node, a link or an exit."""
        match keys:
            case ("node", str(node)):
                return self.paths.node_crowd(node)
            case ("link", str(from_), str(to)):
                return self.paths.link_crowd(from_, to)
            case ("exit", int(position)):
                return self.paths.exit_crowd(position)
            case _:
                raise no_cell()

    def _shown(self, least: int) -> tuple[Shown, Shown]:
        found = self.paths
        people: dict[Key, int] = {_ALL: found.people_on_paths}
        times: dict[Key, int] = {}
        sums: list[Sum] = []
        into: dict[str, list[Key]] = {node.id: [] for node in found.nodes}
        out: dict[str, list[Key]] = {node.id: [] for node in found.nodes}
        for link in found.links:
            key = ("link", link.from_, link.to)
            people[key], times[key] = link.people, link.count
            out[link.from_].append(key)
            into[link.to].append(key)
        absent: set[Key] = set()
        for node in found.nodes:
            own = ("node", node.id)
            people[own], times[own] = node.people, node.count
            rest = {
                ("in", node.id): (into, node.hidden_in),
                ("out", node.id): (out, node.hidden_out + node.stops + node.goes_on),
            }
            for other, (links, count) in rest.items():
                times[other] = count
                absent.add(other)
                if links[node.id]:
                    sums.append((own, [*links[node.id], other]))
        for one in found.exits:
            people["exit", one.position] = one.people
        told = shown(people, [], least=least)
        secret = {key for key in times if key in told.hidden}
        return told, shown(times, sums, least=least, secret=secret, absent=absent)


def walk_next(query: NextQuery, ground: Ground) -> NextRun:
    """Walk for what comes next.

    Raises:
        BadInput: an unknown event.
    """
    found = next_events(
        ground.sequences,
        ground.filters,
        after=ground.what(query.after, "query.after"),
        direction=query.direction,
        limit=query.limit,
    )
    return NextRun(ground=ground, found=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRun:
    """What came next, as it was found."""

    ground: Ground
    found: NextEvents

    def result(self, least: int) -> answers.NextResult:
        """Return the items and, where any, that nothing came; those of too few are not listed."""
        found = self.found
        listed = [*found.items, *([found.nothing] if found.nothing.count else [])]
        people: dict[Key, int] = {item.name: item.people for item in listed}
        people[_ALL] = found.people_with_chain
        told = shown(people, [], least=least)
        times: dict[Key, int] = {item.name: item.count for item in listed}
        times[_ALL] = found.count
        times[_OTHER] = found.other.count if found.other else 0
        parts: list[Key] = [item.name for item in listed]
        counts = shown(
            times,
            [(_ALL, [*parts, _OTHER])],
            least=least,
            secret={key for key in times if key in told.hidden},
            absent={_OTHER, _ALL},
        )
        return answers.NextResult(
            items=tuple(
                self._item(item, told, counts) for item in listed if item.name not in told.hidden
            )
        )

    def crowd(self, keys: Keys) -> Crowd:
        """Return the people of an item."""
        match keys:
            case (str(name),):
                return self.found.crowd(name)
            case _:
                raise no_cell()

    def _item(self, item: NextEvent, told: Shown, counts: Shown) -> answers.NextItem:
        return answers.NextItem(
            name=item.name,
            people=told.figure(item.name, _ALL, cell=self.ground.cell(item.name)),
            count=counts.count(item.name),
            median_s=finite(item.median_s),
        )


def walk_sessions(query: SessionsQuery, ground: Ground) -> SessionsRun:
    """Walk for sessions.

    Raises:
        BadInput: an unknown channel.
    """
    found = sessions(
        ground.sequences,
        ground.filters,
        gap_s=query.gap_s,
        gaps_s=query.gaps_s,
        compute=ground.compute,
    )
    return SessionsRun(ground=ground, sessions=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsRun:
    """Sessions that were walked."""

    ground: Ground
    sessions: Sessions

    def result(self, least: int) -> answers.SessionsResult:
        """Return sessions by channel and by length.

        Of a channel of few people nothing is told; lengths only where all may be shown, because
        many sessions of a length may be of few people.
        """
        found = self.sessions
        people: dict[Key, int] = {one.channel: one.people for one in found.channels}
        people[_ALL] = found.everywhere.people
        told = shown(people, [], least=least)
        number: dict[Key, int] = {one.channel: one.sessions for one in found.channels}
        number[_ALL] = found.everywhere.sessions
        counts = shown(
            number,
            [(_ALL, [one.channel for one in found.channels])],
            least=least,
            secret={key for key in number if key in told.hidden},
        )
        return answers.SessionsResult(
            sessions=counts.count(_ALL),
            people=told.figure(_ALL, cell=self.ground.cell(*_ALL)),
            channels=tuple(
                answers.ChannelSessions(
                    channel=one.channel,
                    sessions=counts.count(one.channel),
                    people=told.figure(
                        one.channel, _ALL, cell=self.ground.cell("channel", one.channel)
                    ),
                    median_s=None if one.channel in told.hidden else finite(one.median_s),
                    median_events=None if one.channel in told.hidden else finite(one.median_events),
                    single=None if counts.hidden or one.channel in told.hidden else one.single,
                )
                for one in found.channels
            ),
            lengths=tuple(
                answers.Bin(
                    from_s=one.from_s,
                    to_s=one.to_s,
                    count=one.sessions,
                    cell=self.ground.cell("length", place),
                )
                for place, one in enumerate(found.lengths)
                if least <= 1
            ),
        )

    def crowd(self, keys: Keys) -> Crowd:
        """Return the people of all sessions, of a channel's, or of those of a length."""
        match keys:
            case ("all",):
                return self.sessions.crowd()
            case ("channel", str(channel)):
                return self.sessions.crowd(channel)
            case ("length", int(place)):
                return self.sessions.crowd(length=place)
            case _:
                raise no_cell()


def walk_match(query: MatchQuery, ground: Ground) -> MatchRun:
    """Walk for a pattern.

    Raises:
        BadInput: the pattern cannot be read, or names an event that does not exist.
    """
    named = {
        name: ground.what(Happening(condition=clause), f"query.conditions[{name!r}]")
        for name, clause in query.conditions.items()
    }
    found = match(
        ground.sequences,
        query.pattern,
        ground.filters,
        conditions=named,
        compute=ground.compute,
    )
    return MatchRun(query=query, ground=ground, matches=found, everybody=ground.size()[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRun:
    """Matches of a pattern that were found, among how many people."""

    query: MatchQuery
    ground: Ground
    matches: Matches
    everybody: int

    def result(self, least: int) -> answers.MatchResult:
        """Return how many lived it, and the newest examples; labels are the caller's to fill."""
        found = self.matches
        people: dict[Key, int] = {
            _ALL: self.everybody,
            "matched": found.people_matched,
            _OTHER: self.everybody - found.people_matched,
        }
        told = shown(people, [(_ALL, ["matched", _OTHER])], least=least, absent={_OTHER})
        is_hidden = "matched" in told.hidden
        return answers.MatchResult(
            people=told.figure("matched", _ALL, cell=self.ground.cell("matched")),
            matches=None if is_hidden else found.matches,
            examples=()
            if is_hidden
            else tuple(
                answers.Example(
                    person=str(one.person), label="", at=iso(one.first_us), events=one.events
                )
                for one in found.examples(self.query.limit)
            ),
        )

    def crowd(self, keys: Keys) -> Crowd:
        """Return the people who lived the pattern."""
        if keys != ("matched",):
            raise no_cell()
        none = np.zeros(0, np.int64)
        columns = [(none, none, none, none)]
        columns += [
            _columns(part, self.ground.sequences.chunks[part.chunk]) for part in self.matches.chunks
        ]
        who, counts, last_at, took = (np.concatenate(c) for c in zip(*columns, strict=True))
        return Crowd(person=who, counts=counts, last_at=last_at, took=took)


def _columns(found: ChunkMatches, chunk: SortedChunk) -> tuple[I64, I64, I64, I64]:
    """Return person, number of matches and end of the last by person, and each match's length."""
    begins = np.flatnonzero(np.diff(found.person, prepend=-1))
    counts = np.diff(np.append(begins, len(found.person)))
    first, last = chunk.time[found.first], chunk.time[found.last]
    who = chunk.person[found.first[begins]].astype(np.int64)
    return who, counts, last[begins + counts - 1], last - first
