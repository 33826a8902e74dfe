"""Columns of a file as events, a whole batch at once.

Every column becomes an array of JSON fragments; Arrow joins them to one event a row. That costs
a few µs a row instead of the tens a dict and an encoder would.
"""

from __future__ import annotations

import re

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from hamsafar.collect.importing.ids import Occurrences
from hamsafar.collect.importing.moments import moments
from hamsafar.collect.importing.plan import Plan, Role

_NUMBER = r"^-?(0|[1-9][0-9]{0,14})([.][0-9]{1,12})?$"
_TRUTH = r"^([Tt]rue|TRUE|[Ff]alse|FALSE)$"
_NEEDS_ESCAPE = r'["\\\x00-\x1f]'
_STAYS_TEXT = re.compile(
    r"(?:^|[_\s.-])(?:id|code|phone|mobile|tel|zip|postal|sku|barcode|isbn|card|iban|national)"
    r"(?:$|[_\s.-])|(?:Id|ID|Code|Number)$|کد|شماره|موبایل|تلفن"
)
_BINARY = pa.binary()
_encode = msgspec.json.Encoder(order="sorted").encode


class Rows:
    """Turns record batches of one file into events, in order. Keeps count of identical rows."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._occurrences = Occurrences(plan.source)

    def events(self, batch: pa.RecordBatch) -> list[bytes]:
        """Return one event (JSON) for each row.

        What cannot be read stays in the event as it was, marked so that the pipeline quarantines
        it with its reason.
        """
        columns = {
            name: _plain(column)
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        }
        plan, rows = self._plan, batch.num_rows
        parts = [
            pa.repeat(_literal(b'{"messageId":'), rows),
            self._message_ids(columns, rows),
            self._kind(columns, rows),
            *self._ids(columns),
            self._timestamps(columns, rows),
            self._said(columns, rows),
            *self._context(columns, rows),
        ]
        if plan.event and Role.NAME not in plan.roles:
            parts.append(pa.repeat(_literal(b',"event":' + _encode(plan.event)), rows))
        joined = _join([*parts, pa.repeat(_literal(b"}"), rows)])
        events: list[bytes] = joined.to_pylist()
        return events

    def _message_ids(self, columns: dict[str, pa.Array], rows: int) -> pa.Array:
        plan = self._plan
        if plan.id_column:
            named = columns[plan.id_column]
            fragment = _quoted(_text(named))
            if named.null_count == 0:
                return fragment
            made = pa.array([_encode(key) for key in self._made(columns, rows)], _BINARY)
            return pc.coalesce(fragment, made)
        return pa.array([_encode(key) for key in self._made(columns, rows)], _BINARY)

    def _made(self, columns: dict[str, pa.Array], rows: int) -> list[str]:
        return self._occurrences.ids(canonical(columns, rows))

    def _kind(self, columns: dict[str, pa.Array], rows: int) -> pa.Array:
        column = self._plan.roles.get(Role.TYPE)
        fixed = _literal(b',"type":' + _encode(self._plan.kind))
        if column is None:
            return pa.repeat(fixed, rows)
        return _filled(_member("type", _quoted(_text(columns[column]))), fixed)

    def _ids(self, columns: dict[str, pa.Array]) -> list[pa.Array]:
        found = []
        for role, name in (
            (Role.USER_ID, "userId"),
            (Role.ANONYMOUS_ID, "anonymousId"),
            (Role.NAME, "event"),
        ):
            column = self._plan.roles.get(role)
            if column is not None:
                found.append(_member(name, _quoted(_text(columns[column]))))
        name_column = self._plan.roles.get(Role.NAME)
        if name_column is not None and Role.TYPE in self._plan.roles:
            # Pages and screens have a name where tracks have an event.
            found.append(_member("name", _quoted(_text(columns[name_column]))))
        return found

    def _timestamps(self, columns: dict[str, pa.Array], rows: int) -> pa.Array:
        column = self._plan.roles.get(Role.TIME)
        if column is None or self._plan.timing is None:
            return pa.repeat(_literal(b""), rows)
        values = columns[column]
        times = moments(values, self._plan.timing)
        text = pc.replace_substring(times.cast(pa.timestamp("us")).cast(pa.string()), " ", "T")
        good = _wrapped(b',"timestamp":"', text.cast(_BINARY), b'Z"')
        if times.null_count == 0:
            return good
        return pc.coalesce(good, _unread(_text(values), self._plan.timing.zone, rows))

    def _said(self, columns: dict[str, pa.Array], rows: int) -> pa.Array:
        """Return the properties, or the traits of an identify."""
        plan = self._plan
        is_identify = plan.kind == "identify"
        names = [
            (name, plan.renamed.get(name, name))
            for name in plan.others
            if is_identify or name not in plan.traits
        ]
        if is_identify:
            names += self._contacts()
        return _object("traits" if is_identify else "properties", columns, names, rows)

    def _context(self, columns: dict[str, pa.Array], rows: int) -> list[pa.Array]:
        plan = self._plan
        session = plan.roles.get(Role.SESSION)
        traits = [
            (name, plan.renamed.get(name, name)) for name in plan.others if name in plan.traits
        ]
        if plan.kind == "identify":
            traits = []
        else:
            traits += self._contacts()
        if session is None and not traits:
            return []
        inner = []
        if session is not None:
            inner.append(_member("sessionId", _quoted(_text(columns[session]))))
        if traits:
            inner.append(_object("traits", columns, traits, rows))
        return [_braced("context", _join(inner))]

    def _contacts(self) -> list[tuple[str, str]]:
        roles = self._plan.roles
        return [(roles[r], r.value) for r in (Role.EMAIL, Role.PHONE) if r in roles]


def canonical(columns: dict[str, pa.Array], rows: int) -> list[bytes]:
    """Return each row in one form, whatever the order of columns.

    Empty cells say nothing, so a file that gains an empty column keeps its ids. Each value stands
    behind its length, so no two rows share a form.
    """
    parts = []
    for name in sorted(columns):
        text = _text(columns[name]).cast(_BINARY)
        size = pc.binary_length(text).cast(pa.string()).cast(_BINARY)
        head = f"{len(name.encode())}:{name}".encode()
        parts.append(_wrapped(head, _pair(size, b":", text), b"\n"))
    if not parts:
        return [b""] * rows
    joined: list[bytes] = _join(parts).to_pylist()
    return joined


def _plain(column: pa.Array) -> pa.Array:
    """Return a column without dictionaries, and with empty texts as nulls."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
        column = column.cast(pa.string())
    if pa.types.is_string(column.type):
        return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
    return column


