"""Takes a request's JSON apart into its events, without decoding them.

Well-formedness is checked over the whole body (so NaN and broken JSON are refused at once); what
an event says is read later, by the pipeline, one event at a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

import msgspec
import numpy as np

from hamsafar.collect.errors import BadBody
from hamsafar.collect.structure import has_more_items
from hamsafar.collect.types import Reason
from hamsafar.collect.why import Why, because

_BOM = b"\xef\xbb\xbf"
_NOTHING = msgspec.Raw()
_MANY_COMMAS = 200_000
"""More than any honest batch has; only then are items counted before they are split."""
_SURROGATES = (
    rb"\\\\"  # an escaped backslash: what follows it is no escape
    rb"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
_LONE_BYTES = 6
_MANY_ESCAPES = 150_000
"""Escapes beyond this are not looked through one by one: the body counts as not JSON."""

T = TypeVar("T")


class _Head(msgspec.Struct, gc=False, kw_only=True):
    """What the door reads of a body: keys, and what a batch gives to each of its events."""

    write_key: msgspec.Raw = msgspec.field(name="writeKey", default=_NOTHING)
    api_key: msgspec.Raw = _NOTHING
    token: msgspec.Raw = _NOTHING


class _BatchHead(_Head, gc=False, kw_only=True):
    batch: list[msgspec.Raw]
    context: msgspec.Raw = _NOTHING
    integrations: msgspec.Raw = _NOTHING


@dataclass(frozen=True, slots=True)
class Split:
    """A body taken apart.

    Attributes:
        events: each event's JSON text, in order; views into the body.
        shared: what the batch gives to each of its events (context, integrations).
        write_key: the key found in the body, empty when there is none.
    """

    events: list[msgspec.Raw]
    shared: list[msgspec.Raw]
    write_key: str


class Splitter:
    """Takes bodies apart. Stateless; made once because decoders are costly to make."""

    def __init__(self) -> None:
        self._batch = msgspec.json.Decoder(_BatchHead)
        self._one = msgspec.json.Decoder(_Head)

    def batch(self, body: bytes, *, most: int) -> Split:
        """Return the events of `{"batch": [...]}`.

        Args:
            body: JSON, UTF-8.
            most: refuse many more events than this before they are split, to save the memory.

        Raises:
            BadBody: not UTF-8, not JSON, nested too deep, or no list under `batch`.
        """
        if len(body) > _MANY_COMMAS:
            _refuse_flood(body, most)
        head = _checked(self._batch, body)
        shared = [part for part in (head.context, head.integrations) if part]
        return Split(head.batch, shared, _key_of(head))

    def one(self, body: bytes) -> Split:
        """Return a body that is one event.

        Raises:
            BadBody: not UTF-8, not JSON, nested too deep, or not an object.
        """
        head = _checked(self._one, body)
        return Split([msgspec.Raw(body)], [], _key_of(head))


def raw_events(body: bytes) -> list[bytes]:
    """Return each event of a batch exactly as it was sent, even where its text is not Unicode.

    For the reader of the log: `msgspec` takes no body with a lone surrogate apart, this does.

    Raises:
        BadBody: as `Splitter.batch`.
    """
    mended = with_whole_surrogates(body)
    events = _decoded(msgspec.json.Decoder(_BatchHead), mended).batch
    base = _address(mended)
    starts = [_address(event) - base for event in events]
    return [body[at : at + len(bytes(e))] for at, e in zip(starts, events, strict=True)]


def with_whole_surrogates(body: bytes) -> bytes:
    r"""Return the body with each lone surrogate escape replaced by `\ufffd`, of the same length."""
    if sum(body.count(escape) for escape in (rb"\\", rb"\ud", rb"\uD")) > _MANY_ESCAPES:
        return body
    return re.sub(
        _SURROGATES,
        lambda found: rb"\ufffd" if len(found.group()) == _LONE_BYTES else found.group(),
        body,
    )


def without_mark(body: bytes) -> bytes:
    """Return the body without a byte order mark."""
    return body.removeprefix(_BOM)


def _checked(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Decode; where only lone surrogates stand in the way, leave them to the pipeline."""
    if not body.isascii():
        _check_utf8(body)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise BadBody(because(Why.BODY_SHAPE, error=str(error)), where="batch") from None
    except (msgspec.DecodeError, RecursionError):
        mended = with_whole_surrogates(body)
        return _decoded(decoder, mended)


def _decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise BadBody(because(Why.BODY_SHAPE, error=str(error)), where="batch") from None
    except msgspec.DecodeError as error:
        raise BadBody(because(Why.BODY_NOT_JSON, error=str(error)), where="body") from None
    except RecursionError:
        raise BadBody(because(Why.BODY_DEEP), where="body", reason=Reason.TOO_LARGE) from None


def _check_utf8(body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise BadBody(
            because(Why.BODY_NOT_UTF8, byte=error.start), where="body", reason=Reason.BAD_TEXT
        ) from None


def _key_of(head: _Head) -> str:
    """Return the first key that is text: `writeKey`, `api_key`, `token`."""
    for raw in (head.write_key, head.api_key, head.token):
        if raw:
            try:
                return msgspec.json.decode(raw, type=str)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
    return ""


def _refuse_flood(body: bytes, most: int) -> None:
    """Refuse a body that is almost only separators, before millions of views are made of it."""
    if body.count(b",") > _MANY_COMMAS and has_more_items(body, most):
        raise BadBody(
            because(Why.BATCH_OVER, limit=most),
            where="batch",
            reason=Reason.TOO_LARGE,
        )


def _address(buffer: bytes | msgspec.Raw) -> int:
    """Return where a buffer lies in memory, to find a view's place in its body."""
    pointer: int = np.frombuffer(buffer, dtype=np.uint8).__array_interface__["data"][0]
    return pointer
