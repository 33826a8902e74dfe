"""Conditions as the OpenAPI document tells them; `expr.parse` alone reads them."""

from __future__ import annotations

from collections.abc import Mapping

from hamsafar.expr import Op

Schema = dict[str, object]

NAME = "Condition"
REFERENCE: Schema = {"$ref": f"#/components/schemas/{NAME}"}

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT, "minItems": 1}
_MOMENT: Schema = {"type": ["string", "null"], "description": "ISO 8601, UTC"}
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_VALUE: Schema = {
    "anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}, {"type": "null"}],
    "description": "as `op` takes it: none, one, a list, or the two ends of `between`",
}
_PARTS: Schema = {"type": "array", "items": REFERENCE}
_RANGE = {"from": _MOMENT, "to": _MOMENT}


def condition_schemas() -> dict[str, Schema]:
    """Return the schemas of conditions by name."""
    compared: dict[str, Schema] = {
        "op": {"$ref": "#/components/schemas/ConditionOp"},
        "value": _VALUE,
    }
    kinds = {
        "all": _node("all", "Every part holds.", {"of": _PARTS}, ["of"]),
        "any": _node("any", "At least one part holds.", {"of": _PARTS}, ["of"]),
        "not": _node("not", "The part does not hold.", {"of": REFERENCE}, ["of"]),
        "event": _node("event", "The event has one of these names.", {"names": _TEXTS}, ["names"]),
        "property": _node(
            "property",
            "A property of the event compares so.",
            {"path": _TEXT, **compared},
            ["path", "op"],
        ),
        "context": _node(
            "context",
            "A field of the event's context compares so.",
            {"path": _TEXT, **compared},
            ["path", "op"],
        ),
        "trait": _node(
            "trait",
            "A trait of the person compares so.",
            {"name": _TEXT, **compared},
            ["name", "op"],
        ),
        "channel": _node(
            "channel", "The event came through one of these.", {"names": _TEXTS}, ["names"]
        ),
        "source": _node(
            "source",
            "The event came from one of these.",
            {"ids": {"type": "array", "items": {"type": "integer"}, "minItems": 1}},
            ["ids"],
        ),
        "time": _node("time", "The event occurred in a range.", _RANGE, []),
        "did": _node(
            "did",
            "The person had so many events, of these names or of this kind.",
            {"names": _TEXTS, "event": REFERENCE, "count": _COUNT, **_RANGE},
            [],
        ),
    }
    named = {_title(kind): schema for kind, schema in kinds.items()}
    links = {kind: f"#/components/schemas/{_title(kind)}" for kind in kinds}
    return {
        NAME: {
            "title": NAME,
            "description": "What holds of an event or of a person.",
            "oneOf": [{"$ref": link} for link in links.values()],
            "discriminator": {"propertyName": "kind", "mapping": links},
        },
        "ConditionOp": {"title": "ConditionOp", "type": "string", "enum": [op.value for op in Op]},
        **named,
    }


_COUNT: Schema = {
    "type": "object",
    "properties": {
        "op": {"enum": ["equals", "at_least", "at_most", "greater", "less"]},
        "value": {"type": "integer", "minimum": 0},
    },
    "additionalProperties": False,
}


def _title(kind: str) -> str:
    return f"Condition{kind.capitalize()}"


def _node(kind: str, words: str, fields: Mapping[str, Schema], needed: list[str]) -> Schema:
    return {
        "title": _title(kind),
        "description": words,
        "type": "object",
        "properties": {"kind": {"enum": [kind]}, **fields},
        "required": ["kind", *needed],
        "additionalProperties": False,
    }