def _text(column: pa.Array) -> pa.Array:
    """Return each value as text."""
    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_nested(kind):
        return pa.array(
            [None if v is None else _encode(v).decode() for v in column.to_pylist()], pa.string()
        )
    if pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return pa.array([None if v is None else v.hex() for v in column.to_pylist()], pa.string())
    if pa.types.is_floating(kind):
        # 12.0 and 12 are one id: files lose integers to floats where a value is missing.
        return pc.replace_substring_regex(column.cast(pa.string()), r"\.0$", "")
    return column.cast(pa.string())


def _value(name: str, column: pa.Array) -> pa.Array:
    """Return each value as JSON, its type kept; null where there is none."""
    kind = column.type
    if pa.types.is_string(kind):
        return _quoted(column) if _STAYS_TEXT.search(name) else _guessed(column)
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return column.cast(pa.string()).cast(_BINARY)
    if pa.types.is_floating(kind):
        finite = pc.if_else(pc.is_finite(column), column, pa.scalar(None, kind))
        return finite.cast(pa.string()).cast(_BINARY)
    if pa.types.is_nested(kind):
        return _text(column).cast(_BINARY)
    return _quoted(_text(column))


def _guessed(column: pa.Array) -> pa.Array:
    """Return text cells as JSON numbers and truths where they read as such."""
    quoted = _quoted(column)
    raw = column.cast(_BINARY)
    is_number = pc.match_substring_regex(column, _NUMBER)
    found = pc.if_else(is_number, raw, quoted)
    is_truth = pc.match_substring_regex(column, _TRUTH)
    if pc.any(is_truth).as_py():
        found = pc.if_else(is_truth, pc.utf8_lower(column).cast(_BINARY), found)
    return found


def _quoted(column: pa.Array) -> pa.Array:
    """Return text as JSON strings."""
    if pc.any(pc.match_substring_regex(column, _NEEDS_ESCAPE)).as_py():
        return pa.array(
            [None if text is None else _encode(text) for text in column.to_pylist()], _BINARY
        )
    return _wrapped(b'"', column.cast(_BINARY), b'"')


def _unread(text: pa.Array, zone: str, rows: int) -> pa.Array:
    """Return what stood where a time should be, so that no reader takes it for one."""
    why = "" if zone else ", or no zone and no --tz"
    said = [
        "(no time)" if value is None else f"{value} (not a time of this file's kind{why})"
        for value in text.to_pylist()
    ]
    return _member("timestamp", pa.array([_encode(value) for value in said[:rows]], _BINARY))


def _object(
    key: str, columns: dict[str, pa.Array], names: list[tuple[str, str]], rows: int
) -> pa.Array:
    if not names:
        return pa.repeat(_literal(b""), rows)
    members = [_member(name, _value(name, columns[column])) for column, name in names]
    return _braced(key, _join(members))


def _braced(key: str, members: pa.Array) -> pa.Array:
    """Return `,"key":{...}` around members that each begin with a comma."""
    opened = pc.binary_replace_slice(members, 0, 1, b"{")
    return _wrapped(b"," + _encode(key) + b":", opened, b"}")


def _member(key: str, value: pa.Array) -> pa.Array:
    return _wrapped(b"," + _encode(key) + b":", value, b"")


def _wrapped(before: bytes, middle: pa.Array, after: bytes) -> pa.Array:
    """Return before + middle + after, null where middle is null."""
    return pc.binary_join_element_wise(_literal(before), middle, _literal(after), _literal(b""))


def _pair(left: pa.Array, between: bytes, right: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(left, right, _literal(between))


def _join(parts: list[pa.Array]) -> pa.Array:
    """Join arrays row by row; a null counts as nothing."""
    return pc.binary_join_element_wise(*parts, _literal(b""), null_handling="replace")


def _filled(column: pa.Array, value: pa.Scalar) -> pa.Array:
    return pc.coalesce(column, value)


def _literal(value: bytes) -> pa.Scalar:
    return pa.scalar(value, _BINARY)
