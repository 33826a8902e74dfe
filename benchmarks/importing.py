"""(e) Import of a file by the command line, and making the file by the simulator.

    python -m benchmarks.importing [--events 1000000]

The import runs until the pipeline's lag is 0; its rate is rows over all of its wall time. The CPU
time is that of the command and of the worker it starts together.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import Figure, say
from hamsafar.simulate import Settings as Town
from hamsafar.simulate import write

HAMSAFAR = [sys.executable, "-m", "hamsafar.cli"]


def run(arguments: Sequence[str]) -> dict[str, object]:
    """Simulate a file, import it into an empty data folder, and compare with the truth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "events.jsonl"
        cpu, began = time.process_time(), time.monotonic()
        written = write(Town.bench(events=options.events), file)
        made_cpu, made_s = time.process_time() - cpu, time.monotonic() - began
        say(f"import: {written.counts.lines:,} events simulated in {made_s:.1f} s")
        before = _children_cpu()
        done = subprocess.run(
            [*HAMSAFAR, "import", str(file), "--data", f"{name}/data", "--yes", "--json"],
            stdout=subprocess.PIPE,
            check=True,
        )
        cpu_s = _children_cpu() - before
    found = json.loads(done.stdout.splitlines()[-1])
    truth = written.counts
    counts = (found["imported"], found["duplicates"], found["quarantined"])
    return {
        "simulated": truth.lines,
        "simulate_s_per_million": round(made_s / truth.lines * 1e6, 2),
        "simulate_cpu_s_per_million": round(made_cpu / truth.lines * 1e6, 2),
        "rows_per_s": found["rows_per_s"],
        "cpu_us_per_row": round(cpu_s / truth.lines * 1e6, 2),
        "counts_match": counts == (truth.unique, truth.duplicates, truth.invalid),
        "import": found,
    }


def _children_cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def figures(found: dict[str, object]) -> list[Figure]:
    """Return the rows of the report."""

    def number(key: str) -> float:
        return float(str(found[key]))

    return [
        Figure(
            "import of simulated JSON Lines",
            number("rows_per_s"),
            "rows/s",
            "to lag 0",
            target=30_000.0,
            at_most=False,
        ),
        Figure("import, CPU of command and worker", number("cpu_us_per_row"), "µs/row"),
        Figure(
            "import, counts equal the truth",
            float(bool(found["counts_match"])),
            "",
            "imported, repeated, set aside",
            1.0,
            at_most=False,
        ),
        Figure(
            "1 M simulated events, CPU",
            number("simulate_cpu_s_per_million"),
            "s",
            f"{found['simulate_s_per_million']} s by the clock",
            60.0,
        ),
    ]


if __name__ == "__main__":
    print(json.dumps({"import": run(sys.argv[1:])}, indent=2))
