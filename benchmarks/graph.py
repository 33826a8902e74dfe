"""(d) The directly-follows graph on synthetic events, beside numpy, DuckDB and Polars.

    python benchmarks/graph.py [--events 20000000] [--people 1000000] [--names 50] [--rounds 5]

Events lie sorted by (person, time) in the memory of each engine before the clock starts. The
baseline is numpy's sum of the three columns as uint64 views on one thread: the time it takes just
to look at them. DuckDB and Polars compute the same quantities (count and mean per edge, starts,
ends; then median and p95 too) in the fastest of several wordings, each in a process of its own
with as many threads as we have. DuckDB is asked twice: `duckdb` says (PARTITION BY person ORDER BY
t), which SQL needs to be right; `duckdb_unordered` trusts that a table is read in the order it was
filled, so it need not sort, but nothing promises it. The goal speaks of the first. Every engine's counts are compared before its time is believed.
Times are CPU seconds, the least of all rounds; passes are judged by ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from hamsafar.journeys import Filters, Sequences, Threads, edge_people, graph, variants, warm

Figures = dict[str, float]
Counted = dict[str, int]

GOALS = {
    "counts_over_sum": 8.0,
    "quantiles_over_sum": 20.0,
    "counts_duckdb_over_ours": 8.0,
    "counts_polars_over_ours": 3.0,
    "quantiles_duckdb_over_ours": 8.0,
    "quantiles_polars_over_ours": 3.0,
}
"""The first two are at most, the others at least."""


def make_events(events: int, people: int, names: int, seed: int) -> dict[str, np.ndarray]:
    """Return sorted columns: heavy-tailed events per person, names and gaps."""
    rng = np.random.default_rng(seed)
    weight = rng.pareto(1.2, people) + 0.3
    weight = np.minimum(weight, np.quantile(weight, 0.9999))
    per = np.maximum(1, (weight / weight.sum() * (events - people)).astype(np.int64))
    per += np.bincount(rng.integers(0, people, events - per.sum()), minlength=people)
    first = np.concatenate([[0], np.cumsum(per)[:-1]])
    gap = np.exp(rng.normal(np.log(60e6), 2.5, events)).astype(np.int64)
    time_us = np.cumsum(gap)
    began = 1_700_000_000_000_000 + rng.integers(0, 180 * 86_400 * 10**6, people)
    share = 1 / np.arange(1, names + 1)
    return {
        "person": np.repeat(np.arange(people, dtype=np.uint32), per),
        "time": time_us - np.repeat(time_us[first] - began, per),
        "code": rng.choice(names, events, p=share / share.sum()).astype(np.uint32),
    }


def best(task: Callable[[], object], rounds: int) -> Figures:
    """Return the least CPU and wall seconds."""
    cpu, wall = [], []
    for _ in range(rounds):
        cpu_before, wall_before = time.process_time(), time.perf_counter()
        task()
        cpu.append(time.process_time() - cpu_before)
        wall.append(time.perf_counter() - wall_before)
    return {"cpu_s": min(cpu), "wall_s": min(wall)}


def counted(
    edges: Sequence[tuple[int, int, int]],
    starts: Sequence[tuple[int, int]],
    ends: Sequence[tuple[int, int]],
) -> Counted:
    """Return a digest that only equal counts share."""
    return {
        "edges": len(edges),
        "transitions": sum(n for _, _, n in edges),
        "weighed": sum((a * 31 + b * 17 + 1) * n for a, b, n in edges),
        "starts": sum((a + 1) * n for a, n in starts),
        "ends": sum((a + 1) * n for a, n in ends),
    }


def of_groups(rows: Sequence[tuple[int, int, bool, int]]) -> Counted:
    """Return the digest of (previous code, code, same person, count) groups.

    Where the person changes, the code before is an end and the code after is a start; the first
    and the last row are added by the caller as groups with -1.
    """
    edges = [(a, b, n) for a, b, same, n in rows if same]
    turns = [(a, b, n) for a, b, same, n in rows if not same]
    return counted(
        edges,
        [(b, n) for _, b, n in turns if b >= 0],
        [(a, n) for a, _, n in turns if a >= 0],
    )


def run_numpy(columns: dict[str, np.ndarray], options: argparse.Namespace) -> dict[str, object]:
    views = [column.view(np.uint64) for column in columns.values()]
    return {"sum": best(lambda: [view.sum() for view in views], options.rounds * 3)}


def run_hamsafar(columns: dict[str, np.ndarray], options: argparse.Namespace) -> dict[str, object]:
    warm()
    names = [str(code) for code in range(options.names)]
    started = time.process_time()
    s = Sequences.from_arrays(
        person=columns["person"], time_us=columns["time"], code=columns["code"], names=names
    )
    built = time.process_time() - started
    compute = Threads(options.threads)
    filters = Filters(from_us=0)
    found = graph(s, compute=compute)
    rounds = options.rounds
    return {
        "counts": best(lambda: graph(s, quantiles=False, compute=compute), rounds),
        "quantiles": best(lambda: graph(s, compute=compute), rounds),
        "quantiles_filtered": best(lambda: graph(s, filters, compute=compute), rounds),
        "edge_people": best(lambda: edge_people(s, "20", "30", compute=compute), rounds),
        "variants": best(lambda: variants(s, limit=100, compute=compute), rounds),
        "build": {"cpu_s": built, "wall_s": built},
        "counted": counted(
            [(int(e.from_), int(e.to), e.count) for e in found.edges],
            [(int(n.name), n.count) for n in found.starts],
            [(int(n.name), n.count) for n in found.ends],
        ),
    }


def run_duckdb(columns: dict[str, np.ndarray], options: argparse.Namespace) -> dict[str, object]:
    connection = duckdb.connect(config={"threads": options.threads})
    arrow = pa.table(columns)
    connection.register("arrow", arrow)
    connection.execute('CREATE TABLE e AS SELECT person, "time" AS t, code FROM arrow')
    connection.unregister("arrow")
    windows = {
        "duckdb_unordered": "()",
        "duckdb": "(PARTITION BY person ORDER BY t)",
    }
    aggregates = {
        "counts": ("",),
        "quantiles": (
            ", approx_quantile(took, [0.5, 0.95])",
            ", quantile_cont(took, [0.5, 0.95])",
        ),
    }

    def query(window: str, aggregate: str) -> str:
        return f"""
            SELECT before, code, same, count(*), avg(took){aggregate} FROM (
                SELECT code, lag(code) OVER w AS before,
                    t - lag(t) OVER w AS took, coalesce(lag(person) OVER w = person, FALSE) AS same
                FROM e WINDOW w AS {window})
            GROUP BY ALL"""

    def fetch(sql: str) -> list[tuple[int, ...]]:
        return connection.execute(sql).fetchall()

    rows = [
        (-1 if a is None else a, b, same, n)
        for a, b, same, n, _ in fetch(query(windows["duckdb_unordered"], ""))
    ]
    rows.append((int(columns["code"][-1]), -1, False, 1))
    found: dict[str, object] = {"counted": of_groups(rows)}
    rounds = options.rounds if options.engine == "duckdb_unordered" else 2
    for name, forms in aggregates.items():
        runs = [
            best(lambda form=form: fetch(query(windows[options.engine], form)), rounds)
            for form in forms
        ]
        found[name] = min(runs, key=lambda run: run["cpu_s"])
    return found


def run_polars(columns: dict[str, np.ndarray], options: argparse.Namespace) -> dict[str, object]:
    frame = pl.DataFrame(columns)
    before = frame.lazy().select(
        "code",
        before=pl.col("code").shift(),
        same=pl.col("person") == pl.col("person").shift(),
        took=pl.col("time").diff(),
    )
    key = (pl.col("before").cast(pl.UInt32) * options.names + pl.col("code")) * 2 + pl.col("same")
    plain = [pl.len(), pl.col("took").mean()]
    quantiles = [pl.col("took").median().alias("m"), pl.col("took").quantile(0.95).alias("p")]

    def ask(by: list[object], what: list[pl.Expr], engine: str) -> pl.DataFrame:
        return before.group_by(by).agg(what).collect(engine=engine)

    groups = ask(["before", "code", "same"], [pl.len()], "in-memory").rows()
    rows = [(-1 if a is None else a, b, bool(same), n) for a, b, same, n in groups]
    rows.append((int(columns["code"][-1]), -1, False, 1))
    found: dict[str, object] = {"counted": of_groups(rows)}
    for name, what in (("counts", plain), ("quantiles", plain + quantiles)):
        runs = [
            best(lambda by=by, engine=engine, what=what: ask(by, what, engine), options.rounds)
            for by in (["before", "code", "same"], [key.alias("key")])
            for engine in ("in-memory", "streaming")
        ]
        found[name] = min(runs, key=lambda run: run["cpu_s"])
    return found


ENGINES = {
    "numpy": run_numpy,
    "hamsafar": run_hamsafar,
    "duckdb": run_duckdb,
    "duckdb_unordered": run_duckdb,
    "polars": run_polars,
}


def in_process(engine: str, folder: Path, options: argparse.Namespace) -> dict[str, object]:
    """Run one engine in a process of its own and return what it found."""
    command = [sys.executable, __file__, "--engine", engine, "--folder", str(folder)]
    for name in ("names", "rounds", "threads"):
        command += [f"--{name}", str(getattr(options, name))]
    threads = {"POLARS_MAX_THREADS": str(options.threads), "OMP_NUM_THREADS": "1"}
    answer = subprocess.run(
        command, env=os.environ | threads, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, object] = json.loads(answer.stdout)
    return found


def measure(options: argparse.Namespace) -> dict[str, object]:
    """Return every engine's figures, and the ratios the goals speak of.

    Raises:
        SystemExit: an engine counted differently: its time means nothing.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        columns = make_events(options.events, options.people, options.names, options.seed)
        for column, values in columns.items():
            np.save(folder / f"{column}.npy", values)
        del columns
        found = {engine: in_process(engine, folder, options) for engine in ENGINES}
    for engine in ("duckdb", "duckdb_unordered", "polars"):
        if found[engine]["counted"] != found["hamsafar"]["counted"]:
            message = (
                f"{engine} counted {found[engine]['counted']}, we {found['hamsafar']['counted']}"
            )
            raise SystemExit(message)
    return {"engines": found, "ratios": ratios(found), "goals": GOALS, "threads": options.threads}


