"""Every result draws itself: well-formed, escaped, readable in light and dark, in both directions."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from support.journeys import EVENTS, NAMES, Happened, sequences

from hamsafar.journeys import (
    graph,
    lifecycle,
    match,
    next_events,
    paths,
    retention,
    sessions,
    stickiness,
    variants,
)
from hamsafar.journeys.drawing import ISOLATE, BarRow, bars, chain, percent

DAY = 86_400_000_000
ASKED = (
    lambda s: s,
    graph,
    variants,
    lambda s: paths(s, limit=3),
    lambda s: paths(s, direction="backward", gap_s=1),
    lambda s: retention(s, first="home", periods=2),
    lifecycle,
    stickiness,
    sessions,
    lambda s: next_events(s, after="home", limit=1),
    lambda s: match(s, "home ... search"),
)
NASTY = ("<b>&\"'", "search", "cart", "سبد خرید", "x" * 200)


def drawn(result) -> ET.Element:
    return ET.fromstring(result._repr_html_())


class TestCharts:
    @pytest.mark.parametrize("ask", ASKED)
    @given(events=EVENTS)
    def test_are_well_formed(self, ask, events):
        near = [Happened(e.person, e.time % (30 * DAY), e.code, e.channel) for e in events]
        root = drawn(ask(sequences(near)))
        svg = next(e for e in root.iter() if e.tag.endswith("svg"))
        assert svg.get("fill") == "currentColor"
        assert svg.get("direction") == "ltr"
        assert all(float(n) >= 0 for n in svg.get("viewBox").split())
        for mark in root.iter():
            for name in ("width", "height", "x", "y"):
                value = mark.get(name)
                assert value is None or float(value) >= -1

    @pytest.mark.parametrize("ask", [graph, variants, paths, lambda s: s])
    def test_names_are_escaped_and_keep_their_own_direction(self, ask):
        events = [Happened(1, t, c) for t, c in enumerate([0, 3, 4, 0])]
        text = "".join(drawn(ask(sequences(events, NASTY))).itertext())
        assert "<b>" in text
        assert re.search(f"{ISOLATE}سبد خرید\u2069", text)
        assert "x" * 40 not in text

    def test_a_persian_name_does_not_turn_the_arrow(self):
        assert chain(["خانه", "a"]) == "\u2068خانه\u2069 → \u2068a\u2069"

    def test_a_long_chain_is_cut(self):
        assert chain(list("abcdef")).endswith(" → …")

    def test_the_longest_bar_is_the_longest(self):
        marks = re.findall(
            r'width="([\d.]+)" height="16', bars([BarRow("a", 1, ""), BarRow("b", 4, "")], "")
        )
        assert float(marks[1]) == pytest.approx(4 * float(marks[0]))

    def test_shares_are_told_as_people_read_them(self):
        told = [percent(share) for share in (0, 0.034, 0.5, 1, float("nan"))]
        assert told == ["0%", "3.4%", "50%", "100%", "–"]

    def test_a_sequence_of_no_names_is_drawn(self):
        assert "0 people" in "".join(drawn(sequences([], NAMES)).itertext())
