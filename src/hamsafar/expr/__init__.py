"""Conditions: one tree over events and people, and what it means.

Comes in: JSON (`parse`). Goes out: a frozen tree, a closure for one event or person (`match`), SQL
for history (`sql`). The targets are proven equal. Emits no events. Stands on `kernel` and `lang`.
"""

from hamsafar.expr.book import MOST_VALUES, Book
from hamsafar.expr.fields import (
    NOTHING,
    Fields,
    check_people,
    fields,
    for_names,
    is_about_events,
    is_about_people,
    leaves,
)
from hamsafar.expr.match import Event, Person, event_test, person_test
from hamsafar.expr.parse import parse
from hamsafar.expr.types import (
    ALWAYS,
    AllOf,
    AnyOf,
    ChannelIs,
    Condition,
    ContextIs,
    Count,
    Did,
    EventNamed,
    NotOf,
    Op,
    PropertyIs,
    Scalar,
    SourceIs,
    TimeIs,
    TraitIs,
    Value,
)
from hamsafar.expr.values import (
    JsonText,
    Normal,
    decoded,
    instant_us,
    iso_text,
    keys_of,
    normal,
    path_of,
    typed,
    value_at,
)
from hamsafar.expr.write import to_json, to_object

__all__ = [
    "ALWAYS",
    "MOST_VALUES",
    "NOTHING",
    "AllOf",
    "AnyOf",
    "Book",
    "ChannelIs",
    "Condition",
    "ContextIs",
    "Count",
    "Did",
    "Event",
    "EventNamed",
    "Fields",
    "JsonText",
    "Normal",
    "NotOf",
    "Op",
    "Person",
    "PropertyIs",
    "Scalar",
    "SourceIs",
    "TimeIs",
    "TraitIs",
    "Value",
    "check_people",
    "decoded",
    "event_test",
    "fields",
    "for_names",
    "instant_us",
    "is_about_events",
    "is_about_people",
    "iso_text",
    "keys_of",
    "leaves",
    "normal",
    "parse",
    "path_of",
    "person_test",
    "to_json",
    "to_object",
    "typed",
    "value_at",
]
