"""Compiled kernels over rows: who is filed where, putting rows in order, picking whole persons."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hamsafar.engines.segments.jit import kernel
from hamsafar.storage.types import I64, U32

Flags = NDArray[np.bool_]

SMALL = 24


@kernel
def persons_of(node: I64, person_of: U32) -> U32:
    """Return each row's person; 0 for a node the view does not know."""
    person = np.zeros(len(node), np.uint32)
    known = len(person_of)
    for i in range(len(node)):
        if 0 <= node[i] < known:
            person[i] = person_of[node[i]]
    return person


@kernel
def runs_of(person: U32) -> tuple[U32, I64]:
    """Return the distinct persons of a sorted column and the first row of each, plus the end."""
    count = 0
    for i in range(len(person)):
        if i == 0 or person[i] != person[i - 1]:
            count += 1
    persons = np.empty(count, np.uint32)
    starts = np.empty(count + 1, np.int64)
    count = 0
    for i in range(len(person)):
        if i == 0 or person[i] != person[i - 1]:
            persons[count] = person[i]
            starts[count] = i
            count += 1
    starts[count] = len(person)
    return persons, starts


@kernel
def pairs_of(starts: I64, node: I64) -> tuple[I64, I64]:
    """Return the distinct (node, run) pairs of rows sorted by person."""
    top = np.int64(0)
    for i in range(len(node)):
        if node[i] > top:
            top = node[i]
    last_run = np.full(top + 1, -1, np.int64)
    nodes = np.empty(len(node), np.int64)
    runs = np.empty(len(node), np.int64)
    count = 0
    for run in range(len(starts) - 1):
        for i in range(starts[run], starts[run + 1]):
            if last_run[node[i]] != run:
                last_run[node[i]] = run
                nodes[count] = node[i]
                runs[count] = run
                count += 1
    return nodes[:count].copy(), runs[:count].copy()


@kernel
def mark_moved(
    pairs: tuple[I64, I64], persons: U32, skip: Flags, person_of: U32, dirty: Flags
) -> int:
    """Mark both persons of every node filed elsewhere than it belongs; return how many.

    `pairs` are (node, run); skipped runs do not count: another part holds them.
    """
    nodes, runs = pairs
    moved = 0
    known = len(person_of)
    for i in range(len(nodes)):
        if skip[runs[i]]:
            continue
        now = np.uint32(0)
        if nodes[i] < known:
            now = person_of[nodes[i]]
        if now != persons[runs[i]]:
            dirty[now] = True
            dirty[persons[runs[i]]] = True
            moved += 1
    return moved


@kernel
def mark_rows(person: U32, dirty: Flags) -> None:
    """Mark the person of every row."""
    for i in range(len(person)):
        dirty[person[i]] = True


@kernel
def pick_runs(persons: U32, dirty: Flags, skip: Flags) -> Flags:
    """Return which runs belong to dirty persons and are not skipped yet."""
    picked = np.zeros(len(persons), np.bool_)
    for i in range(len(persons)):
        picked[i] = dirty[persons[i]] and not skip[i]
    return picked


@kernel
def rows_of_runs(starts: I64, picked: Flags) -> I64:
    """Return the rows of the picked runs, in order."""
    count = 0
    for run in range(len(picked)):
        if picked[run]:
            count += starts[run + 1] - starts[run]
    rows = np.empty(count, np.int64)
    count = 0
    for run in range(len(picked)):
        if picked[run]:
            for i in range(starts[run], starts[run + 1]):
                rows[count] = i
                count += 1
    return rows


@kernel
def is_after(time: I64, seq: I64, a: int, b: int) -> bool:
    """Tell whether row a stands after row b within one person."""
    return bool(time[a] > time[b] or (time[a] == time[b] and seq[a] > seq[b]))


@kernel
def insert_sort(order: I64, start: int, end: int, time: I64, seq: I64) -> None:
    """Sort a short stretch of `order` by (time, seq), stable."""
    for i in range(start + 1, end):
        row = order[i]
        j = i - 1
        while j >= start and is_after(time, seq, order[j], row):
            order[j + 1] = order[j]
            j -= 1
        order[j + 1] = row


