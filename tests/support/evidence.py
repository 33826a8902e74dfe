"""What a long run proved, as a page in docs/evidence/."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "evidence"


def write_evidence(name: str, title: str, found: Mapping[str, object]) -> Path:
    """Write one page: what was run, on what, and every figure."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows = {**found, **_circumstances()}
    lines = [f"# {title}", "", "| | |", "|---|---|"]
    lines += [f"| {key} | {value} |" for key, value in rows.items()]
    page = FOLDER / f"{name}.md"
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return page


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share lies, rounded to milliseconds."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3) if ordered else 0.0


def _circumstances() -> dict[str, object]:
    return {
        "git": _said("git", "rev-parse", "HEAD")
        + (" + changes" if _said("git", "status", "--porcelain", "src") else ""),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": f"{os.cpu_count()} cores, {_cpu()}, {_memory_gb()} GB, Linux {platform.release()}",
        "load average at the end": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "Python": platform.python_version(),
    }


def _said(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)
