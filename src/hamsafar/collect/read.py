"""From the log's envelopes to valid events, or to quarantine with the reason in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

import msgspec
from msgspec import Raw

from hamsafar.collect import enrich, identifiers, payload
from hamsafar.collect.envelope import pack, unpack
from hamsafar.collect.ports import Sources
from hamsafar.collect.split import raw_events, with_whole_surrogates
from hamsafar.collect.times import occurred_at, parse_time
from hamsafar.collect.types import (
    Bots,
    Envelope,
    Event,
    Quarantined,
    Reason,
    SourceInfo,
    Tallied,
)
from hamsafar.collect.wire import Loose, RawBatch, WireBatch, WireContext, WireEvent
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import SEQ_BITS, Flag, LogRecord

MAX_NAME = 512
TECHNICAL = frozenset({"identify", "group", "alias"})
TYPES = frozenset({"track", "page", "screen"}) | TECHNICAL
LISTS = frozenset({"batch", "import", "replay"})
_SUSPECT = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")
_EMPTY_CONTEXT = WireContext()
_NO_RAW = Raw()


class _Refusal(Exception):
    """This event goes to quarantine."""

    def __init__(self, reason: Reason, detail: str, where: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.where = where


class _Sender(NamedTuple):
    """What the events of one request share."""

    source: SourceInfo
    envelope: Envelope
    sent: int | None
    context: Raw
    flags: int


@dataclass(slots=True)
class Reading:
    """What reading gave.

    Attributes:
        events: valid events in seq order; duplicates not yet removed.
        quarantined: what cannot be taken as it is.
        rejected: traffic its source does not want.
        next_seq: the seq after the last one read.
    """

    events: list[Event] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    rejected: list[Tallied] = field(default_factory=list)
    next_seq: int = 0


class Reader:
    """Turns log records into events. Not shared between threads."""

    def __init__(self, sources: Sources, country: str) -> None:
        self._sources = sources
        self._country = country
        self._batch = msgspec.json.Decoder(WireBatch)
        self._one = msgspec.json.Decoder(WireEvent)
        self._context = msgspec.json.Decoder(WireContext)
        self._object = msgspec.json.Decoder(dict[str, object])
        self._canonical = msgspec.json.Encoder(order="sorted")

    def read(self, record: LogRecord) -> Reading:
        """Return the events of one log record."""
        out = Reading(next_seq=record.offset << SEQ_BITS)
        for envelope in unpack(record.blob):
            self.read_envelope(envelope, out)
        return out

    def read_envelope(self, envelope: Envelope, out: Reading) -> None:
        """Add the events of one request to `out`, numbered from `out.next_seq`."""
        source = self._sources.find(envelope.source_id)
        first = out.next_seq
        for seq, item, sender in self._items(envelope, source, first):
            try:
                event = self._event_of(seq, item, sender)
            except _Refusal as refusal:
                kept = self._kept(envelope, seq - first)
                out.quarantined.append(_quarantined(seq, item, kept, refusal))
            else:
                if event is None:
                    out.rejected.append(
                        Tallied(
                            seq=seq, source_id=envelope.source_id, received_at=envelope.received_at
                        )
                    )
                else:
                    out.events.append(event)
        out.next_seq += envelope.count

    def _items(
        self, envelope: Envelope, source: SourceInfo | None, seq: int
    ) -> Iterator[tuple[int, WireEvent | Raw, _Sender | None]]:
        """Yield each event of a request; raw where the request does not decode as a whole."""
        if source is None or envelope.kind == "refused":
            for index, raw in enumerate(self._raw_items(envelope)):
                yield seq + index, raw, None
            return
        flags = Flag.HISTORICAL if envelope.kind == "import" else 0
        if envelope.kind not in LISTS:
            sender = _Sender(source, envelope, None, _NO_RAW, flags)
            try:
                yield seq, self._one.decode(envelope.body), sender
            except (msgspec.DecodeError, UnicodeDecodeError):
                yield seq, Raw(envelope.body), sender
            return
        batch: WireBatch | RawBatch
        try:
            batch = self._batch.decode(envelope.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            batch = split_raw(envelope.body)
        zone = source.zone
        sent = _time_or_none(batch.sentAt, zone)
        sender = _Sender(source, envelope, sent, batch.context, flags)
        items: Sequence[WireEvent | Raw] = batch.batch
        for index, item in enumerate(items):
            yield seq + index, item, sender

    def _kept(self, envelope: Envelope, index: int) -> Envelope:
        """Return a request with only this event, its bytes as they were sent."""
        if envelope.kind not in LISTS:
            return envelope
        whole = split_raw(envelope.body)
        alone = RawBatch([whole.batch[index]], whole.context, whole.sentAt)
        return msgspec.structs.replace(envelope, count=1, body=msgspec.json.encode(alone))

    def _raw_items(self, envelope: Envelope) -> list[Raw]:
        if envelope.kind in LISTS:
            return split_raw(envelope.body).batch
        return [Raw(envelope.body)]

    def _event_of(self, seq: int, item: WireEvent | Raw, sender: _Sender | None) -> Event | None:
        try:
            return self._event(seq, item, sender)
        except msgspec.DecodeError as error:
            # Raw parts are decoded late; only then a number like 1e999 shows.
            raise _Refusal(Reason.BAD_FIELD, f"not decodable: {error}") from None

    def _event(self, seq: int, item: WireEvent | Raw, sender: _Sender | None) -> Event | None:
        if sender is None:
            raise _Refusal(*_refused(item))
        if isinstance(item, Raw):
            if bytes(item) == b"null":
                return None  # an event that was erased, or never said anything
            item = self._decode_alone(item)
        kind = item.type or sender.envelope.kind
        if kind not in TYPES:
            message = f"type is {kind!r}: send one of {', '.join(sorted(TYPES))}"
            raise _Refusal(Reason.BAD_TYPE, message, "type")
        raw_context = self._joined_context(item, sender)
        context = self._read_context(raw_context)
        flags = sender.flags | (Flag.TECHNICAL if kind in TECHNICAL else 0)
        if self._is_unwanted(context, sender):
            if sender.source.bots is Bots.REJECT:
                return None
            flags |= Flag.BOT
        return self._build(seq, kind, item, sender, raw_context, context, flags)

    def _build(  # noqa: PLR0913  one event has this many sides
        self,
        seq: int,
        kind: str,
        item: WireEvent,
        sender: _Sender,
        raw_context: bytes,
        context: WireContext,
        flags: int,
    ) -> Event:
        traits = _object_bytes(item.traits, "traits")
        properties = _object_bytes(item.properties, "properties")
        _check_text(traits, properties, raw_context)
        label = _label(kind, item)
        message_id = identifiers.text_id(item.messageId)
        if len(message_id) > identifiers.MAX_ID:
            message = f"messageId is longer than {identifiers.MAX_ID} characters"
            raise _Refusal(Reason.BAD_FIELD, message, "messageId")
        found = self._identifiers(kind, item, context, traits, properties)
        original, occurred, sent = _times(item, sender)
        stored = payload.Stored(
            type=kind,
            message_id=message_id,
            label=label,
            user_id=found.get("user_id", ""),
            anonymous_id=found.get("anonymous_id", ""),
            group_id=identifiers.text_id(item.groupId),
            previous_id=found.pop("previous_id", ""),
            client_at=original or 0,
            sent_at=sent or 0,
            traits=traits,
            properties=properties,
            context=raw_context,
            derived=_derived(context),
            address=context.ip or sender.envelope.address,
        )
        body = self._body_hash(stored)
        if not message_id:
            message_id = stored.message_id = f"auto-{seq:x}"
        key = f"{sender.source.id}\0{message_id}".encode()
        return Event(
            seq=seq,
            source_id=sender.source.id,
            type=kind,
            name=_name(kind, label),
            message_id=message_id,
            identifiers=_with_previous(identifiers.primary_first(found), stored.previous_id),
            occurred_at=occurred,
            received_at=sender.envelope.received_at,
            channel=sender.source.channel,
            traits=self._traits(kind, traits, context),
            fingerprint=blake2b(key, digest_size=16).digest(),
            body=body,
            flags=flags,
            payload=payload.encode(stored),
        )

    def _decode_alone(self, raw: Raw) -> WireEvent:
        try:
            return self._one.decode(raw)
        except msgspec.ValidationError as error:
            detail, where = _words(str(error))
            raise _Refusal(Reason.BAD_FIELD, detail, where) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _Refusal(Reason.BAD_TEXT, f"not decodable: {error}") from None

    def _joined_context(self, item: WireEvent, sender: _Sender) -> bytes:
        own = _object_bytes(item.context, "context")
        shared = bytes(sender.context)
        if len(shared) <= len("null"):
            return own
        if not own:
            return _object_bytes(sender.context, "context")
        try:
            return msgspec.json.encode(self._object.decode(shared) | self._object.decode(own))
        except msgspec.DecodeError as error:
            raise _Refusal(Reason.BAD_FIELD, f"context: {error}", "context") from None

    def _read_context(self, raw: bytes) -> WireContext:
        if not raw:
            return _EMPTY_CONTEXT
        try:
            return self._context.decode(raw)
        except msgspec.ValidationError:
            return self._lenient_context(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _Refusal(Reason.BAD_TEXT, f"context: {error}", "context") from None

    def _lenient_context(self, raw: bytes) -> WireContext:
        """Read a context part by part, leaving out parts of an unexpected shape."""
        found: dict[str, object] = {}
        for key, value in self._object.decode(raw).items():
            try:
                msgspec.convert({key: value}, WireContext)
            except msgspec.ValidationError:
                continue
            found[key] = value
        return msgspec.json.decode(msgspec.json.encode(found), type=WireContext)

    def _is_unwanted(self, context: WireContext, sender: _Sender) -> bool:
        if context.userAgent and enrich.device(context.userAgent).is_crawler:
            return True
        networks = sender.source.internal_networks
        address = context.ip or sender.envelope.address
        return bool(networks) and enrich.is_internal(address, networks)

    def _identifiers(
        self, kind: str, item: WireEvent, context: WireContext, traits: bytes, properties: bytes
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, value in (
            ("user_id", item.userId),
            ("anonymous_id", item.anonymousId),
            ("previous_id", item.previousId if kind == "alias" else None),
        ):
            if text := identifiers.text_id(value):
                found[name] = text
        for raw in (traits if kind != "group" else b"", bytes(context.traits), properties):
            if b'"email"' in raw or b'"phone"' in raw:
                identifiers.contacts_of(raw, self._country, found)
        if context.device is not None:
            identifiers.device_ids(context.device, found)
        if context.externalIds:
            identifiers.external_ids(context, self._country, found)
        _check_identifiers(found)
        return found

    def _traits(self, kind: str, raw: bytes, context: WireContext) -> dict[str, object] | None:
        if kind != "identify":
            return None
        said = self._object.decode(raw) if raw else {}
        if len(bytes(context.traits)) > len("null"):
            return self._context_traits(context.traits) | said
        return said

    def _context_traits(self, raw: Raw) -> dict[str, object]:
        try:
            return self._object.decode(raw)
        except msgspec.DecodeError:
            return {}

    def _body_hash(self, event: payload.Stored) -> bytes:
        """Hash what an honest retry never changes, whatever the order of keys or white space.

        The browser client fills in an absent userId (and an alias's previousId) each time it
        sends, so a retry after identify has one where the first try had none: beside an
        anonymousId, which it sets once, they say nothing about which event this is.
        """
        is_filled_in = bool(event.anonymous_id)
        parts = (
            event.type,
            event.label,
            "" if is_filled_in else event.user_id,
            event.anonymous_id,
            event.group_id,
            "" if is_filled_in else event.previous_id,
            event.client_at,
            self._object.decode(event.traits) if event.traits else None,
            self._object.decode(event.properties) if event.properties else None,
        )
        try:
            return blake2b(self._canonical.encode(parts), digest_size=8).digest()
        except (ValueError, OverflowError) as error:
            raise _Refusal(Reason.BAD_FIELD, f"a number is out of range: {error}") from None


def _time_or_none(value: Loose, zone: str) -> int | None:
    if value is None or isinstance(value, bool) or value == "":
        return None
    try:
        return parse_time(value, zone, "sentAt")
    except BadInput:
        return None


def _times(item: WireEvent, sender: _Sender) -> tuple[int | None, int, int | None]:
    """Return the client's time, the corrected time and the time sent."""
    zone = sender.source.zone
    spoken: list[int | None] = []
    for field_name, value in (
        ("originalTimestamp", item.originalTimestamp),
        ("timestamp", item.timestamp),
    ):
        if value is None or value == "":
            spoken.append(None)
            continue
        try:
            spoken.append(parse_time(value, zone, field_name))
        except BadInput as error:
            raise _Refusal(Reason.BAD_FIELD, error.detail, field_name) from None
    first, corrected = spoken
    trusted = first is not None and corrected is not None
    sent = _time_or_none(item.sentAt, zone) if item.sentAt is not None else sender.sent
    original = corrected if trusted or first is None else first
    received = sender.envelope.received_at
    moment = occurred_at(received=received, original=original, sent=sent, trusted=trusted)
    return first if first is not None else corrected, moment, sent


def _object_bytes(raw: Raw, field_name: str) -> bytes:
    """Return the bytes of a JSON object, empty for absent, null and {}."""
    found = bytes(raw)
    if found[:1] == b"{":
        return found if len(found) > len("{}") else b""
    if found in {b"", b"null"}:
        return b""
    message = f"{field_name} must be a JSON object"
    raise _Refusal(Reason.BAD_FIELD, message, field_name)


def _check_text(*parts: bytes) -> None:
    """Refuse NUL and lone surrogates: no database or file can keep them."""
    for part in parts:
        if _SUSPECT.search(part):
            try:
                decoded = msgspec.json.decode(part)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise _Refusal(Reason.BAD_TEXT, f"text is not Unicode: {error}") from None
            if "\0" in _all_text(decoded):
                raise _Refusal(Reason.BAD_TEXT, "text holds a NUL character: remove it")


def _all_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "".join(str(k) + _all_text(v) for k, v in value.items())
    return "".join(_all_text(v) for v in value) if isinstance(value, list) else ""


def _check_identifiers(found: dict[str, str]) -> None:
    if not found or set(found) == {"previous_id"}:
        message = "nobody to count this for: send userId, anonymousId or another identifier"
        raise _Refusal(Reason.NO_IDENTITY, message, "userId")
    for name, value in found.items():
        if len(value) > identifiers.MAX_ID:
            message = f"{name} is longer than {identifiers.MAX_ID} characters"
            raise _Refusal(Reason.BAD_FIELD, message, name)
        if "\0" in value:
            raise _Refusal(Reason.BAD_TEXT, f"{name} holds a NUL character", name)


def _with_previous(
    found: tuple[tuple[str, str], ...], previous: str
) -> tuple[tuple[str, str], ...]:
    """Add what an alias says: the previous id is an anonymous or another user's id."""
    return (*found, ("anonymous_id", previous)) if previous else found


def _label(kind: str, item: WireEvent) -> str:
    value = item.event if kind == "track" else item.name
    label = identifiers.text_id(value)
    if kind == "track" and not label:
        raise _Refusal(Reason.NO_NAME, "a track event needs its name in event", "event")
    if len(label) > MAX_NAME or "\0" in label:
        message = f"the event's name must have at most {MAX_NAME} characters and no NUL"
        raise _Refusal(Reason.BAD_FIELD, message, "event" if kind == "track" else "name")
    return label


def _name(kind: str, label: str) -> str:
    if kind == "track":
        return label
    if kind in TECHNICAL:
        return kind
    word = kind.capitalize()
    return f"{word}: {label}" if label else word


def _derived(context: WireContext) -> bytes:
    tags: tuple[tuple[str, str], ...] = ()
    if context.campaign is None and context.page is not None and context.page.url:
        url = context.page.url
        tags = enrich.campaign(url) if "utm_" in url else ()
    return enrich.derived(context.userAgent or "", tags) if context.userAgent or tags else b""


def _words(error: str) -> tuple[str, str]:
    """Turn msgspec's message into ours: what was expected, and where."""
    detail, _, path = error.partition(" - at `$")
    field_name = path.rstrip("`").lstrip(".")
    return (f"{field_name}: {detail}" if field_name else detail), field_name


def _refused(item: WireEvent | Raw) -> tuple[Reason, str, str]:
    """Say why a whole request was put aside."""
    try:
        said = msgspec.json.decode(item) if isinstance(item, Raw) else {}
    except msgspec.DecodeError:
        said = {}
    if isinstance(said, dict) and "refused" in said:
        known = said.get("reason") in {reason.value for reason in Reason}
        reason = Reason(said["reason"]) if known else Reason.TOO_LARGE
        return reason, str(said["refused"]), str(said.get("where", ""))
    return Reason.UNKNOWN_SOURCE, "its source no longer exists", ""


def _quarantined(seq: int, item: WireEvent | Raw, kept: Envelope, why: _Refusal) -> Quarantined:
    message_id = identifiers.text_id(item.messageId) if isinstance(item, WireEvent) else ""
    return Quarantined(
        seq=seq,
        source_id=kept.source_id,
        reason=why.reason,
        detail=why.detail,
        field=why.where,
        message_id=message_id.replace("\0", "")[: identifiers.MAX_ID],
        received_at=kept.received_at,
        envelope=pack([kept]),
    )


_raw_batch = msgspec.json.Decoder(RawBatch)


def split_raw(body: bytes) -> RawBatch:
    """Return a batch with each event exactly as it was sent, even where its text is not Unicode.

    Raises:
        msgspec.DecodeError: not a batch.
    """
    try:
        return _raw_batch.decode(body)
    except msgspec.DecodeError:
        mended = _raw_batch.decode(with_whole_surrogates(body))
        mended.batch = [Raw(event) for event in raw_events(body)]
        return mended


def one_event(envelope: Envelope) -> bytes:
    """Return the first event of a request as the JSON it was sent as."""
    if envelope.kind not in LISTS:
        return envelope.body
    try:
        items = split_raw(envelope.body).batch
    except msgspec.DecodeError:
        return envelope.body
    return bytes(items[0]) if items else envelope.body
