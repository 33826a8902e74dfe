"""Detectors of trouble on pages: each `(life, parameters, out) -> how many`.

`parameters` is f64[k] in the order of the detector's definition; times among them are seconds.
What each finds is said in `definitions`.
"""

from __future__ import annotations

from hamsafar.friction.kernels.track import first_in_session, following, has, is_skipped, put
from hamsafar.friction.life import F64, Fact, Hits, Life
from hamsafar.kernel.jit import compiled

CHECKOUT, ERROR, CLICK, PAGE = Fact.CHECKOUT, Fact.ERROR, Fact.CLICK, Fact.PAGE
BROWSE, GOAL, SEARCH, EMPTY = Fact.BROWSE, Fact.GOAL, Fact.SEARCH, Fact.EMPTY
NO_EFFECT, CONTACT, IGNORED = Fact.NO_EFFECT, Fact.CONTACT, Fact.IGNORED
TALK = CONTACT | Fact.CONTACT_END | Fact.QUESTION | Fact.ANSWER | Fact.EXPLAIN | Fact.TRANSFER
SECOND = 1_000_000
LONGEST_ROUND = 4


@compiled
def drop_off(life: Life, _parameters: F64, out: Hits) -> int:
    """A checkout begun in a session without any goal, and without an error that explains it."""
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        begun, last, reached = -1, -1, False
        for i in range(life.starts[person], life.starts[person + 1]):
            if life.facts[i] & IGNORED:
                continue
            if has(life, i, CHECKOUT) and not life.facts[i] & ERROR:
                if begun < 0:
                    begun = i
                last = i
            reached |= bool(life.facts[i] & ERROR) or (begun >= 0 and bool(life.facts[i] & GOAL))
            if life.end[i] == i:
                if begun >= 0 and not reached:
                    lost = life.time[i] - life.time[begun]
                    found = put(out, found, (last, begun, i), lost)
                begun, last, reached = -1, -1, False
    return found


@compiled
def hesitation(life: Life, parameters: F64, out: Hits) -> int:
    """A long pause at a step of the checkout, and no goal after it in the session."""
    pause = parameters[0] * SECOND
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        beyond = life.starts[person + 1]
        for i in range(life.starts[person], beyond):
            if not has(life, i, CHECKOUT) or life.facts[i] & ERROR or life.goal[i] >= 0:
                continue
            after = following(life, i, beyond)
            if after >= 0 and life.end[i] == life.end[after]:
                took = life.time[after] - life.time[i]
                if took >= pause and not life.facts[after] & CONTACT:
                    found = put(out, found, (i, i, after), took)
    return found


@compiled
def drop_after_error(life: Life, _parameters: F64, out: Hits) -> int:
    """An error after which somebody gives up; the last error of a session counts."""
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        begun, first, last, later = -1, -1, -1, 0
        for i in range(life.starts[person], life.starts[person + 1]):
            bits = life.facts[i]
            if bits & IGNORED:
                continue
            if bits & ERROR:
                first = i if first < 0 else first
                last, later = i, 0
            elif not bits & TALK:
                later += 1
            if begun < 0 and bits & CHECKOUT:
                begun = i
            if life.end[i] == i:
                gives_up = begun >= 0 or later == 0
                if last >= 0 and life.goal[last] < 0 and gives_up:
                    since = begun if 0 <= begun < first else first
                    found = put(out, found, (last, first, i), life.time[last] - life.time[since])
                begun, first, last = -1, -1, -1
    return found


@compiled
def error_to_support(life: Life, parameters: F64, out: Hits) -> int:
    """A contact within some minutes after an error; the nearest error before it counts."""
    within = parameters[0] * SECOND
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        error = -1
        for i in range(life.starts[person], life.starts[person + 1]):
            if has(life, i, ERROR):
                error = i
            elif has(life, i, CONTACT):
                if error >= 0 and life.time[i] - life.time[error] <= within:
                    lost = life.time[i] - life.time[error] + life.talk[i]
                    found = put(out, found, (error, error, i), lost)
                error = -1
    return found


