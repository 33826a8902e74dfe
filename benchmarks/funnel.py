"""(f) Funnels on synthetic events, beside numpy, DuckDB, Polars and ClickHouse (chDB).

    python benchmarks/funnel.py [--events 20000000] [--people 1000000] [--names 50] [--rounds 5]

The events of `graph.py`: sorted by (person, time), in the memory of each engine before the clock
starts. The baseline is numpy's sum of the three columns as uint64 views on one thread. Each engine
runs in a process of its own with as many threads as we have. ClickHouse asks its own
`windowFunnel`, on µs; DuckDB and Polars keep the latest start per step by running maxima (the
quickest exact wording we know; DuckDB is asked twice, with and without trusting the order of the
table). All count people per step of the same ordered funnel; ours also tells everybody's attempt,
mean, median and 95th percentile. Every engine's counts are compared before its time is believed.
Times are CPU seconds, the least of all rounds. Memory is the growth of the resident set's peak
while the funnel runs, with the columns, over the columns.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import psutil
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.graph import Figures, best, make_events
from hamsafar.journeys import Filters, Sequences, Threads, funnel, warm

STEPS = (0, 3, 7, 12)
"""Names of the four steps: frequent, and less and less so."""
WINDOW_US = 7 * 86_400 * 10**6
COLUMNS = ("person", "time", "code")

GOALS = {
    "four_over_sum": 8.0,
    "fifty_over_two": 15.0,
    "memory_over_columns": 1.5,
    "duckdb_over_ours": 8.0,
    "polars_over_ours": 8.0,
    "clickhouse_over_ours": 8.0,
}
"""The first three are at most, the others at least."""
AT_MOST = {"four_over_sum", "fifty_over_two", "memory_over_columns"}


def run_numpy(columns: dict[str, np.ndarray], options: argparse.Namespace) -> dict[str, object]:
    views = [column.view(np.uint64) for column in columns.values()]
    return {"sum": best(lambda: [view.sum() for view in views], options.rounds * 3)}


class Peak:
    """The most memory a block holds beyond what was held before, bytes."""

    def __enter__(self) -> Peak:
        self._process = psutil.Process()
        self._before = self._process.memory_info().rss
        self._most = self._before
        self._is_over = threading.Event()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._is_over.wait(0.002):
            self._most = max(self._most, self._process.memory_info().rss)

    @property
    def bytes(self) -> int:
        return self._most - self._before


def run_hamsafar(columns: dict[str, np.ndarray], options: argparse.Namespace) -> dict[str, object]:
    warm()
    names = [str(code) for code in range(options.names)]
    s = Sequences.from_arrays(
        person=columns["person"], time_us=columns["time"], code=columns["code"], names=names
    )
    size = sum(column.nbytes for column in columns.values())
    compute = Threads(options.threads)
    as_of = int(columns["time"].max())

    def ask(steps: Sequence[int], **rules: object) -> object:
        # As of which moment is known to who reads a history: the API always says it.
        window = {"window_s": WINDOW_US / 1e6, "compute": compute, "as_of_us": as_of}
        return funnel(s, [str(step) for step in steps], **window, **rules)

    with Peak() as peak:
        found = ask(STEPS)
    rounds = options.rounds
    fifty = list(range(min(50, options.names)))
    only = Filters(from_us=0, exclude=frozenset({"49"}))
    return {
        "four": best(lambda: ask(STEPS), rounds),
        "two": best(lambda: ask(STEPS[:2]), rounds),
        "fifty": best(lambda: ask(fifty), rounds),
        "filtered": best(lambda: ask(STEPS, filters=only), 2),
        "strict_time": best(lambda: ask(STEPS, ties="strict_time"), 2),
        "exclusion": best(lambda: ask(STEPS, exclusions=[("20", 0, 3)]), 2),
        "any": best(lambda: ask(STEPS, order="any"), 2),
        "strict": best(lambda: ask(STEPS, order="strict"), 2),
        "attempts": best(lambda: ask(STEPS, count_by="attempts"), 2),
        "counted": list(found.counts),
        "memory": {"over_columns": (size + peak.bytes) / size},
    }


def levels_sql(window: str) -> str:
    """Return the counts by running maxima: exact where steps are distinct events."""
    inner = f"SELECT person, t, k, max(CASE WHEN k = 1 THEN t END) OVER w AS s1 FROM e JOIN steps USING (code) WINDOW w AS ({window})"
    for step in range(2, len(STEPS) + 1):
        inner = (
            f"SELECT *, max(CASE WHEN k = {step} AND t - s{step - 1} <= {WINDOW_US} "
            f"THEN s{step - 1} END) OVER w AS s{step} FROM ({inner}) WINDOW w AS ({window})"
        )
    reached = " + ".join(f"(max(s{n}) IS NOT NULL)::INT" for n in range(1, len(STEPS) + 1))
    counts = ", ".join(f"count(*) FILTER (level >= {n})" for n in range(1, len(STEPS) + 1))
    return f"SELECT {counts} FROM (SELECT {reached} AS level FROM ({inner}) GROUP BY person)"


def run_duckdb(columns: dict[str, np.ndarray], options: argparse.Namespace) -> dict[str, object]:
    connection = duckdb.connect(config={"threads": options.threads})
    arrow = pa.table(columns)
    connection.register("arrow", arrow)
    connection.execute('CREATE TABLE e AS SELECT person, "time" AS t, code FROM arrow')
    connection.unregister("arrow")
    rows = ", ".join(f"({code}::UINTEGER, {n})" for n, code in enumerate(STEPS, 1))
    connection.execute(f"CREATE TABLE steps AS SELECT * FROM (VALUES {rows}) v(code, k)")
    sql = levels_sql("PARTITION BY person ORDER BY t, k ROWS UNBOUNDED PRECEDING")
    counted = list(connection.execute(sql).fetchone())
    run = best(lambda: connection.execute(sql).fetchall(), 2)
    return {"four": run, "counted": counted}


def run_polars(columns: dict[str, np.ndarray], _: argparse.Namespace) -> dict[str, object]:
    frame = pl.DataFrame(columns)
    number = {code: n for n, code in enumerate(STEPS, 1)}

    def query() -> pl.LazyFrame:
        found = (
            frame
            .lazy()
            .filter(pl.col("code").is_in(list(STEPS)))
            .with_columns(k=pl.col("code").replace_strict(number, return_dtype=pl.Int8))
            .with_columns(
                s1=pl.when(pl.col("k") == 1).then("time").cum_max().forward_fill().over("person")
            )
        )
        for n in range(2, len(STEPS) + 1):
            before = pl.col(f"s{n - 1}")
            is_next = (pl.col("k") == n) & (pl.col("time") - before <= WINDOW_US)
            found = found.with_columns(
                pl.when(is_next).then(before).cum_max().forward_fill().over("person").alias(f"s{n}")
            )
        has = [pl.col(f"s{n}").max().is_not_null().alias(f"r{n}") for n in range(1, len(STEPS) + 1)]
        return found.group_by("person").agg(has).select(pl.col("^r.$").sum())

    counted = list(query().collect().row(0))
    runs = [
        best(lambda engine=engine: query().collect(engine=engine), 2)
        for engine in ("in-memory", "streaming")
    ]
    return {"four": min(runs, key=lambda run: run["cpu_s"]), "counted": counted}


def run_clickhouse(
    columns: dict[str, np.ndarray], options: argparse.Namespace
) -> dict[str, object]:
    from chdb import session  # noqa: PLC0415  (only this process may load it)

    folder = options.folder
    clickhouse = session.Session()
    clickhouse.query("CREATE DATABASE IF NOT EXISTS b")
    clickhouse.query("CREATE TABLE b.e (person UInt32, t UInt64, code UInt32) ENGINE = Memory")
    for name, column in columns.items():
        kind = "t" if name == "time" else name
        np.save(folder / f"ch_{kind}.npy", column.astype(np.uint64) if kind == "t" else column)
    pa_table = pa.table({
        "person": columns["person"],
        "t": columns["time"].astype(np.uint64),
        "code": columns["code"],
    })
    from pyarrow import feather  # noqa: PLC0415

    feather.write_feather(pa_table, folder / "e.arrow", compression="uncompressed")
    clickhouse.query(f"INSERT INTO b.e SELECT * FROM file('{folder / 'e.arrow'}', 'Arrow')")
    steps = ", ".join(f"code = {code}" for code in STEPS)
    wanted = ", ".join(str(code) for code in STEPS)
    counts = ", ".join(f"countIf(level >= {n})" for n in range(1, len(STEPS) + 1))
    sql = (
        f"SELECT {counts} FROM (SELECT windowFunnel({WINDOW_US})(t, {steps}) AS level "
        f"FROM b.e WHERE code IN ({wanted}) GROUP BY person) SETTINGS max_threads = {options.threads}"
    )
    counted = [int(word) for word in str(clickhouse.query(sql, "CSV")).strip().split(",")]
    return {"four": best(lambda: clickhouse.query(sql, "CSV"), 2), "counted": counted}


ENGINES = {
    "numpy": run_numpy,
    "hamsafar": run_hamsafar,
    "duckdb": run_duckdb,
    "polars": run_polars,
    "clickhouse": run_clickhouse,
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
        found = {}
        for engine in options.engines.split(","):
            started = time.monotonic()
            found[engine] = in_process(engine, folder, options)
            print(f"{engine}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    for engine, figures in found.items():
        if engine != "numpy" and figures["counted"] != found["hamsafar"]["counted"]:
            message = f"{engine} counted {figures['counted']}, we {found['hamsafar']['counted']}"
            raise SystemExit(message)
    return {"engines": found, "ratios": ratios(found), "goals": GOALS, "threads": options.threads}


def ratios(found: dict[str, dict[str, object]]) -> Figures:
    ours = found["hamsafar"]
    total = found["numpy"]["sum"]["cpu_s"]
    result = {
        f"{what}_over_sum": run["cpu_s"] / total
        for what, run in ours.items()
        if isinstance(run, dict) and "cpu_s" in run
    }
    result["fifty_over_two"] = ours["fifty"]["cpu_s"] / ours["two"]["cpu_s"]
    result["memory_over_columns"] = ours["memory"]["over_columns"]
    for engine in ("duckdb", "polars", "clickhouse"):
        if engine in found:
            result[f"{engine}_over_ours"] = found[engine]["four"]["cpu_s"] / ours["four"]["cpu_s"]
    return {name: round(value, 2) for name, value in result.items()}


def is_met(name: str, value: float) -> bool:
    """Return whether a ratio meets its goal; one without a goal does."""
    goal = GOALS.get(name)
    if goal is None:
        return True
    return value <= goal if name in AT_MOST else value >= goal


def show(found: dict[str, object]) -> None:
    for engine, figures in found["engines"].items():
        for what, run in figures.items():
            if isinstance(run, dict) and "cpu_s" in run:
                print(
                    f"{engine:12} {what:12} cpu {run['cpu_s']:8.3f} s   wall {run['wall_s']:8.3f} s"
                )
    print("people by step", found["engines"]["hamsafar"]["counted"])
    for name, value in found["ratios"].items():
        goal = GOALS.get(name)
        sign = "≤" if name in AT_MOST else "≥"
        said = "ok" if is_met(name, value) else "MISSED"
        print(
            f"{name:28} {value:8.2f} x{'' if goal is None else f'  goal {sign} {goal:g}  {said}'}"
        )


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
    parser.add_argument("--engines", default=",".join(ENGINES), help="of " + ", ".join(ENGINES))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--engine", choices=list(ENGINES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Run the benchmark (or, with --engine, one engine's share of it) and print the figures."""
    options = parse(arguments)
    if options.engine:
        columns = {c: np.load(options.folder / f"{c}.npy") for c in COLUMNS}
        found = ENGINES[options.engine](columns, options)
        print(json.dumps(found))
        return found
    found = measure(options)
    if options.json:
        print(json.dumps({"funnel": found}, indent=2))
    else:
        show(found)
    return found


if __name__ == "__main__":
    met = main()
    if "ratios" in met:
        sys.exit(0 if all(is_met(*item) for item in met["ratios"].items()) else 1)
