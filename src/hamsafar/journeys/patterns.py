"""Path patterns: regular expressions over events, in time linear in the events: `match`.

Which matches are found, exactly: for each person from the first event on, the earliest event at
which a match can begin; from there, at each choice, the first way (as written, repetitions taking
as many as they can, `...` skipping as little as it can) by which the whole pattern, its limits of
time and `within` can still be met. The next match begins after the last event of this one. That is
what a backtracking engine finds, but nothing is tried twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys.drawing import BarRow, bars, card, chain, joined
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.filters import shards_of
from hamsafar.journeys.frames import to_arrow, to_pandas
from hamsafar.journeys.funnel_chart import duration_text
from hamsafar.journeys.kept import kept_of
from hamsafar.journeys.kernels import pattern_kernels
from hamsafar.journeys.marks import Marked, Mask, What, marks_of
from hamsafar.journeys.masks import mask_of
from hamsafar.journeys.pattern_automaton import ACCEPT, Automaton, automaton_of
from hamsafar.journeys.pattern_grammar import Atom, Pattern, parse
from hamsafar.journeys.reading import Label
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import Marks, all_threads, frozen
from hamsafar.journeys.types import EVERYTHING, CellPeople, Filters
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64, U64

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from hamsafar.journeys.kernels.patterns import Net

COLUMNS = ("person", "first_us", "last_us", "seconds")
LONGEST_EXAMPLE = 50
_SECOND_US = 1e6
_DIRECT = -1
_EMPTY = np.zeros(0, np.int64)
_NO_CONDITIONS: Mapping[str, What] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkMatches:
    """Matches in one chunk, person after person, in order of time.

    Attributes:
        chunk: which chunk.
        person: i64[m], place of the person in the chunk.
        first: i64[m], row of the first event in the chunk.
        last: i64[m], row of the last event.
        groups: i64[m, g, 3], of each group the row of its first event, of its last, and how many
            events it has; -1, -1, 0 when it took no part.
    """

    chunk: int
    person: I64
    first: I64
    last: I64
    groups: I64


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchExample:
    """One match to look at.

    Attributes:
        person: the person's id.
        label: how the caller named them; None: by the id.
        first_us: time of its first event, µs UTC.
        last_us: time of its last event.
        events: names of all events that count, from first to last; at most `LONGEST_EXAMPLE`.
    """

    person: int
    first_us: int
    last_us: int
    events: tuple[str, ...]
    label: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Everything a pattern matched.

    Attributes:
        pattern: as it was written.
        labels: of its groups, in the order of `ChunkMatches.groups`.
        matches: how many there are.
        people_matched: different people with a match.
        chunks: where they are.
    """

    pattern: str
    labels: tuple[str, ...]
    matches: int
    people_matched: int
    chunks: tuple[ChunkMatches, ...] = field(repr=False, compare=False)
    sequences: Sequences = field(repr=False, compare=False)
    filters: Filters = field(repr=False, compare=False)

    def crowd(self) -> Crowd:
        """Return the people as columns: a person's count is their matches, durations their lengths."""
        who, first, last = self._columns()
        begins = np.flatnonzero(np.diff(who, prepend=-1))
        counts = np.diff(np.append(begins, len(who)))
        last_at = last[begins + counts - 1] if len(begins) else _EMPTY
        crowd = Crowd(person=who[begins], counts=counts, last_at=last_at, took=last - first)
        return crowd.labelled(self.sequences.labels)

    def people(self) -> CellPeople:
        """Return exactly the people with a match; see `crowd`."""
        return self.crowd().page(0, None)

    def examples(self, limit: int = 10) -> tuple[MatchExample, ...]:
        """Return the newest match of so many people, the newest first.

        Args:
            limit: how many.
        """
        newest: list[tuple[int, int, int, int]] = []
        for part in self.chunks:
            time = self.sequences.chunks[part.chunk].time
            is_last = np.diff(part.person, append=-1) != 0
            place = np.flatnonzero(is_last)
            place = place[np.argsort(-time[part.last[place]], kind="stable")[:limit]]
            newest += [
                (-int(time[part.last[m]]), part.chunk, int(part.first[m]), int(part.last[m]))
                for m in place.tolist()
            ]
        kept = kept_of(self.sequences, self.filters) if newest else ()
        return tuple(
            self._example(chunk, first, last, kept[chunk])
            for _, chunk, first, last in sorted(newest)[:limit]
        )

    def to_pandas(self) -> pd.DataFrame:
        """Return a row per match: person, first_us, last_us, seconds.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(COLUMNS, self._rows())

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table with the columns of `to_pandas`."""
        return to_arrow(COLUMNS, self._rows())

    def _repr_html_(self) -> str:
        rows = []
        for example in self.examples(5):
            who = example.person if example.label is None else example.label
            took = (example.last_us - example.first_us) / _SECOND_US
            note = joined(str(who), duration_text(took))
            rows.append(BarRow(chain(example.events), took, note))
        title = f"{self.matches:,} matches, {self.people_matched:,} people: {self.pattern}"
        return card(title, bars(rows, title))

    def _rows(self) -> list[tuple[object, ...]]:
        who, first, last = self._columns()
        seconds = (last - first) / _SECOND_US
        labels = self.sequences.labels
        people = who.tolist() if labels is None else [labels[p] for p in who.tolist()]
        columns = (people, first.tolist(), last.tolist(), seconds.tolist())
        return list(zip(*columns, strict=True))

    def _columns(self) -> tuple[I64, I64, I64]:
        """Return the person's id and the times of first and last event of every match."""
        columns: list[tuple[I64, I64, I64]] = [(_EMPTY, _EMPTY, _EMPTY)]
        for part in self.chunks:
            chunk = self.sequences.chunks[part.chunk]
            who = chunk.person[part.first].astype(np.int64)
            columns.append((who, chunk.time[part.first], chunk.time[part.last]))
        who, first, last = (np.concatenate(column) for column in zip(*columns, strict=True))
        return who, first, last

    def _example(self, number: int, first: int, last: int, kept: NDArray[np.bool_]) -> MatchExample:
        chunk = self.sequences.chunks[number]
        rows = first + np.flatnonzero(kept[first : last + 1])[:LONGEST_EXAMPLE]
        person = int(chunk.person[first])
        labels = self.sequences.labels
        return MatchExample(
            person=person,
            label=None if labels is None else labels[person],
            first_us=int(chunk.time[first]),
            last_us=int(chunk.time[last]),
            events=tuple(self.sequences.names[code] for code in chunk.code[rows].tolist()),
        )


