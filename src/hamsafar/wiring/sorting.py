"""Sorting more lines than fit in memory: sorted runs in temporary files, merged at the end."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO

RUN_LINES = 200_000

Line = tuple[int, str]
"""A number to sort by, then a text without line breaks."""


def sorted_lines(lines: Iterable[Line], *, run_lines: int = RUN_LINES) -> Iterator[str]:
    """Yield the texts by number, then by text; at most `run_lines` are held in memory.

    >>> list(sorted_lines([(2, "b"), (1, "z"), (2, "a")], run_lines=2))
    ['z', 'a', 'b']
    """
    with ExitStack() as stack:
        runs: list[IO[str]] = []
        kept: list[Line] = []
        for line in lines:
            kept.append(line)
            if len(kept) == run_lines:
                runs.append(stack.enter_context(_written(kept)))
                kept = []
        kept.sort()
        for _, text in heapq.merge(*map(_read, runs), kept):
            yield text


def _written(lines: list[Line]) -> IO[str]:
    # The caller closes it.
    file = TemporaryFile("w+", encoding="utf-8", errors="surrogatepass", newline="\n")  # noqa: SIM115
    file.writelines(f"{number} {text}\n" for number, text in sorted(lines))
    file.seek(0)
    return file


def _read(file: IO[str]) -> Iterator[Line]:
    for line in file:
        number, _, text = line.removesuffix("\n").partition(" ")
        yield int(number), text
