"""Why exactly something was not taken: a code with values, said here in English.

The console says the same code and values in the language of who looks. Only these two are stored,
so a better wording is seen on old rows too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum

Value = str | int
_MOST_QUOTED = 300


class Why(StrEnum):
    """What is wrong, finer than the reason under which it is counted."""

    WRONG_TYPE = "wrong_type"
    NOT_DECODABLE = "not_decodable"
    UNKNOWN_TYPE = "unknown_type"
    NOT_OBJECT = "not_object"
    NOT_UNICODE = "not_unicode"
    HAS_NUL = "has_nul"
    NOBODY = "nobody"
    TOO_LONG = "too_long"
    NO_NAME = "no_name"
    BAD_NAME = "bad_name"
    BAD_CONTEXT = "bad_context"
    NUMBER_RANGE = "number_range"
    NO_TIME = "no_time"
    TIME_RANGE = "time_range"
    SOURCE_GONE = "source_gone"
    ID_TAKEN = "id_taken"
    NOT_READ = "not_read"
    NOT_PROCESSED = "not_processed"
    BATCH_LONG = "batch_long"
    BATCH_OVER = "batch_over"
    EVENT_LARGE = "event_large"
    EVENT_DEEP = "event_deep"
    EVENT_KEYS = "event_keys"
    BODY_LARGE = "body_large"
    BODY_DEEP = "body_deep"
    BODY_SHAPE = "body_shape"
    BODY_NOT_JSON = "body_not_json"
    BODY_NOT_UTF8 = "body_not_utf8"
    GZIP_MEMBERS = "gzip_members"
    GZIP_BROKEN = "gzip_broken"
    GZIP_CUT = "gzip_cut"
    ROW_LARGE = "row_large"
    ROW_CELLS = "row_cells"
    LINE_NOT_JSON = "line_not_json"


ENGLISH: dict[Why, str] = {
    Why.WRONG_TYPE: "{field}: {error}",
    Why.NOT_DECODABLE: "not decodable: {error}",
    Why.UNKNOWN_TYPE: "type is '{type}': send one of {types}",
    Why.NOT_OBJECT: "{field} must be a JSON object",
    Why.NOT_UNICODE: "text is not Unicode: {error}",
    Why.HAS_NUL: "{field} holds a NUL character: remove it",
    Why.NOBODY: "nobody to count this for: send userId, anonymousId or another identifier",
    Why.TOO_LONG: "{field} is longer than {limit} characters",
    Why.NO_NAME: "a track event needs its name in event",
    Why.BAD_NAME: "the event's name must have at most {limit} characters and no NUL",
    Why.BAD_CONTEXT: "context: {error}",
    Why.NUMBER_RANGE: "a number is out of range: {error}",
    Why.NO_TIME: "{field} is not a time: send ISO 8601, for example 2026-11-23T10:00:00Z",
    Why.TIME_RANGE: "{field} is out of range: send ISO 8601, or epoch seconds or milliseconds",
    Why.SOURCE_GONE: "its source no longer exists",
    Why.ID_TAKEN: "messageId {id} was already stored with another body;"
    " give each event an id of its own",
    Why.NOT_READ: "reading this event failed ({error}); please report it",
    Why.NOT_PROCESSED: "this event made processing fail {tries} times",
    Why.BATCH_LONG: "the batch holds {count} events, the limit is {limit}: send smaller batches",
    Why.BATCH_OVER: "the batch holds more than {limit} events: send smaller batches",
    Why.EVENT_LARGE: "{place} is {size} bytes, the limit is {limit}",
    Why.EVENT_DEEP: "{place} is nested {depth} levels deep, the limit is {limit}",
    Why.EVENT_KEYS: "{place} has {keys} keys, the limit is {limit}",
    Why.BODY_LARGE: "the body is over {limit} bytes, also counted uncompressed:"
    " send smaller batches",
    Why.BODY_DEEP: "the body is nested too deep",
    Why.BODY_SHAPE: "the body has the wrong shape: {error}",
    Why.BODY_NOT_JSON: "the body is not JSON: {error}",
    Why.BODY_NOT_UTF8: "the body is not UTF-8 (byte {byte})",
    Why.GZIP_MEMBERS: "the gzip body has over {limit} members",
    Why.GZIP_BROKEN: "the body is not gzip: {error}",
    Why.GZIP_CUT: "the gzip body ends too early",
    Why.ROW_LARGE: "the row makes an event of {size} bytes: at most {limit} are taken",
    Why.ROW_CELLS: "the row has {cells} cells, the header {header}",
    Why.LINE_NOT_JSON: "the line is no JSON object: {error}",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """A code with its values.

    Attributes:
        why: None for what release 0.1.0 stored: a sentence only.
        values: what stands in the places of the sentence.
    """

    why: Why | None
    values: dict[str, Value] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Return it in English."""
        if self.why is None:
            return str(self.values.get("text", ""))
        return ENGLISH[self.why].format(**self.values)


def because(why: Why, **values: Value) -> Cause:
    """Return a cause; long texts are cut.

    >>> because(Why.TOO_LONG, field="userId", limit=500).sentence
    'userId is longer than 500 characters'
    """
    return Cause(why, {name: _short(value) for name, value in values.items()})


def to_text(cause: Cause) -> str:
    """Return the stored form: JSON."""
    return json.dumps({"why": cause.why, "values": cause.values}, ensure_ascii=False)


def from_text(text: str) -> Cause:
    """Return the cause of a stored form; a sentence of release 0.1.0 stays a sentence."""
    if not text.startswith('{"why": '):
        return Cause(None, {"text": text})
    found = json.loads(text)
    return Cause(Why(found["why"]), found["values"])


def refusal_of(cause: Cause) -> dict[str, object]:
    """Return what the log keeps of a whole request that was refused: for people and for us."""
    return {"refused": cause.sentence, "why": cause.why, "values": cause.values}


def cause_of(said: dict[str, object]) -> Cause:
    """Return the cause of `refusal_of`; release 0.1.0 kept a sentence only."""
    why, values = said.get("why"), said.get("values")
    if isinstance(why, str) and isinstance(values, dict):
        return Cause(Why(why), values)
    return Cause(None, {"text": str(said.get("refused", ""))})


def _short(value: Value) -> Value:
    if isinstance(value, int) or len(value) <= _MOST_QUOTED:
        return value
    return value[:_MOST_QUOTED] + "…"
