"""No numba before it is needed; nothing left to compile once warm."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from support.journeys import NAMES, Happened, in_chunks, sequences

from hamsafar.journeys import (
    EVERYTHING,
    EdgeCell,
    EndCell,
    Filters,
    NodeCell,
    Sequences,
    VariantCell,
    graph,
    lifecycle,
    match,
    next_events,
    paths,
    people_behind,
    retention,
    sequence_count,
    sequence_retention,
    sessions,
    split_sessions,
    stickiness,
    variants,
)
from hamsafar.journeys.kernels import (
    action_kernels,
    calendar_kernels,
    edge_kernels,
    following_kernels,
    order_kernels,
    path_kernels,
    pattern_kernels,
    route_kernels,
    session_kernels,
)


class TestImport:
    @pytest.mark.parametrize(
        "module", ["hamsafar", "hamsafar.journeys", "hamsafar.journeys.services.explore"]
    )
    def test_does_not_import_numba_or_pandas(self, module):
        check = (
            f"import sys, {module}; sys.exit({{'numba', 'pandas'}} & sys.modules.keys() != set())"
        )
        assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


class TestWarm:
    @staticmethod
    def compiled(*modules) -> dict[str, int]:
        modules = modules or (edge_kernels(), order_kernels(), path_kernels())
        return {
            name: len(function.signatures)
            for module in modules
            for name, function in vars(module).items()
            if hasattr(function, "signatures")
        }

    def test_leaves_nothing_to_compile(self, tmp_path):
        before = self.compiled()
        events = [Happened(p, t, t % 4, channel=1, flags=p % 4) for p in range(9) for t in range(p)]
        chunk = sequences(events).chunks[0]
        np.save(tmp_path / "time.npy", chunk.time)
        mapped = replace(chunk, time=np.load(tmp_path / "time.npy", mmap_mode="r"))
        narrow = Filters(from_us=1, channels=frozenset({"app"}), exclude=frozenset({"home"}))
        many = (*NAMES, *map(str, range(3000)))
        for s in (
            sequences(events),
            sequences(events, many),
            in_chunks(events, 2, frozenset({1})),
            Sequences.from_chunks([mapped], names=NAMES, channels=("web", "app")),
            Sequences.from_arrays(
                person=np.array([2, 1], np.uint8),
                time_us=[4, 5],
                code=[0, 1],
                names=["home", "b"],
                tie=[0, 1],
            ),
        ):
            for filters in (EVERYTHING, narrow if s.channels else Filters(to_us=5)):
                graph(s, filters)
                rules = {"collapse": True, "max_length": 2}
                keys = variants(s, filters, **rules).variant_keys
                cells = [EdgeCell("home", s.names[1]), NodeCell("home"), EndCell("home")]
                for cell in (*cells, *(VariantCell(key, **rules) for key in keys)):
                    people_behind(s, cell, filters)
        assert self.compiled() == before

    def test_leaves_nothing_to_compile_for_walks(self):
        modules = (
            action_kernels(),
            calendar_kernels(),
            following_kernels(),
            pattern_kernels(),
            route_kernels(),
            session_kernels(),
        )
        before = [self.compiled(module) for module in modules]
        events = [Happened(p, t, t % 4, channel=1, flags=p % 4) for p in range(9) for t in range(p)]
        narrow = Filters(from_us=1, channels=frozenset({"app"}), exclude=frozenset({"order"}))
        for s in (sequences(events), in_chunks(events, 2, frozenset({1}))):
            mask = tuple(np.ones(len(chunk.time), np.uint8) for chunk in s.chunks)
            for filters in (EVERYTHING, narrow):
                for first in ("home", mask):
                    retention(
                        s, filters, first=first, mode="rolling", counting="on_or_after"
                    ).people(1)
                    lifecycle(s, filters, of=first).people(0, "dormant")
                    stickiness(s, filters, of=first).people(1)
                    next_events(s, filters, after=[first, "search"]).people()
                    paths(s, filters, direction="between", start=first, end="search").everyone()
                    match(
                        s, "x (<=5s) . ...(>1s) [^x]+ within 9s", filters, conditions={"x": first}
                    )
                    sequence_count(s, "(?1).(?t>2)(?2)", [first, "home"], filters).people()
                    sequence_retention(s, [first, "home"], filters)
                since = dict.fromkeys(range(9), 0)
                paths(s, filters, direction="after_dropoff", since_us=since, gap_s=1, limit=1)
                sessions(s, filters, gaps_s={"web": 4}).people("app", is_single=True)
                split_sessions(s, filters)
        assert [self.compiled(module) for module in modules] == before