def match(
    sequences: Sequences,
    pattern: str,
    filters: Filters = EVERYTHING,
    *,
    conditions: Mapping[str, What] = _NO_CONDITIONS,
    compute: Compute | None = None,
) -> Matches:
    r"""Find a path pattern.

    Args:
        sequences: whose events.
        pattern: in the language of `pattern_grammar`, such as `"Cart Viewed" "Payment Failed"+`,
            `error ...(<=10m) call` or `click ((<=500ms) click){2,}`.
        filters: which events count; the others vanish first.
        conditions: what names in the pattern mean beside events; they come before events.
        compute: where shards run; None: a thread for each processor.

    Raises:
        BadInput: the pattern is not in the language or too long, a name is unknown, or a filter
            is wrong.
    """
    read = parse(pattern)
    automaton = automaton_of(read)
    marks = _position_marks(sequences, automaton, conditions)
    workers = compute or all_threads()
    work = [
        Marked(shard=shard, marks=marks[shard.chunk])
        for shard in shards_of(sequences, filters, workers.width)
    ]
    parts = tuple(workers.map(partial(match_shard, pattern=read, automaton=automaton), work))
    return Matches(
        pattern=pattern,
        labels=read.labels,
        matches=sum(len(part.person) for part in parts),
        people_matched=sum(len(np.unique(part.person)) for part in parts),
        chunks=parts,
        sequences=sequences,
        filters=filters,
    )