@compiled
def dead_end(life: Life, _parameters: F64, out: Hits) -> int:
    """A search that found nothing as the last thing of a session."""
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        begun = -1
        for i in range(life.starts[person], life.starts[person + 1]):
            if life.facts[i] & IGNORED:
                continue
            if first_in_session(life, i, life.starts[person]):
                begun = i
            if life.end[i] == i and has(life, i, SEARCH | EMPTY):
                found = put(out, found, (i, i, i), life.time[i] - life.time[begun])
    return found


@compiled
def rage_click(life: Life, parameters: F64, out: Hits) -> int:
    """Several clicks on one element, each soon after the one before."""
    least, gap = parameters[0], parameters[1] * SECOND
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        first, last, count = -1, -1, 0
        for i in range(life.starts[person], life.starts[person + 1]):
            if not has(life, i, CLICK):
                continue
            goes_on = last >= 0 and life.spot[i] == life.spot[last]
            if goes_on and life.time[i] - life.time[last] <= gap:
                count += 1
                last = i
                continue
            if count >= least:
                found = put(out, found, (first, first, last), life.time[last] - life.time[first])
            first, last, count = i, i, 1
        if count >= least:
            found = put(out, found, (first, first, last), life.time[last] - life.time[first])
    return found


@compiled
def dead_click(life: Life, _parameters: F64, out: Hits) -> int:
    """Clicks known to have no effect; those on one element in one session are one finding."""
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        first, last = -1, -1
        for i in range(life.starts[person], life.starts[person + 1]):
            if not has(life, i, CLICK | NO_EFFECT):
                continue
            if last >= 0 and (life.spot[i] != life.spot[last] or life.end[i] != life.end[last]):
                found = put(out, found, (first, first, last), life.time[last] - life.time[first])
                first = -1
            if first < 0:
                first = i
            last = i
        if first >= 0:
            found = put(out, found, (first, first, last), life.time[last] - life.time[first])
    return found


@compiled
def loop(life: Life, parameters: F64, out: Hits) -> int:
    """The same two to four pages in the same order several times over in one session."""
    rounds = int(parameters[0])
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        beyond = life.starts[person + 1]
        i = life.starts[person]
        while i < beyond:
            if not is_task_page(life, i):
                i += 1
                continue
            last, length = longest_round(life, i, beyond, rounds)
            if length == 0:
                i += 1
                continue
            once = lap(life, i, length, beyond)
            found = put(out, found, (i, i, last), life.time[last] - life.time[once])
            i = last + 1
    return found


@compiled
def is_task_page(life: Life, i: int) -> bool:
    """Return whether an event shows a page on which one does something, not only looks around."""
    bits = life.facts[i]
    return bool(bits & (PAGE | CHECKOUT) and not bits & (BROWSE | IGNORED | GOAL | ERROR))


@compiled
def next_page(life: Life, i: int, beyond: int) -> int:
    """Return the next such page in the same session, -1 for none."""
    for j in range(i + 1, beyond):
        if life.end[j] >= 0 and life.end[j] != life.end[i]:
            return -1
        if life.end[j] >= 0 and is_task_page(life, j):
            return int(j)
    return -1


@compiled
def lap(life: Life, i: int, pages: int, beyond: int) -> int:
    """Return the page so many pages after `i`, -1 when the session ends before."""
    for _ in range(pages):
        if i >= 0:
            i = next_page(life, i, beyond)
    return i


@compiled
def longest_round(life: Life, i: int, beyond: int, rounds: int) -> tuple[int, int]:
    """Return the last row of the rounds that begin at `i` and the pages of one, else (-1, 0)."""
    for length in range(2, LONGEST_ROUND + 1):
        other = lap(life, i, length, beyond)
        if other < 0 or not differs(life, i, length, beyond):
            continue
        here, last, steps = i, -1, 0
        while other >= 0 and life.spot[here] == life.spot[other]:
            steps += 1
            last = other
            here = next_page(life, here, beyond)
            other = next_page(life, other, beyond)
        if steps >= (rounds - 1) * length:
            return last, length
    return -1, 0


@compiled
def differs(life: Life, i: int, length: int, beyond: int) -> bool:
    """Return whether the pages of one round are not all the same page."""
    here = i
    for _ in range(length - 1):
        here = next_page(life, here, beyond)
        if life.spot[here] != life.spot[i]:
            return True
    return False
