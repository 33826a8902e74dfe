"""From the log's envelopes to valid events, or to quarantine with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

import msgspec
from msgspec import Raw

from hamsafar.collect import enrich, identifiers, payload
from hamsafar.collect.checks import (
    MAX_NAME,
    TECHNICAL,
    Refusal,
    check_identifiers,
    check_text,
    checked_type,
    decode_alone,
    label_of,
    message_id_of,
    name_of,
    object_bytes,
    refused,
)
from hamsafar.collect.envelope import pack, unpack
from hamsafar.collect.errors import BadTime
from hamsafar.collect.ports import Sources
from hamsafar.collect.requests import Sender, alone, events_of, raw_events_of, sender_of
from hamsafar.collect.times import occurred_at, parse_time, time_or_none
from hamsafar.collect.types import (
    Bots,
    Envelope,
    Event,
    Identifier,
    Quarantined,
    Reason,
    Tallied,
)
from hamsafar.collect.why import Why, because
from hamsafar.collect.wire import ABSENT, Loose, WireContext, WireEvent
from hamsafar.storage.types import SEQ_BITS, Flag, LogRecord

_EMPTY_CONTEXT = WireContext()
_ERASED = b"null"


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
        if source is None or envelope.kind == "refused":
            for index, raw in enumerate(raw_events_of(envelope)):
                self._refuse(envelope, index, raw, refused(raw), out)
        else:
            items, batch = events_of(envelope)
            sender = sender_of(envelope, source, batch)
            for index, item in enumerate(items):
                self._take(index, item, sender, out)
        out.next_seq += envelope.count

    def _take(self, index: int, item: WireEvent | Raw, sender: Sender, out: Reading) -> None:
        seq = out.next_seq + index
        try:
            event = self._event(seq, item, sender)
        except Refusal as refusal:
            self._refuse(sender.envelope, index, item, refusal, out)
        except msgspec.DecodeError as error:
            # Raw parts are decoded late; only then a number like 1e999 shows.
            late = Refusal(Reason.BAD_FIELD, because(Why.NOT_DECODABLE, error=str(error)))
            self._refuse(sender.envelope, index, item, late, out)
        except Exception as error:  # noqa: BLE001 - an edge: one event must not stop the river
            # Not the error's message, which may quote personal data.
            broken = Refusal(Reason.POISON, because(Why.NOT_READ, error=type(error).__name__))
            self._refuse(sender.envelope, index, item, broken, out)
        else:
            if event is not None:
                out.events.append(event)
                return
            received_at = sender.envelope.received_at
            gone = Tallied(seq=seq, source_id=sender.source.id, received_at=received_at)
            out.rejected.append(gone)

    def _refuse(
        self, envelope: Envelope, index: int, item: WireEvent | Raw, why: Refusal, out: Reading
    ) -> None:
        message_id = identifiers.text_id(item.messageId) if isinstance(item, WireEvent) else ""
        kept = alone(envelope, index)
        out.quarantined.append(
            Quarantined(
                seq=out.next_seq + index,
                source_id=kept.source_id,
                reason=why.reason,
                cause=why.cause,
                field=why.where,
                message_id=message_id.replace("\0", "")[: identifiers.MAX_ID],
                received_at=kept.received_at,
                envelope=pack([kept]),
            )
        )

    def _event(self, seq: int, item: WireEvent | Raw, sender: Sender) -> Event | None:
        """Return the event, None for traffic its source does not want."""
        if isinstance(item, Raw):
            if bytes(item) == _ERASED:
                return None  # an event that was erased, or never said anything
            item = decode_alone(item)
        kind = checked_type(item.type or sender.envelope.kind)
        traits = object_bytes(item.traits, "traits")
        properties = object_bytes(item.properties, "properties")
        raw_context, context = self._contexts(item, sender)
        if sender.has_escapes:
            check_text(traits, properties, raw_context)
        derived, flags = self._findings(kind, context, sender)
        if flags & Flag.BOT and sender.source.bots is Bots.REJECT:
            return None
        label = label_of(kind, item)
        found = _identifiers(kind, item)
        self._contacts(b"" if kind == "group" else traits, properties, context, found)
        if context.device is not None:
            identifiers.device_ids(context.device, found)
        check_identifiers(found)
        original, occurred, sent = _times(item, sender)
        stored = payload.Stored(
            type=kind,
            message_id=message_id_of(item.messageId),
            label=label,
            user_id=found.get("user_id", ""),
            anonymous_id=found.get("anonymous_id", ""),
            group_id=identifiers.text_id(item.groupId) if item.groupId is not None else "",
            previous_id=found.pop("previous_id", "") if kind == "alias" else "",
            client_at=original or 0,
            sent_at=sent or 0,
            traits=traits,
            properties=properties,
            context=raw_context,
            derived=derived,
            address=context.ip or sender.envelope.address,
            category="" if item.category is None else _category(item.category),
        )
        body = self._body_hash(stored)
        if not stored.message_id:
            stored.message_id = f"auto-{seq:x}"
        source = sender.source
        key = f"{source.id}\0{stored.message_id}".encode()
        return Event(
            seq=seq,
            source_id=source.id,
            type=kind,
            name=name_of(kind, label),
            message_id=stored.message_id,
            identifiers=_with_previous(identifiers.primary_first(found), stored.previous_id),
            occurred_at=occurred,
            received_at=sender.envelope.received_at,
            channel=source.channel,
            traits=self._traits(traits, context) if kind == "identify" else None,
            fingerprint=blake2b(key, digest_size=16).digest(),
            body=body,
            flags=flags,
            payload=payload.encode(stored),
        )

    def _contexts(self, item: WireEvent, sender: Sender) -> tuple[bytes, WireContext]:
        """Return an event's context with the batch's, as sent and as far as we read it."""
        raw = object_bytes(item.context, "context")
        if sender.context:
            raw = self._joined(sender.context, raw)
        return raw, self._read_context(raw) if raw else _EMPTY_CONTEXT

    def _findings(self, kind: str, context: WireContext, sender: Sender) -> tuple[bytes, int]:
        """Return what we found out as JSON, and the event's flags."""
        flags = sender.flags | Flag.TECHNICAL if kind in TECHNICAL else sender.flags
        derived = b""
        tags = _tags(context)
        if context.userAgent or tags:
            derived, is_crawler = enrich.findings(context.userAgent or "", tags)
            if is_crawler:
                flags |= Flag.BOT
        networks = sender.source.internal_networks
        address = context.ip or sender.envelope.address
        if networks and enrich.is_internal(address, networks):
            flags |= Flag.BOT
        return derived, flags

    def _joined(self, shared: bytes, own: bytes) -> bytes:
        """Return a batch's context with an event's own laid over it."""
        try:
            both = self._object.decode(shared)
            return msgspec.json.encode(both | self._object.decode(own) if own else both)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            cause = because(Why.BAD_CONTEXT, error=str(error))
            raise Refusal(Reason.BAD_FIELD, cause, "context") from None

    def _read_context(self, raw: bytes) -> WireContext:
        try:
            return self._context.decode(raw)
        except msgspec.ValidationError:
            return self._lenient_context(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            cause = because(Why.BAD_CONTEXT, error=str(error))
            raise Refusal(Reason.BAD_TEXT, cause, "context") from None

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

    def _contacts(
        self, traits: bytes, properties: bytes, context: WireContext, found: dict[str, str]
    ) -> None:
        if traits:
            identifiers.contacts_of(traits, self._country, found)
        if context.traits is not ABSENT:
            identifiers.contacts_of(context.traits, self._country, found)
        if properties and _names_contacts(properties):
            identifiers.contacts_of(properties, self._country, found)
        if context.externalIds:
            identifiers.external_ids(context, self._country, found)

    def _traits(self, traits: bytes, context: WireContext) -> dict[str, object]:
        said = self._object.decode(traits) if traits else {}
        if context.traits is ABSENT or bytes(context.traits) == b"null":
            return said
        try:
            return self._object.decode(context.traits) | said
        except msgspec.DecodeError:
            return said

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
            cause = because(Why.NUMBER_RANGE, error=str(error))
            raise Refusal(Reason.BAD_FIELD, cause) from None


def _category(value: Loose) -> str:
    """Return what a page belongs to; it only describes, so no event is refused for it."""
    return identifiers.text_id(value).replace("\0", "")[:MAX_NAME]


def _names_contacts(raw: bytes) -> bool:
    return b'"email"' in raw or b'"phone"' in raw


def _identifiers(kind: str, item: WireEvent) -> dict[str, str]:
    found: dict[str, str] = {}
    if item.userId is not None and (text := identifiers.text_id(item.userId)):
        found["user_id"] = text
    if item.anonymousId is not None and (text := identifiers.text_id(item.anonymousId)):
        found["anonymous_id"] = text
    if kind == "alias" and (text := identifiers.text_id(item.previousId)):
        found["previous_id"] = text
    return found


def _times(item: WireEvent, sender: Sender) -> tuple[int | None, int, int | None]:
    """Return the client's word, the corrected time, and when it was sent; µs UTC."""
    zone = sender.source.zone
    said, told = item.originalTimestamp, item.timestamp
    first = None if said is None else _spoken(said, zone, "originalTimestamp")
    corrected = None if told is None else _spoken(told, zone, "timestamp")
    trusted = first is not None and corrected is not None
    sent = sender.sent if item.sentAt is None else time_or_none(item.sentAt, zone)
    moment = occurred_at(
        received=sender.envelope.received_at,
        original=first if corrected is None else corrected,
        sent=sent,
        trusted=trusted,
    )
    return corrected if first is None else first, moment, sent


def _spoken(value: Loose, zone: str, field_name: str) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise Refusal(Reason.BAD_FIELD, because(Why.NO_TIME, field=field_name), field_name)
    try:
        return parse_time(value, zone, field_name)
    except BadTime as error:
        raise Refusal(Reason.BAD_FIELD, error.cause, field_name) from None


def _with_previous(found: tuple[Identifier, ...], previous: str) -> tuple[Identifier, ...]:
    """Add what an alias says: the previous id is an anonymous or another user's id."""
    return (*found, ("anonymous_id", previous)) if previous else found


def _tags(context: WireContext) -> tuple[tuple[str, str], ...]:
    if context.campaign is None and context.page is not None and context.page.url:
        url = context.page.url
        return enrich.campaign(url) if "utm_" in url else ()
    return ()