def ratios(found: dict[str, dict[str, object]]) -> Figures:
    def cpu(engine: str, what: str) -> float:
        return found[engine][what]["cpu_s"]

    result = {}
    for what in ("counts", "quantiles"):
        ours = cpu("hamsafar", what)
        result[f"{what}_over_sum"] = ours / cpu("numpy", "sum")
        result[f"{what}_duckdb_over_ours"] = cpu("duckdb", what) / ours
        result[f"{what}_duckdb_unordered_over_ours"] = cpu("duckdb_unordered", what) / ours
        result[f"{what}_polars_over_ours"] = cpu("polars", what) / ours
    for what in ("quantiles_filtered", "edge_people", "variants", "build"):
        result[f"{what}_over_sum"] = cpu("hamsafar", what) / cpu("numpy", "sum")
    return {name: round(value, 2) for name, value in result.items()}


def is_met(name: str, value: float) -> bool:
    """Return whether a ratio meets its goal; one without a goal does."""
    goal = GOALS.get(name)
    if goal is None:
        return True
    return value <= goal if name.endswith("_over_sum") else value >= goal


def show(found: dict[str, object]) -> None:
    for engine, figures in found["engines"].items():
        for what, run in figures.items():
            if what != "counted":
                print(
                    f"{engine:16} {what:20} cpu {run['cpu_s']:8.3f} s   wall {run['wall_s']:8.3f} s"
                )
    for name, value in found["ratios"].items():
        goal = GOALS.get(name)
        sign = "≤" if name.endswith("_over_sum") else "≥"
        wanted = (
            ""
            if goal is None
            else f"  goal {sign} {goal:g}  {'ok' if is_met(name, value) else 'MISSED'}"
        )
        print(f"{name:38} {value:8.2f} x{wanted}")


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--names", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20_260_301)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--engine", choices=list(ENGINES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Run the benchmark (or, with --engine, one engine's share of it) and print the figures."""
    options = parse(arguments)
    if options.engine:
        columns = {c: np.load(options.folder / f"{c}.npy") for c in ("person", "time", "code")}
        found = ENGINES[options.engine](columns, options)
        print(json.dumps(found))
        return found
    found = measure(options)
    if options.json:
        print(json.dumps({"graph": found}, indent=2))
    else:
        show(found)
    return found


if __name__ == "__main__":
    met = main()
    if "ratios" in met:
        sys.exit(0 if all(is_met(*item) for item in met["ratios"].items()) else 1)
