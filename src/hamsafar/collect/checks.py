"""What an event must be; whatever is not goes to quarantine with the reason in words."""

from __future__ import annotations

import re

import msgspec
from msgspec import Raw

from hamsafar.collect.identifiers import MAX_ID, text_id
from hamsafar.collect.types import Reason
from hamsafar.collect.why import Cause, Why, because, cause_of
from hamsafar.collect.wire import ABSENT, Loose, WireEvent

MAX_NAME = 512
TECHNICAL = frozenset({"identify", "group", "alias"})
TYPES = frozenset({"track", "page", "screen"}) | TECHNICAL
_SUSPECT = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")
_BARE = len("{}")
_one = msgspec.json.Decoder(WireEvent)


class Refusal(Exception):
    """This event goes to quarantine."""

    def __init__(self, reason: Reason, cause: Cause, where: str = "") -> None:
        super().__init__(cause.sentence)
        self.reason = reason
        self.cause = cause
        self.where = where


def decode_alone(raw: Raw) -> WireEvent:
    """Return one event, decoded by itself.

    Raises:
        Refusal: a field of the wrong type, or text that is not Unicode.
    """
    try:
        return _one.decode(raw)
    except msgspec.ValidationError as error:
        cause, where = _words(str(error))
        raise Refusal(Reason.BAD_FIELD, cause, where) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(Reason.BAD_TEXT, because(Why.NOT_DECODABLE, error=str(error))) from None


def checked_type(kind: str) -> str:
    """Return the type if it is one.

    Raises:
        Refusal: it is not.
    """
    if kind not in TYPES:
        cause = because(Why.UNKNOWN_TYPE, type=kind, types=", ".join(sorted(TYPES)))
        raise Refusal(Reason.BAD_TYPE, cause, "type")
    return kind


def object_bytes(raw: Raw, field_name: str) -> bytes:
    """Return the bytes of a JSON object, empty for absent, null and {}.

    Raises:
        Refusal: something else than an object.
    """
    if raw is ABSENT:
        return b""
    found = bytes(raw)
    if found.startswith(b"{"):
        return found if len(found) > _BARE else b""
    if not found or found == b"null":
        return b""
    raise Refusal(Reason.BAD_FIELD, because(Why.NOT_OBJECT, field=field_name), field_name)


def check_text(*parts: bytes) -> None:
    """Refuse NUL and lone surrogates: no database or file can keep them."""
    for part in parts:
        if _SUSPECT.search(part):
            try:
                decoded = msgspec.json.decode(part)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                cause = because(Why.NOT_UNICODE, error=str(error))
                raise Refusal(Reason.BAD_TEXT, cause) from None
            if "\0" in _all_text(decoded):
                raise Refusal(Reason.BAD_TEXT, because(Why.HAS_NUL, field="text"))


def _all_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "".join(str(k) + _all_text(v) for k, v in value.items())
    return "".join(_all_text(v) for v in value) if isinstance(value, list) else ""


def check_identifiers(found: dict[str, str]) -> None:
    """Refuse an event that names nobody, or names them at unbounded length."""
    if not found or (len(found) == 1 and "previous_id" in found):
        raise Refusal(Reason.NO_IDENTITY, because(Why.NOBODY), "userId")
    joined = "".join(found.values())
    if len(joined) <= MAX_ID and "\0" not in joined:
        return
    for name, value in found.items():
        if len(value) > MAX_ID:
            raise Refusal(Reason.BAD_FIELD, because(Why.TOO_LONG, field=name, limit=MAX_ID), name)
        if "\0" in value:
            raise Refusal(Reason.BAD_TEXT, because(Why.HAS_NUL, field=name), name)


def message_id_of(value: Loose) -> str:
    """Return a message id as text, empty when absent.

    Raises:
        Refusal: it is longer than we keep.
    """
    message_id = text_id(value)
    if len(message_id) > MAX_ID:
        cause = because(Why.TOO_LONG, field="messageId", limit=MAX_ID)
        raise Refusal(Reason.BAD_FIELD, cause, "messageId")
    return message_id


def label_of(kind: str, item: WireEvent) -> str:
    """Return what a track event, page or screen is called, empty for the other types.

    Raises:
        Refusal: a track event without a name, or a name we do not keep.
    """
    if kind in TECHNICAL:
        return ""
    value = item.event if kind == "track" else item.name
    label = value.strip() if isinstance(value, str) else text_id(value)
    if not label and kind == "track":
        raise Refusal(Reason.NO_NAME, because(Why.NO_NAME), "event")
    if len(label) > MAX_NAME or "\0" in label:
        cause = because(Why.BAD_NAME, limit=MAX_NAME)
        raise Refusal(Reason.BAD_FIELD, cause, "event" if kind == "track" else "name")
    return label


def name_of(kind: str, label: str) -> str:
    """Return the event's name: `Order Completed`, `Page: Home`; the type of a technical event."""
    if kind == "track":
        return label
    if kind in TECHNICAL:
        return kind
    word = kind.capitalize()
    return f"{word}: {label}" if label else word


def refused(item: Raw) -> Refusal:
    """Return why a whole request was put aside."""
    try:
        said = msgspec.json.decode(item)
    except (msgspec.DecodeError, UnicodeDecodeError):
        said = {}
    if isinstance(said, dict) and "refused" in said:
        reason = Reason(said.get("reason", Reason.TOO_LARGE))
        return Refusal(reason, cause_of(said), str(said.get("where", "")))
    return Refusal(Reason.UNKNOWN_SOURCE, because(Why.SOURCE_GONE))


def _words(error: str) -> tuple[Cause, str]:
    """Turn msgspec's message into ours: what was expected, and where."""
    detail, _, path = error.partition(" - at `$")
    field_name = path.rstrip("`").lstrip(".")
    return because(Why.WRONG_TYPE, field=field_name or "event", error=detail), field_name
