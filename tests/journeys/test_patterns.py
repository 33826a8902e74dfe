"""Path patterns find what trying every way by hand finds, in linear time."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.journeys import EVENTS, FILTERS, NAMES, Happened, in_chunks, paths, sequences

from hamsafar.journeys import Filters, Sequences, Threads, match
from hamsafar.journeys.pattern_automaton import automaton_of
from hamsafar.journeys.pattern_grammar import (
    FOREVER_US,
    Atom,
    Either,
    Group,
    Limit,
    Repeat,
    Run,
    parse,
)
from hamsafar.kernel.errors import BadInput

ATOMS = st.sampled_from(["home", "search", "cart", '"خرید"', ".", "[home, cart]", "[^home]", "odd"])
LIMITS = st.sampled_from([
    "",
    "",
    "(<=2ms)",
    "(>1ms)",
    "(>=1ms, <4ms)",
    "...",
    "...(<=3ms)",
    "...(>1ms)",
])
TIMES = st.sampled_from(["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{2,}"])


def runs(inner):
    """Texts of patterns over parts."""
    item = st.builds(lambda part, times: f"({part}){times}", inner, TIMES) | inner
    more = st.lists(st.tuples(LIMITS, item), max_size=3)
    run = st.builds(lambda head, tail: head + "".join(f" {k} {i}" for k, i in tail), item, more)
    return run | st.builds("{} | {}".format, run, run)


TEXTS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "", "", "^"]),
    st.recursive(ATOMS, runs, max_leaves=5),
    st.sampled_from(["", "", "", "$"]),
    st.sampled_from(["", "", " within 3ms"]),
)
PEOPLE = st.lists(
    st.builds(
        Happened,
        person=st.integers(0, 2),
        time=st.integers(0, 8).map(lambda ms: ms * 1_000),
        code=st.integers(0, 4),
        channel=st.integers(0, 2),
    ),
    max_size=24,
)


def odd(event):
    return event.channel == 1


def means(atom, event):
    holds = NAMES[event.code] in atom.names or ("odd" in atom.names and odd(event))
    return holds != atom.is_negated


def tries(part, path, at, limit):
    """Every way to match a part, preferred first: (last event so far, limit still open).

    `at` is the last event consumed (-1: none), `limit` what holds between it and the next.
    """
    match part:
        case Atom():
            if at < 0:
                return
            for to in range(at + 1, len(path) if limit.is_skip else min(at + 2, len(path))):
                took = path[to].time - path[at].time
                if limit.low_us <= took <= limit.high_us and means(part, path[to]):
                    yield to, Limit()
        case Limit():
            yield at, limit.both(part)
        case Run():
            yield from in_turn(part.parts, path, at, limit)
        case Either():
            for one in part.parts:
                yield from tries(one, path, at, limit)
        case Group():
            yield from tries(part.part, path, at, limit)
        case Repeat():
            yield from repeated(part, path, at, limit, 0)


def in_turn(parts, path, at, limit):
    if not parts:
        yield at, limit
        return
    for here, rest in tries(parts[0], path, at, limit):
        yield from in_turn(parts[1:], path, here, rest)


def repeated(repeat, path, at, limit, times):
    if times < repeat.least:
        for here, rest in tries(repeat.part, path, at, limit):
            yield from repeated(repeat, path, here, rest, times + 1)
        return
    stop = [(at, limit)]
    if not repeat.is_greedy:
        yield from stop
    if repeat.most is None or times < repeat.most:
        for here, rest in tries(repeat.part, path, at, limit):
            if here != at:
                yield from repeated(repeat, path, here, rest, times + 1)
    if repeat.is_greedy:
        yield from stop


def ends(pattern, path, begin):
    """Where a match that begins at `begin` ends, by backtracking; None: nowhere."""
    # An event that never was stands right before the first, so that the first needs no case.
    before = [Happened(0, path[begin].time, -1), *path[begin:]]
    for at, limit in tries(pattern.part, before, 0, Limit()):
        is_whole = limit == Limit() and at > 0
        if pattern.at_end and at != len(before) - 1:
            continue
        if is_whole and before[at].time - path[begin].time <= pattern.within_us:
            return begin + at - 1
    return None


def by_hand(events, filters, pattern):
    found = []
    for who, path in sorted(paths(events, filters).items()):
        begin = 0
        while begin < (1 if pattern.at_start else len(path)):
            end = ends(pattern, path, begin)
            if end is None:
                begin += 1
                continue
            found.append((who, path[begin].time, path[end].time))
            begin = end + 1
            if pattern.at_start:
                break
    return found


def mask(s, events):
    """The condition "odd" as a mask over sequences of these events."""
    del events
    return tuple((chunk.channel == 1).astype(np.uint8) for chunk in s.chunks)


def usable(text):
    try:
        pattern = parse(text)
        automaton_of(pattern)
    except BadInput:
        return None
    return pattern


class TestMatch:
    @settings(max_examples=400)
    @given(events=PEOPLE, text=TEXTS, filters=st.just(Filters()) | FILTERS)
    def test_equals_backtracking_by_hand(self, events, text, filters):
        pattern = usable(text)
        if pattern is None:
            return
        s = sequences(events)
        found = match(s, text, filters, conditions={"odd": mask(s, events)})
        expected = by_hand(events, filters, pattern)
        assert (
            list(
                found.to_pandas()[["person", "first_us", "last_us"]].itertuples(
                    index=False, name=None
                )
            )
            == expected
        )
        assert (found.matches, found.people_matched) == (
            len(expected),
            len({who for who, _, _ in expected}),
        )
        behind = found.people()
        assert behind.count == found.matches
        assert behind.total == found.people_matched
        for part in found.chunks:
            assert (part.first <= part.last).all()

    @given(
        events=PEOPLE,
        text=TEXTS,
        pieces=st.integers(1, 3),
        moved=st.frozensets(st.integers(0, 2)),
    )
    def test_is_the_same_over_chunks_with_skipped_people(self, events, text, pieces, moved):
        if usable(text) is None:
            return
        whole, cut = sequences(events), in_chunks(events, pieces, moved)
        rows = [
            sorted(match(s, text, conditions={"odd": mask(s, events)}).to_pandas().values.tolist())
            for s in (whole, cut)
        ]
        assert rows[0] == rows[1]

    @given(events=EVENTS, shift=st.integers(-(10**15), 10**15))
    def test_does_not_change_when_all_times_shift(self, events, shift):
        moved = [Happened(e.person, e.time + shift, e.code, flags=e.flags) for e in events]
        text = "home ...(<=3s) cart | search{2,} within 5s"
        before, after = match(sequences(events), text), match(sequences(moved), text)
        assert (before.matches, before.people_matched) == (after.matches, after.people_matched)

    def test_a_repetition_takes_as_many_as_it_can_so_a_burst_is_one_match(self):
        clicks = [Happened(1, t * 100_000, 0) for t in range(7)] + [Happened(1, 9_000_000, 0)]
        found = match(sequences(clicks), "(?<burst>home ((<=500ms) home){2,})")
        assert found.matches == 1
        assert found.chunks[0].groups.tolist() == [[[0, 6, 7]]]

    def test_groups_tell_their_events(self):
        events = [Happened(1, t, c) for t, c in enumerate([1, 0, 0, 2, 3])]
        found = match(sequences(events), "(?<lead>home+) (?<maybe>خرید)? ... (?<end>order)")
        assert found.labels == ("lead", "maybe", "end")
        assert found.chunks[0].groups.tolist() == [[[1, 2, 2], [-1, -1, 0], [4, 4, 1]]]

    def test_examples_are_the_newest_with_all_events_that_count(self):
        events = [Happened(p, p * 10 + t, c) for p in (1, 2) for t, c in enumerate([0, 1, 2])]
        found = match(sequences(events), "home ... cart", Filters(exclude=frozenset({"search"})))
        assert [(e.person, e.events) for e in found.examples(1)] == [(2, ("home", "cart"))]

    def test_time_is_linear_where_backtracking_explodes(self):
        took = []
        for n in (2_000, 20_000):
            s = Sequences.from_arrays(
                person=np.zeros(n, np.int64),
                time_us=np.arange(n),
                code=np.zeros(n, np.int64),
                names=["a", "b"],
            )
            begun = time.process_time()
            assert match(s, "((a*)*)* (a|a)+ ... a{3} b", compute=Threads(1)).matches == 0
            assert match(s, "(a+ ...(<=5s) a+)+ $ within 9s", compute=Threads(1)).matches == 1
            took.append(time.process_time() - begun)
        assert took[1] < 40 * took[0] + 0.5

    def test_conditions_come_before_events(self):
        s = sequences([Happened(1, 0, 0), Happened(1, 1, 1)])
        assert match(s, "home", conditions={"home": "search"}).to_pandas()["first_us"].tolist() == [
            1
        ]
        assert match(s, "x", conditions={"x": frozenset({"home", "search"})}).matches == 2

    def test_shows_as_tables(self):
        found = match(sequences([Happened(1, 0, 0), Happened(1, 2_000_000, 1)]), "home search")
        assert found.to_arrow().to_pylist() == [
            {"person": 1, "first_us": 0, "last_us": 2_000_000, "seconds": 2.0}
        ]

    def test_of_nothing_finds_nothing(self):
        found = match(sequences([]), "home")
        assert (found.matches, found.people().total, found.examples()) == (0, 0, ())

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "an event is missing"),
            ("home (", "an event is missing"),
            ("home )", "unexpected"),
            ("(home", "is missing"),
            ("[home", "is missing"),
            ("home{3,2}", "rising"),
            ("home{0}", "rising"),
            ("home{65}", "rising"),
            ("home*", "at least one event"),
            ("(<=5m) home", "before it"),
            ("home ...", "after it"),
            ("home (<=5y) home", "no unit"),
            ("home (<5) home", "no limit"),
            ("home & home", "cannot read"),
            ("hom", "neither an event nor a condition"),
            ("(?<x>home)(?<x>home)", "twice"),
            ("(home{9}){9}", "at most 64 events"),
            ("(" * 40 + "home" + ")" * 40, "within each other"),
            ("home " * 999, "characters"),
            ("home within 5y", "no unit"),
        ],
    )
    def test_refuses_what_it_cannot_read(self, text, says):
        with pytest.raises(BadInput, match=says) as refused:
            match(sequences([Happened(1, 0, 0)]), text)
        assert refused.value.where == "pattern"

    def test_refuses_a_mask_of_another_shape(self):
        with pytest.raises(BadInput):
            match(sequences([Happened(1, 0, 0)]), "x", conditions={"x": (np.zeros(3, np.uint8),)})


class TestParse:
    def test_reads_names_in_quotes_and_in_any_script(self):
        names = [
            parse(text).part.names
            for text in ('"Page: Home"', "'it\\'s'", "خرید", '"a \\"b\\""', "Order_Done2")
        ]
        assert names == [("Page: Home",), ("it's",), ("خرید",), ('a "b"',), ("Order_Done2",)]

    def test_reads_limits(self):
        run = parse("a (>=1s, <2.5s) b ...(<=3d) c within 2h")
        assert run.within_us == 7_200_000_000
        assert run.part.parts[1] == Limit(low_us=1_000_000, high_us=2_499_999)
        assert run.part.parts[3] == Limit(is_skip=True, high_us=3 * 86_400_000_000)
        assert parse("a … b").part.parts[1] == Limit(is_skip=True, high_us=FOREVER_US)

    def test_a_name_within_is_a_name(self):
        assert parse("within").part == Atom(("within",))
