"""Once warm, no funnel waits for a compiler."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
from support.funnels import NAMES, sequences

from hamsafar.expr import parse
from hamsafar.journeys import (
    Attributes,
    Breakdown,
    Filters,
    Sequences,
    explain,
    explain_person,
    funnel,
    step,
    warm,
)


def compiled() -> dict[tuple[str, str], int]:
    return {
        (module, name): len(function.signatures)
        for module in list(sys.modules)
        if module.startswith("hamsafar.journeys.kernels.")
        for name, function in vars(sys.modules[module]).items()
        if hasattr(function, "signatures")
    }


class TestWarm:
    def test_leaves_no_funnel_to_compile(self, tmp_path):
        warm()
        before = compiled()
        assert any("funnel_walk" in module for module, _ in before)
        plain = sequences([[(0, 0), (1, 1), (1, 4), (9, 2)], [(0, 1)], [(3, 0), (3, 0), (4, 1)]])
        np.save(tmp_path / "time.npy", plain.chunks[0].time)
        mapped = replace(plain.chunks[0], time=np.load(tmp_path / "time.npy", mmap_mode="r"))
        rich = Sequences.from_arrays(
            person=[1, 1, 2],
            time_us=[1, 2, 3],
            code=[0, 1, 0],
            names=NAMES,
            attributes=Attributes(
                properties={"colour": ["red", None, "blue"]},
                channel=[0, 1, 0],
                channels=("web", "app"),
            ),
        )
        some = Filters(from_us=1, exclude=frozenset({"y"}))
        red = parse({"kind": "property", "path": "colour", "op": "equals", "value": "red"})
        for s in (plain, Sequences.from_chunks([mapped], names=NAMES), rich):
            for filters in (Filters(), some):
                for words in (
                    {},
                    {"order": "any"},
                    {"order": "strict"},
                    {"exclusions": [("x", 0, 1)], "exclusion_policy": "drop_person"},
                    {"semantics": "posthog", "as_of_us": 5},
                    {"semantics": "clickhouse"},
                    {"semantics": "mixpanel_classic", "count_by": "attempts"},
                    {"count_by": "sessions", "breakdown": Breakdown()},
                ):
                    funnel(s, ["a", "b"], filters, window_s=5, **words)
                funnel(s, ["a", step("b", optional=True), ["c", "a"]], filters, window_s=5)
                explain(s, ["a", "b"], filters, window_s=5)
                explain_person(s, 1, ["a", "b"], filters, window_s=5)
        for how in ("first_touch", "all_events"):
            split = Breakdown(by=rich.properties["colour"], attribution=how)
            funnel(rich, ["a", red], window_s=5, breakdown=split)
        assert compiled() == before
