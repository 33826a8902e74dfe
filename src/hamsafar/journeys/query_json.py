"""Queries as JSON: one decoder, whose errors name the field, as `query.steps[1].condition.of[0].op`."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from hamsafar.journeys.clause import Clause, Unreadable, read_clause
from hamsafar.journeys.query import Query
from hamsafar.journeys.query_checks import check_query
from hamsafar.kernel.errors import BadInput

MAX_QUERY_BYTES = 200_000
"""A longer query is no question a person asks."""

T = TypeVar("T")
_PLACE = re.compile(r" - at `(key in )?\$([^`]*)`$")


def read_query(body: bytes | object, where: str = "query") -> Query:
    """Return the query a request says.

    Args:
        body: JSON bytes, or the decoded value.
        where: what stands before the field in an error.

    Raises:
        BadInput: it says none; `where` names the field.
    """
    query: Query = _decoded(body, Query, where)  # type: ignore[arg-type]  # a union is no type
    check_query(query, where)
    return query


def read_part(body: bytes | object, kind: type[T], where: str) -> T:
    """Return a part of a query that stands alone; its fields that are queries are not checked.

    Raises:
        BadInput: as `read_query`.
    """
    return _decoded(body, kind, where)


def write_query(query: Query) -> bytes:
    """Return a query as JSON; equal queries give equal bytes, and `read_query` reads them."""
    return write_part(query)


def write_part(part: msgspec.Struct) -> bytes:
    """Return anything that may hold conditions as JSON."""
    return _encoder.encode(part)


def _decoded(body: object, kind: type[T], where: str) -> T:
    if isinstance(body, bytes) and len(body) > MAX_QUERY_BYTES:
        raise BadInput(f"a query has at most {MAX_QUERY_BYTES:,} bytes", where=where)
    try:
        value = msgspec.json.decode(body) if isinstance(body, bytes) else body
        return msgspec.convert(value, kind, dec_hook=_hook, strict=True)
    except msgspec.ValidationError as error:
        raise _refusal(error, where) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"the body is not JSON: {error}", where=where) from None
    except RecursionError:
        raise BadInput("this is nested too deeply", where=where) from None


def _hook(kind: type, value: object) -> object:
    if kind is Clause:
        return read_clause(value)
    raise NotImplementedError(kind)


def _write(value: object) -> object:
    if isinstance(value, Clause):
        return msgspec.Raw(value.text)
    raise NotImplementedError(type(value))


def _refusal(error: msgspec.ValidationError, where: str) -> BadInput:
    text = str(error)
    place = _PLACE.search(text)
    inside = "" if place is None else place[2]
    words = text if place is None else text[: place.start()]
    if isinstance(error.__cause__, Unreadable):
        inside += error.__cause__.inner
        words = str(error.__cause__)
    return BadInput(words.replace("`", ""), where=f"{where}{inside}".removeprefix("."))


_encoder = msgspec.json.Encoder(enc_hook=_write)