@kernel
def merge_sort(order: I64, start: int, end: int, time: I64, seq: I64, room: I64) -> None:
    """Sort a long stretch of `order` by (time, seq), stable; `room` is scratch of its length."""
    for low in range(start, end, SMALL):
        insert_sort(order, low, min(low + SMALL, end), time, seq)
    width = SMALL
    while width < end - start:
        for low in range(start, end - width, 2 * width):
            middle = low + width
            high = min(middle + width, end)
            if not is_after(time, seq, order[middle - 1], order[middle]):
                continue
            for i in range(low, middle):
                room[i - low] = order[i]
            left, right, out = 0, middle, low
            while left < middle - low and right < high:
                if is_after(time, seq, room[left], order[right]):
                    order[out] = order[right]
                    right += 1
                else:
                    order[out] = room[left]
                    left += 1
                out += 1
            while left < middle - low:
                order[out] = room[left]
                left += 1
                out += 1
        width *= 2


@kernel
def order_rows(person: U32, time: I64, seq: I64) -> I64:
    """Return the rows in order of (person, time, seq); equal rows keep their order.

    A counting sort by person, then a small sort inside each person; rows that come as a few sorted
    runs are hardly moved. Takes 8 bytes for every id up to the largest: see `parts.row_order`.
    """
    n = len(person)
    top = np.int64(0)
    for i in range(n):
        if np.int64(person[i]) > top:
            top = np.int64(person[i])
    place = np.zeros(top + 2, np.int64)
    for i in range(n):
        place[np.int64(person[i]) + 1] += 1
    longest = np.int64(0)
    for p in range(1, top + 2):
        if place[p] > longest:
            longest = place[p]
        place[p] += place[p - 1]
    order = np.empty(n, np.int64)
    for i in range(n):
        here = np.int64(person[i])
        order[place[here]] = i
        place[here] += 1
    room = np.empty(longest, np.int64)
    start = 0
    while start < n:
        end = place[np.int64(person[order[start]])]
        if end - start <= SMALL:
            insert_sort(order, start, end, time, seq)
        else:
            merge_sort(order, start, end, time, seq, room)
        start = end
    return order


@kernel
def inverse_of(order: I64) -> I64:
    """Return where each row goes, given which row comes to each place."""
    places = np.empty(len(order), np.int64)
    for i in range(len(order)):
        places[order[i]] = i
    return places


@kernel
def move_rows(column: NDArray[Any], rows: I64, places: I64, out: NDArray[Any]) -> None:
    """Copy these rows of a column to their places."""
    for i in range(len(rows)):
        out[places[i]] = column[rows[i]]


@kernel
def newest_rows(node: I64, window: tuple[int, int], wanted: I64, limit: int) -> I64:
    """Return up to `limit` rows of wanted nodes, from the window's end backwards.

    `window` holds rows sorted by (time, seq); `wanted` is sorted.
    """
    rows = np.empty(min(limit, window[1] - window[0]), np.int64)
    count = 0
    i = window[1] - 1
    while i >= window[0] and count < len(rows):
        at = np.searchsorted(wanted, node[i])
        if at < len(wanted) and wanted[at] == node[i]:
            rows[count] = i
            count += 1
        i -= 1
    return rows[:count].copy()


@kernel
def rows_before(time: I64, seq: I64, window: tuple[int, int], before: int, before_seq: int) -> int:
    """Return the first row in the window that is not older than (before, before_seq)."""
    low, high = window
    while low < high:
        middle = (low + high) // 2
        if time[middle] < before or (time[middle] == before and seq[middle] < before_seq):
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def rows_of_seqs(seq: I64, wanted: I64) -> I64:
    """Return the rows with one of these seqs, which are few, sorted and distinct, as rows' are."""
    rows = np.empty(len(wanted), np.int64)
    count = 0
    least, most = wanted[0], wanted[-1]
    for i in range(len(seq)):
        if least <= seq[i] <= most:
            at = np.searchsorted(wanted, seq[i])
            if wanted[at] == seq[i] and count < len(rows):
                rows[count] = i
                count += 1
    return rows[:count].copy()
