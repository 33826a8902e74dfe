"""(h) Conformance: thousands of variants against a map of 25 touchpoints, exactly.

    python benchmarks/conformance.py [--variants 4400] [--people 200000] [--rounds 5]

The map has every kind of block: steps in order, two any-order blocks (of four touchpoints, and of
two short sequences), choices, optional parts, a loop. Random walks through it are disturbed (steps
left out, repeated, exchanged, foreign to their place) until there are as many different ones as asked
for; each person lives one of them, the first ones more often. The clock is for `laid` and `tally_of`
and the figures: from sequences in memory to the answer. `align` is the alignment of the variants
alone, `dijkstra` the same on the product graph, in Python, on a sample, to check every cost.
Wall seconds are told; the pass is that the costs are equal and the ratio of both per variant.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.maps import cheapest

from hamsafar.journeys import Sequences, Threads
from hamsafar.maps import Picture
from hamsafar.maps.alignment import aligned
from hamsafar.maps.automaton import machine_of
from hamsafar.maps.cases import laid
from hamsafar.maps.types import (
    AnyOrder,
    Attempts,
    Block,
    Choice,
    InOrder,
    JourneyMap,
    Loop,
    Maybe,
    Stage,
    Touchpoint,
    Words,
)
from hamsafar.maps.walk import touchpoints_of

GOALS = {"answer_s": 1.0, "dijkstra_over_ours": 50.0}
"""The first is a target in seconds on an idle machine; the second is at least."""
HOUR_US = 3_600_000_000


def one(number: int) -> Touchpoint:
    return Touchpoint(id=f"t{number}", events=(f"E{number}",), at_most_s=7_200)


def the_map() -> JourneyMap:
    """Return a map of 25 touchpoints with every kind of block."""
    t = [one(number) for number in range(25)]
    stages = (
        Stage(id="find", of=(t[0], Loop(of=(t[1], t[2]), min=0), Maybe(of=(t[3], t[4])))),
        Stage(id="choose", of=(Choice(of=(InOrder(of=(t[5], t[6])), t[7])), t[8])),
        Stage(id="tell", of=(AnyOrder(of=(t[9], t[10], t[11], t[12])), t[13])),
        Stage(
            id="pay",
            of=(
                AnyOrder(of=(InOrder(of=(t[14], t[15])), InOrder(of=(t[16], Maybe(of=(t[17],)))))),
                Choice(of=(t[18], t[19])),
            ),
        ),
        Stage(
            id="get", of=(t[20], Maybe(of=(t[21],)), t[22], Loop(of=(t[23],), min=0, max=3), t[24])
        ),
    )
    return JourneyMap(
        id="bench",
        name=Words(en="Bench"),
        goal=("t22",),
        attempts=Attempts(silence_s=None, restart=False),
        stages=stages,
    )


def walk(blocks: Sequence[Block], dice: random.Random) -> list[int]:
    """Return one way through blocks, by number of touchpoint."""
    found: list[int] = []
    for block in blocks:
        match block:
            case Touchpoint():
                found.append(int(block.id[1:]))
            case InOrder():
                found += walk(block.of, dice)
            case Choice():
                found += walk([dice.choice(block.of)], dice)
            case Maybe():
                found += walk(block.of, dice) if dice.random() < 0.5 else []
            case Loop():
                for _ in range(dice.randint(block.min, 3)):
                    found += walk(block.of, dice)
            case AnyOrder():
                parts = [walk([part], dice) for part in block.of]
                while any(parts):
                    found.append(dice.choice([part for part in parts if part]).pop(0))
    return found


def disturbed(path: list[int], dice: random.Random) -> list[int]:
    """Return the way with some steps left out, repeated, exchanged or foreign."""
    path = list(path)
    for _ in range(dice.choice([0, 1, 1, 2, 3, 5])):
        at = dice.randrange(len(path))
        match dice.randrange(5):
            case 0 if len(path) > 2:
                path.pop(at)
            case 1:
                path.insert(at, path[at])
            case 2 if at:
                path[at - 1], path[at] = path[at], path[at - 1]
            case 3:
                path.insert(at, dice.randrange(25))
            case _:
                del path[max(at, 2) :]
    return path


def make_variants(journey: JourneyMap, wanted: int, seed: int) -> list[tuple[int, ...]]:
    dice = random.Random(seed)
    blocks = [block for stage in journey.stages for block in stage.of]
    found: dict[tuple[int, ...], None] = {}
    while len(found) < wanted:
        found.setdefault(tuple(disturbed(walk(blocks, dice), dice)))
    return list(found)


def make_sequences(variants: list[tuple[int, ...]], people: int, seed: int) -> Sequences:
    rng = np.random.default_rng(seed)
    share = 1 / np.arange(1, len(variants) + 1) ** 0.7
    lived = np.concatenate([
        np.arange(len(variants)),
        rng.choice(len(variants), people - len(variants), p=share / share.sum()),
    ])
    lengths = np.array([len(variants[v]) for v in lived])
    code = np.concatenate([np.array(variants[v]) for v in lived])
    gaps = rng.exponential(HOUR_US, len(code)).astype(np.int64)
    return Sequences.from_arrays(
        person=np.repeat(np.arange(people), lengths),
        time_us=np.cumsum(gaps),
        code=code,
        names=[f"E{number}" for number in range(25)],
    )


def measure(options: argparse.Namespace) -> dict[str, object]:
    """Return the figures.

    Raises:
        SystemExit: a cost is not the least there is: the time means nothing.
    """
    journey = the_map()
    variants = make_variants(journey, options.variants, options.seed)
    sequences = make_sequences(variants, options.people, options.seed)
    compute = Threads(options.threads)
    Picture.of(journey, sequences, compute=compute).conformance()
    answer, align = [], []
    found = laid(journey, sequences, compute=compute)
    machine = machine_of(journey)
    for _ in range(options.rounds):
        began = time.perf_counter()
        Picture.of(journey, sequences, compute=compute).conformance()
        answer.append(time.perf_counter() - began)
        began = time.perf_counter()
        alignments = aligned(machine, found.texts, compute)
        align.append(time.perf_counter() - began)
    number = {t.id: at for at, t in enumerate(touchpoints_of(journey))}
    starts = found.texts.starts
    chosen = np.random.default_rng(options.seed).choice(
        len(found.texts), options.sample, replace=False
    )
    began = time.perf_counter()
    for v in chosen.tolist():
        bits = found.texts.match[starts[v] : starts[v + 1]].tolist()
        least = cheapest(journey, [(bit, 0) for bit in bits], number)
        if least != alignments.cost[v]:
            raise SystemExit(f"variant {v} costs {least}, we say {alignments.cost[v]}")
    slow = (time.perf_counter() - began) / options.sample
    return {
        "variants": len(found.texts),
        "people": options.people,
        "events": sequences.events,
        "longest": int(np.diff(starts).max()),
        "answer_s": round(min(answer), 4),
        "align_s": round(min(align), 4),
        "dijkstra_s_per_variant": round(slow, 6),
        "ratios": {"dijkstra_over_ours": round(slow / (min(align) / len(found.texts)), 1)},
        "goals": GOALS,
        "threads": options.threads,
    }


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--variants", type=int, default=4_400)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20_261_123)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Run the benchmark and print the figures."""
    options = parse(arguments)
    found = measure(options)
    if options.json:
        print(json.dumps({"conformance": found}, indent=2))
    else:
        for name, value in found.items():
            print(f"{name:24} {value}")
    return found


if __name__ == "__main__":
    met = main()
    sys.exit(0 if met["ratios"]["dijkstra_over_ours"] >= GOALS["dijkstra_over_ours"] else 1)
