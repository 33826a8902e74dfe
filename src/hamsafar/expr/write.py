"""A condition as JSON again."""

from __future__ import annotations

import json

from hamsafar.expr.types import (
    AllOf,
    AnyOf,
    ChannelIs,
    Condition,
    ContextIs,
    Count,
    Did,
    EventNamed,
    FieldLeaf,
    NotOf,
    Op,
    PropertyIs,
    SourceIs,
    TimeIs,
    TraitIs,
    Value,
)
from hamsafar.expr.values import iso_text

Json = dict[str, object]


def to_json(condition: Condition) -> bytes:
    """Return JSON bytes that `parse` reads as the same condition; equal conditions, equal bytes."""
    # Not msgspec: it refuses integers beyond 64 bits, which conditions may hold.
    text = json.dumps(to_object(condition), ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def to_object(condition: Condition) -> Json:
    """Return the condition as decoded JSON."""
    match condition:
        case AllOf(of):
            return {"kind": "all", "of": [to_object(part) for part in of]}
        case AnyOf(of):
            return {"kind": "any", "of": [to_object(part) for part in of]}
        case NotOf(of):
            return {"kind": "not", "of": to_object(of)}
        case Did():
            return _did(condition)
        case PropertyIs() | ContextIs() | TraitIs():
            return _field(condition)
        case EventNamed(names):
            return {"kind": "event", "names": list(names)}
        case ChannelIs(names):
            return {"kind": "channel", "names": list(names)}
        case SourceIs(ids):
            return {"kind": "source", "ids": list(ids)}
        case TimeIs(from_us, to_us):
            return {"kind": "time", **_range(from_us, to_us)}


def _field(leaf: FieldLeaf) -> Json:
    match leaf:
        case PropertyIs(path, op, value):
            return {"kind": "property", "path": path, **_compared(op, value)}
        case ContextIs(path, op, value):
            return {"kind": "context", "path": path, **_compared(op, value)}
        case TraitIs(name, op, value):
            return {"kind": "trait", "name": name, **_compared(op, value)}


def _did(condition: Did) -> Json:
    event = condition.event
    whom: Json = {"event": to_object(event)}
    if isinstance(event, EventNamed):
        whom = {"names": list(event.names)}
    return {
        "kind": "did",
        **whom,
        "count": _count(condition.count),
        **_range(condition.from_us, condition.to_us),
    }


def _count(count: Count) -> Json:
    return {"op": count.op.value, "value": count.value}


def _compared(op: Op, value: Value) -> Json:
    if value is None:
        return {"op": op.value}
    return {"op": op.value, "value": list(value) if isinstance(value, tuple) else value}


def _range(from_us: int | None, to_us: int | None) -> Json:
    ends = {"from": from_us, "to": to_us}
    return {key: None if us is None else iso_text(us) for key, us in ends.items()}
