"""Pages of the people behind a number."""

from __future__ import annotations

from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.types import CellPeople, CellPerson
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.paging import Page, decode_cursor, encode_cursor

MAX_PAGE = 500


def page_of(crowd: Crowd, *, cursor: str | None, limit: int) -> tuple[Page[CellPerson], CellPeople]:
    """Return a page of people with the figures of all of them.

    The cursor holds the last person's place in the order, not an offset: people who arrive
    between two pages push nobody onto both.

    Args:
        crowd: everybody.
        cursor: `next` of the page before; None: the first page.
        limit: people on a page, 1 … `MAX_PAGE`.

    Raises:
        BadInput: a wrong limit or cursor.
    """
    if not 1 <= limit <= MAX_PAGE:
        raise BadInput(f"limit must be 1 … {MAX_PAGE}, not {limit}", where="limit")
    offset = 0 if cursor is None else crowd.offset_after(*_place(cursor))
    whole = crowd.page(offset, limit)
    last = whole.people[-1] if whole.people else None
    has_more = offset + len(whole.people) < whole.total
    following = encode_cursor((last.count, last.last_at_us, last.person)) if last else None
    return Page(items=whole.people, next=following if has_more else None), whole


def _place(cursor: str) -> tuple[int, int, int]:
    match decode_cursor(cursor):
        case (int(count), int(last_at_us), int(person)):
            return count, last_at_us, person
        case _:
            raise BadInput("this cursor belongs to another list", where="cursor")
