"""JSON lines as events: lines that are Segment events already, and lines that are flat rows."""

from __future__ import annotations

import re

import msgspec

from hamsafar.collect.importing.ids import Occurrences
from hamsafar.collect.importing.moments import Timing, Writing, iso, moment_of, plain_iso
from hamsafar.collect.importing.packing import Refused
from hamsafar.collect.importing.plan import Plan, Role
from hamsafar.collect.types import Reason
from hamsafar.collect.why import Why, because

EVENT_TYPES = frozenset({"track", "page", "screen", "identify", "group", "alias"})
_HAS_ZONE = re.compile(r"(?:[Zz]|[+-]\d{2}:?\d{2})$")
_encode = msgspec.json.Encoder(order="sorted").encode
_encode_as_is = msgspec.json.Encoder().encode
_Line = dict[str, object]
_ID_KEYS = ((Role.USER_ID, "userId"), (Role.ANONYMOUS_ID, "anonymousId"))


class _Head(msgspec.Struct, gc=False, rename="camel"):
    """What an event line is looked through for."""

    type: str | None = None
    message_id: str | int | None = None
    timestamp: str | float | None = None
    original_timestamp: str | float | None = None
    sent_at: str | float | None = None
    source: str | None = None


class EventLines:
    """Takes lines that are Segment events already; almost all pass as they are."""

    def __init__(self, source: str, *, follows_lines: bool, zone: str) -> None:
        """Prepare.

        Args:
            source: slug of the events' source.
            follows_lines: a line's own `source` names its source instead.
            zone: IANA zone of times without an offset; empty: such lines are quarantined.
        """
        self._source = source
        self._follows = follows_lines
        self._zone = zone
        self._head = msgspec.json.Decoder(_Head)
        self._whole = msgspec.json.Decoder(_Line)
        self._occurrences: dict[str, Occurrences] = {}

    def event(self, line: bytes) -> tuple[str, bytes | Refused]:
        """Return the source's slug and the event, or why the line is none."""
        try:
            head = self._head.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self._source, self._loose(line)
        source = head.source if self._follows and head.source else self._source
        is_plain = isinstance(head.timestamp, str) and _HAS_ZONE.search(head.timestamp)
        if is_plain and head.message_id and (head.sent_at is None or head.original_timestamp):
            return source, line
        return source, self._mended(line, head, source)

    def _loose(self, line: bytes) -> bytes | Refused:
        """Return a line of odd types for the pipeline to explain, or the refusal of no JSON."""
        try:
            self._whole.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return not_json(line, error)
        return line

    def _mended(self, line: bytes, head: _Head, source: str) -> bytes:
        event = self._whole.decode(line)
        if not head.message_id:
            known = self._occurrences.setdefault(source, Occurrences(source))
            event["messageId"] = known.ids([_encode(event)])[0]
        if head.original_timestamp is None:
            # The time it was sent says nothing about today's clock.
            event.pop("sentAt", None)
        for name in ("originalTimestamp", "timestamp"):
            value = event.get(name)
            if isinstance(value, str) and value and not _HAS_ZONE.search(value):
                event[name] = self._with_zone(value)
        if head.timestamp in {None, ""} and head.original_timestamp in {None, ""}:
            event["timestamp"] = event.get("receivedAt") or head.sent_at or "(no time)"
        return _encode(event)

    def _with_zone(self, value: str) -> str:
        if not self._zone:
            return f"{value} (no zone, and no --tz)"
        # `datetime.fromisoformat` of the pipeline knows offsets, not zone names.
        return zoned_text(value, self._zone)


