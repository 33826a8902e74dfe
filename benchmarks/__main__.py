"""`make bench`: every figure beside its baseline, in one table and in build/bench.json.

python -m benchmarks [--only collect,pipeline-sqlite,…] [--short]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import importing, pipeline, readable
from benchmarks.report import ROOT, Figure, Report, say

OUT = ROOT / "build" / "bench.json"
GRAPH_NAMES = {
    "counts_over_sum": "graph, counts and means",
    "quantiles_over_sum": "graph, with median and p95",
    "counts_duckdb_over_ours": "graph, counts: DuckDB takes",
    "counts_polars_over_ours": "graph, counts: Polars takes",
    "quantiles_duckdb_over_ours": "graph, quantiles: DuckDB takes",
    "quantiles_polars_over_ours": "graph, quantiles: Polars takes",
}
FUNNEL_NAMES = {
    "four_over_sum": "funnel of 4 steps",
    "fifty_over_two": "funnel of 50 steps, against 2 steps",
    "memory_over_columns": "funnel, memory with the columns",
    "clickhouse_over_ours": "funnel: ClickHouse takes",
    "duckdb_over_ours": "funnel: DuckDB takes",
    "polars_over_ours": "funnel: Polars takes",
}
FUNNEL_BASES = {
    "four_over_sum": "numpy's sum of the three columns",
    "fifty_over_two": "our time for 2 steps",
    "memory_over_columns": "the columns",
}

Rows = tuple[dict[str, object], list[Figure]]


def collect(*, short: bool) -> Rows:
    """(a)."""
    words = ["--seconds", "2", "--rounds", "2"] if short else []
    found = _script("collect", words)
    ours = found["collect"]
    raw = f"raw SQLite: {ours['raw_events_per_s']:,} events/s in the same groups"
    return found, [
        Figure("collect, share of raw synced appends", ours["ratio"], "×", raw, 0.5, at_most=False),
        Figure("collect, rate", ours["events_per_s"], "events/s", target=100_000.0, at_most=False),
        Figure("collect, p99 of a request of 100", ours["p99_ms"], "ms", target=100.0),
        Figure("collect, CPU of the server", ours["cpu_us_per_event"], "µs/event"),
    ]


def pipeline_sqlite(*, short: bool) -> Rows:
    """(b) on SQLite."""
    return _pipeline("sqlite", short=short)


def pipeline_postgresql(*, short: bool) -> Rows:
    """(b) on PostgreSQL."""
    return _pipeline("postgresql", short=short)


def _pipeline(database: str, *, short: bool) -> Rows:
    words = ["--database", database]
    if short:
        words += ["--events", "200000", "--seconds", "1", "--people", "100000", "--keys", "5000000"]
    found = pipeline.run(words)
    return found, pipeline.figures(found)


def read(*, short: bool) -> Rows:
    """(c)."""
    found = readable.run(["--seconds", "20", "--rows", "1000000"] if short else [])
    return found, readable.figures(found)


def graph(*, short: bool) -> Rows:
    """(d)."""
    words = ["--events", "2000000", "--people", "100000", "--rounds", "3"] if short else []
    found = _script("graph", [*words, "--json"], may_miss=True)["graph"]
    figures = [
        Figure(
            name,
            found["ratios"][key],
            "×",
            "numpy's sum of the three columns" if key.endswith("_sum") else "our time",
            found["goals"][key],
            at_most=key.endswith("_sum"),
        )
        for key, name in GRAPH_NAMES.items()
    ]
    return found, figures


def funnels(*, short: bool) -> Rows:
    """(f)."""
    words = ["--events", "2000000", "--people", "100000", "--rounds", "3"] if short else []
    found = _script("funnel", [*words, "--json"], may_miss=True)["funnel"]
    figures = [
        Figure(
            name,
            found["ratios"][key],
            "×",
            FUNNEL_BASES.get(key, "our time"),
            found["goals"][key],
            at_most=key in FUNNEL_BASES,
        )
        for key, name in FUNNEL_NAMES.items()
    ]
    return found, figures


def imports(*, short: bool) -> Rows:
    """(e)."""
    found = importing.run(["--events", "100000"] if short else [])
    return found, importing.figures(found)


def conditions(*, short: bool) -> Rows:
    """(g)."""
    found = _script("conditions", [*(["--events", "500000"] if short else []), "--json"])
    figures = [
        Figure("condition on a field nobody asked for", found["cold_s"], "s", target=2.0),
        Figure("the same again", found["warm_s"], "s", target=0.2),
        Figure("condition, CPU of the first", found["cold_cpu_s"], "s"),
    ]
    return found, figures


def conformance(*, short: bool) -> Rows:
    """(h)."""
    words = ["--people", "20000", "--rounds", "2"] if short else []
    found = _script("conformance", [*words, "--json"], may_miss=True)["conformance"]
    variants = f"{found['variants']:,} variants, a map of 25 touchpoints"
    figures = [
        Figure("conformance, variants aligned to a map", found["align_s"], "s", variants, 1.0),
        Figure(
            "conformance, the whole answer", found["answer_s"], "s", f"{found['events']:,} events"
        ),
        Figure(
            "conformance: Dijkstra on the product graph takes",
            found["ratios"]["dijkstra_over_ours"],
            "×",
            "our time per variant",
            found["goals"]["dijkstra_over_ours"],
            at_most=False,
        ),
    ]
    return found, figures


def queries(*, short: bool) -> Rows:
    """(i)."""
    words = ["--events", "500000", "--rounds", "2"] if short else []
    found = _script("queries", words, may_miss=True)["queries"]
    figures = [
        Figure(
            "slowest kind of query through the API, cold",
            found["worst_ms"]["cold"],
            "ms",
            target=2_000.0,
        ),
        Figure(
            "slowest kind of query through the API, warm",
            found["worst_ms"]["warm"],
            "ms",
            target=200.0,
        ),
        Figure("first query of a server that has just begun", found["first_ms"], "ms"),
    ]
    return found, figures


STEPS: dict[str, Callable[..., Rows]] = {
    "collect": collect,
    "pipeline-sqlite": pipeline_sqlite,
    "pipeline-postgresql": pipeline_postgresql,
    "readable": read,
    "graph": graph,
    "funnel": funnels,
    "import": imports,
    "conditions": conditions,
    "conformance": conformance,
    "queries": queries,
}


def _script(name: str, words: Sequence[str], *, may_miss: bool = False) -> dict[str, dict]:
    """Run a benchmark that is a program of its own; it prints JSON."""
    command = [sys.executable, str(ROOT / "benchmarks" / f"{name}.py"), *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=not may_miss, text=True)
    found: dict[str, dict] = json.loads(done.stdout)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", default=",".join(STEPS), help="of " + ", ".join(STEPS))
    parser.add_argument("--short", action="store_true", help="smaller everything: minutes")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    names = options.only.split(",")
    if unknown := set(names) - set(STEPS):
        parser.error(
            f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(STEPS)}"
        )
    report = Report()
    report.raw["short"] = options.short
    for name in names:
        say(f"{name} begins")
        try:
            # Numbers go to the table, not between its progress.
            with contextlib.redirect_stdout(io.StringIO()):
                found, figures = STEPS[name](short=options.short)
        except (Exception, SystemExit) as error:  # noqa: BLE001  (the others still run)
            report.errors[name] = f"{type(error).__name__}: {error}"
            say(f"{name} failed: {error!r}")
        else:
            report.raw[name] = found
            report.figures += figures
        report.write(options.out)
    print(report.table())
    print(f"\n{options.out}, load {report.machine['load_before']}")
    return 0 if report.is_passed else 1


if __name__ == "__main__":
    sys.exit(main())
