"""Which operator takes which value."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

from hamsafar.expr.types import Op, Scalar, Value
from hamsafar.expr.values import instant_us, normal, number_of
from hamsafar.kernel.errors import BadInput
from hamsafar.lang.text import spelling

MAX_TEXT = 1000
MAX_VALUES = 1000
_SHOWN = 60
_NO_VALUE = frozenset({Op.EXISTS, Op.MISSING})
_LISTS = frozenset({Op.IN, Op.NOT_IN})


@dataclass(frozen=True, slots=True)
class Operand:
    """An operator with the value it takes, in normal form."""

    op: Op
    value: Value


def op_of(said: object, where: str) -> Op:
    """Return the operator of this name.

    Raises:
        BadInput: there is none.
    """
    if not isinstance(said, str) or said not in set(Op):
        raise BadInput(f"op must be one of {', '.join(Op)}; not {shown(said)}", where=where)
    return Op(said)


def operand_of(op: Op, value: object, where: str) -> Operand:
    """Return the operator with its value checked.

    Raises:
        BadInput: a value this operator cannot compare with; says which it takes.
    """
    if op in _NO_VALUE:
        if value is not None:
            raise BadInput(f"{op} takes no value; leave it out", where=where)
        return Operand(op, None)
    if op in _LISTS:
        return Operand(op, _list(op, value, where))
    if op == Op.BETWEEN:
        return Operand(op, _ends(value, where))
    return Operand(op, _READ[op](value, where))


def shown(value: object) -> str:
    """Return a value as an error quotes it."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _scalar(value: object, where: str) -> Scalar:
    if value is None:
        raise BadInput('compare with a value; for none there is "missing"', where=where)
    if not isinstance(value, str | int | float) or (found := normal(value)) is None:
        raise BadInput(f"must be text, a number, true or false; not {shown(value)}", where=where)
    if found in {inf, -inf}:
        raise BadInput(f"{shown(value)} is too large a number", where=where)
    if isinstance(found, str) and len(found) > MAX_TEXT:
        raise BadInput(f"at most {MAX_TEXT} characters", where=where)
    return found


def _text(value: object, where: str) -> Scalar:
    if not isinstance(value, str):
        raise BadInput(f"must be text, not {shown(value)}", where=where)
    found = _scalar(value, where)
    if not spelling(str(found)):
        raise BadInput("must have at least one visible character", where=where)
    return found


def _text_or_item(value: object, where: str) -> Scalar:
    return _text(value, where) if isinstance(value, str) else _scalar(value, where)


def _number(value: object, where: str) -> Scalar:
    found = _scalar(value, where) if isinstance(value, int | float) else None
    if found is None or number_of(found) is None:
        message = f"must be a number, not {shown(value)}; for times there are before and after"
        raise BadInput(message, where=where)
    return found


def _moment(value: object, where: str) -> Scalar:
    if not isinstance(value, str) or instant_us(value) is None:
        message = f"must be a time such as 2026-11-23T08:00:00Z, not {shown(value)}"
        raise BadInput(message, where=where)
    return value


def _list(op: Op, value: object, where: str) -> tuple[Scalar, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or not value:
        message = f"{op} takes a list of at least one value, not {shown(value)}"
        raise BadInput(message, where=where)
    if len(value) > MAX_VALUES:
        raise BadInput(f"at most {MAX_VALUES} values", where=where)
    return tuple(_scalar(one, f"{where}[{number}]") for number, one in enumerate(value))


def _ends(value: object, where: str) -> tuple[Scalar, Scalar]:
    is_list = isinstance(value, Sequence) and not isinstance(value, str | bytes)
    if not is_list or not isinstance(value, Sequence) or len(value) != 2:
        raise BadInput(f"between takes [lowest, highest], not {shown(value)}", where=where)
    low, high = (_number(end, f"{where}[{number}]") for number, end in enumerate(value))
    if (number_of(low) or 0.0) > (number_of(high) or 0.0):
        raise BadInput(f"{low} is above {high}; swap them", where=where)
    return low, high


_READ: dict[Op, Callable[[object, str], Scalar]] = {
    Op.EQUALS: _scalar,
    Op.NOT_EQUALS: _scalar,
    Op.CONTAINS: _text_or_item,
    Op.STARTS_WITH: _text,
    Op.ENDS_WITH: _text,
    Op.GREATER: _number,
    Op.AT_LEAST: _number,
    Op.LESS: _number,
    Op.AT_MOST: _number,
    Op.BEFORE: _moment,
    Op.AFTER: _moment,
}