class ObjectLines:
    """Takes lines that are flat rows, by a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._roles = tuple(plan.roles.items())
        self._occurrences = Occurrences(plan.source)
        self._decoder = msgspec.json.Decoder(_Line)

    def events(self, lines: list[bytes]) -> list[bytes | Refused]:
        """Return one event, or refusal, for each line."""
        rows: list[_Line | Refused] = []
        for line in lines:
            try:
                rows.append(self._decoder.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                rows.append(not_json(line, error))
        made = iter(self._ids([row for row in rows if not isinstance(row, Refused)]))
        return [row if isinstance(row, Refused) else self._event(row, next(made)) for row in rows]

    def _ids(self, rows: list[_Line]) -> list[str]:
        column = self._plan.id_column
        if not column:
            return self._occurrences.ids([_canonical(row) for row in rows])
        named = [_plain(row.get(column)) for row in rows]
        if all(named):
            return named
        made = self._occurrences.ids([_canonical(row) for row in rows])
        return [name or own for name, own in zip(named, made, strict=True)]

    def _event(self, row: _Line, message_id: str) -> bytes:
        plan = self._plan
        row.pop(plan.id_column, None)
        taken = {role: row.pop(column, None) for role, column in self._roles}
        kind = plan.kind if Role.TYPE not in taken else _plain(taken[Role.TYPE]) or plan.kind
        event: _Line = {"messageId": message_id, "type": kind}
        name = plan.event if Role.NAME not in taken else _plain(taken[Role.NAME]) or plan.event
        if name:
            event["event" if kind == "track" else "name"] = name
        for role, key in _ID_KEYS:
            if (value := taken.get(role)) is not None and (text := _plain(value)):
                event[key] = text
        if plan.timing is not None:
            event["timestamp"] = time_text(taken[Role.TIME], plan.timing)
        self._tell(event, row, taken, kind)
        return _encode_as_is(event)

    def _tell(self, event: _Line, row: _Line, taken: dict[Role, object], kind: str) -> None:
        """Put what is left of the row into properties, traits and context."""
        plan = self._plan
        if None in row.values():
            row = {key: value for key, value in row.items() if value is not None}
        if plan.renamed:
            row = {plan.renamed.get(key, key): value for key, value in row.items()}
        traits: _Line = {
            role.value: _plain(taken[role]) for role in (Role.EMAIL, Role.PHONE) if taken.get(role)
        }
        context: _Line = {}
        if kind == "identify":
            event["traits"] = row | traits
        else:
            for column in plan.traits:
                name = plan.renamed.get(column, column)
                if name in row:
                    traits[name] = row.pop(name)
            event["properties"] = row
            if traits:
                context["traits"] = traits
        if (session := taken.get(Role.SESSION)) is not None:
            context["sessionId"] = _plain(session)
        if context:
            event["context"] = context


def _canonical(row: _Line) -> bytes:
    """Return the row in one form, whatever the order of its keys; empty values say nothing."""
    values = row.values()
    if None in values or "" in values:
        return _encode({k: v for k, v in row.items() if v is not None and v != ""})
    return _encode(row)


def not_json(line: bytes, error: Exception) -> Refused:
    """Return the refusal of a line that is no JSON object."""
    return Refused(
        Reason.BAD_JSON,
        because(Why.LINE_NOT_JSON, error=str(error)),
        line.decode(errors="replace"),
    )


def time_text(value: object, timing: Timing) -> str:
    """Return ISO 8601 of a time as a row has it, or its text marked as no time."""
    if value is None or value == "":
        return "(no time)"
    text = _plain(value)
    if timing.writing is Writing.ISO and (found := plain_iso(text, timing.zone)):
        return found
    moment = moment_of(text, timing)
    if moment is None:
        why = "" if timing.zone else ", or no zone and no --tz"
        return f"{text} (not a time of this file's kind{why})"
    return iso(moment)


def zoned_text(value: str, zone: str) -> str:
    """Return a naive ISO time with the offset its zone has then."""
    moment = moment_of(value, Timing(Writing.ISO, zone, naive=True))
    return f"{value} (not a time)" if moment is None else iso(moment)


def _plain(value: object) -> str:
    """Return a value of a row as text; 12.0 is 12."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _encode(value).decode()
