"""What the benchmarks found: one table for people, one JSON file for machines."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Figure:
    """One measured number.

    Attributes:
        value: measured.
        baseline: what it stands beside, in words.
        limit: bound of the pass, None when the figure is only told or is a target.
        at_most: whether the bound is an upper one.
        target: an absolute wish for an idle 2-core machine; missing it is no failure.
    """

    name: str
    value: float
    unit: str
    baseline: str = ""
    limit: float | None = None
    at_most: bool = True
    target: float | None = None

    @property
    def verdict(self) -> str:
        """Return pass, FAIL, or for targets reached or missed."""
        bound = self.target if self.limit is None else self.limit
        if bound is None:
            return ""
        is_met = self.value <= bound if self.at_most else self.value >= bound
        if self.limit is None:
            return "reached" if is_met else "missed"
        return "pass" if is_met else "FAIL"

    @property
    def bound(self) -> str:
        """Return the limit or target in words."""
        sign = "≤" if self.at_most else "≥"
        if self.limit is not None:
            return f"{sign} {self.limit:g}"
        return "" if self.target is None else f"target {sign} {self.target:g}"


def machine() -> dict[str, object]:
    """Return what the figures were measured on, and how busy it was."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    git = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "git": git.stdout.strip(),
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_before": os.getloadavg(),
    }


@dataclass
class Report:
    """All figures of one run."""

    figures: list[Figure] = field(default_factory=list)
    raw: dict[str, object] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    machine: Mapping[str, object] = field(default_factory=machine)

    @property
    def is_passed(self) -> bool:
        """Return whether nothing failed."""
        return not self.errors and all(figure.verdict != "FAIL" for figure in self.figures)

    def table(self) -> str:
        """Return the figures as a Markdown table."""
        lines = [
            "| figure | measured | beside | limit | verdict |",
            "|---|---:|---|---|---|",
            *(
                f"| {f.name} | {f.value:,.4g} {f.unit} | {f.baseline} | {f.bound} | {f.verdict} |"
                if f.value < 10_000
                else f"| {f.name} | {f.value:,.0f} {f.unit} | {f.baseline} | {f.bound} | {f.verdict} |"
                for f in self.figures
            ),
            *(f"| {name} | | | | FAIL: {why} |" for name, why in self.errors.items()),
        ]
        return "\n".join(lines)

    def write(self, to: Path) -> None:
        """Write everything as JSON."""
        to.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(
            {
                "machine": {**self.machine, "load_after": os.getloadavg()},
                "passed": self.is_passed,
                "figures": [{**asdict(f), "verdict": f.verdict} for f in self.figures],
                "errors": self.errors,
                "raw": self.raw,
            },
            indent=1,
            ensure_ascii=False,
        )
        part = to.with_name(to.name + ".part")
        part.write_text(text + "\n")
        part.replace(to)


_began = time.monotonic()


def say(text: str) -> None:
    """Tell people how far it is, on standard error."""
    print(f"[{time.monotonic() - _began:7.1f} s] {text}", file=sys.stderr, flush=True)
