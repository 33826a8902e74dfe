"""`hamsafar kernels`: compile what is compiled, once, so that the first start is short."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from hamsafar.cli.ask import AsJson, tell
from hamsafar.wiring.kernels import PARTS, warm_part


def kernels(as_json: AsJson = False) -> None:
    """Compile all kernels now: about a minute the first time, a second when they are cached.

    `make setup` does it. Without it the first start compiles them while it already answers, and
    questions about journeys wait.
    """
    began = time.monotonic()
    columns = (TextColumn("compiling kernels"), BarColumn(), TimeElapsedColumn())
    fresh = multiprocessing.get_context("spawn")
    with (
        Progress(*columns, console=Console(stderr=True), disable=as_json) as progress,
        ProcessPoolExecutor(len(PARTS), mp_context=fresh) as pool,
    ):
        task = progress.add_task("kernels", total=len(PARTS))
        for part in as_completed([pool.submit(warm_part, n) for n in range(len(PARTS))]):
            part.result()
            progress.advance(task)
    seconds = round(time.monotonic() - began, 1)
    tell({"seconds": seconds}, as_json=as_json, title="Kernels are ready")