def match_shard(marked: Marked, *, pattern: Pattern, automaton: Automaton) -> ChunkMatches:
    """Return the matches of one shard; pure.

    Args:
        marked: whose events; bit k tells whether an event may be position k.
        pattern: for its anchors and `within`.
        automaton: of the pattern.
    """
    shard = marked.shard
    found = pattern_kernels().find(
        shard.events, (shard.sieve, marked.marks), net_of(pattern, automaton)
    )
    return ChunkMatches(
        chunk=shard.chunk,
        person=found.person,
        first=found.first,
        last=found.last,
        groups=found.groups,
    )


def net_of(pattern: Pattern, automaton: Automaton) -> Net:
    """Return the automaton as arrays.

    Args:
        pattern: for its anchors and `within`.
        automaton: of the pattern.
    """
    rows = [link for links in automaton.links for link in links]
    windows = sorted({(k.target, k.limit.low_us, k.limit.high_us) for k in rows if k.limit.is_skip})
    place = {window: number for number, window in enumerate(windows)}
    ends = sum(
        1 << position
        for position, links in enumerate(automaton.links)
        if any(link.target == ACCEPT for link in links)
    )
    net: Net = pattern_kernels().Net(
        first=_column(automaton.first),
        begins=np.uint64(sum(1 << position for position in automaton.first)),
        ends=np.uint64(ends),
        bounds=_column(np.cumsum([0, *(len(links) for links in automaton.links)])),
        target=_column([k.target for k in rows]),
        window=_column([
            place[k.target, k.limit.low_us, k.limit.high_us] if k.limit.is_skip else _DIRECT
            for k in rows
        ]),
        low=_column([k.limit.low_us for k in rows]),
        high=_column([k.limit.high_us for k in rows]),
        window_target=_column([target for target, _, _ in windows]),
        window_low=_column([low for _, low, _ in windows]),
        window_high=_column([high for _, _, high in windows]),
        groups=frozen(np.array(automaton.groups, np.uint64)),
        anchors=(int(pattern.at_start), int(pattern.at_end), pattern.within_us),
    )
    return net


def _column(values: Sequence[int] | I64) -> I64:
    return frozen(np.array(values, np.int64))


def _position_marks(
    sequences: Sequences, automaton: Automaton, conditions: Mapping[str, What]
) -> list[Marks]:
    """Return marks whose bit k tells whether an event may be position k."""
    atoms = sorted(set(automaton.atoms), key=lambda atom: (atom.is_negated, atom.names))
    found = marks_of(
        sequences, [("pattern", _meaning(sequences, atom, conditions)) for atom in atoms]
    )
    bits = [
        sum(1 << position for position, other in enumerate(automaton.atoms) if other == atom)
        for atom in atoms
    ]

    def moved(words: U64) -> U64:
        out = np.zeros(len(words), np.uint64)
        for bit, positions in enumerate(bits):
            out[(words >> np.uint64(bit)) & np.uint64(1) != 0] |= np.uint64(positions)
        return frozen(out)

    return [Marks(moved(m.by_code), moved(m.by_event), m.event_mask) for m in found]


def _meaning(sequences: Sequences, atom: Atom, conditions: Mapping[str, What]) -> What:
    """Return the events an atom stands for: by names if that is possible, else a mask."""
    known = set(sequences.names)
    named: set[str] = set()
    masks: list[Mask] = []
    for name in atom.names:
        what = conditions.get(name, name)
        if isinstance(what, str):
            named.add(what)
        elif isinstance(what, frozenset):
            named |= what
        else:
            masks.append(what if isinstance(what, tuple) else mask_of(sequences, what, where=name))
    for name in sorted(named - known):
        message = f"{name!r} is neither an event nor a condition"
        raise BadInput(message, where="pattern")
    if not masks:
        return frozenset(known - named if atom.is_negated else named)
    by_code = np.array([name in named for name in sequences.names], np.bool_)
    parts = []
    for number, chunk in enumerate(sequences.chunks):
        holds = by_code[chunk.code]
        for mask in masks:
            if number >= len(mask) or len(mask[number]) != len(holds):
                message = "a mask needs a value for each event of each chunk"
                raise BadInput(message, where="conditions")
            holds = holds | (mask[number] != 0)
        parts.append((holds != atom.is_negated).astype(np.uint8))
    return tuple(parts)
