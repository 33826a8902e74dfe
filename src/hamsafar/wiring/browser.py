"""Where the browser library and the console lie inside the installed package."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def package_dir(name: str) -> Path:
    """Return a folder inside the installed package; it may be missing in a source checkout."""
    return Path(str(files("hamsafar"))) / name
