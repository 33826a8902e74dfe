"""File systems that are small, or can lose their power."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(kind: str, options: str, source: str, at: Path) -> Iterator[None]:
    """Mount a file system for a while; skips where we may not."""
    at.mkdir(exist_ok=True)
    command = ["mount", "-t", kind, "-o", options, source, str(at)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"cannot mount {kind}: {done.stderr.strip()}")
    try:
        yield
    finally:
        unmount(at)


def unmount(at: Path) -> None:
    """Take a file system away; in the end also from under whoever still has it open."""
    for _ in range(50):
        done = subprocess.run(["umount", str(at)], capture_output=True, check=False)
        if done.returncode == 0:
            return
        time.sleep(0.1)
    subprocess.run(["umount", "-l", str(at)], check=False)


def make_image(image: Path, megabytes: int) -> None:
    """Make a file with an ext4 file system in it; skips where we may not."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount and shut down a file system")
    image.unlink(missing_ok=True)
    with image.open("wb") as handle:
        handle.truncate(megabytes * 1024**2)
    if subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=False).returncode != 0:
        pytest.skip("mkfs.ext4 does not work here")


def cut_power(at: Path) -> None:
    """Stop a file system where it stands: what is not synced is lost."""
    done = subprocess.run(["xfs_io", "-x", "-c", "shutdown", str(at)], check=False)
    if done.returncode != 0:
        pytest.skip("cannot shut the file system down")
