"""From columns to facts: what every event is, where it is, and what it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hamsafar.friction.definitions import DEFINITIONS, LONGEST_TALK, SESSION_GAP
from hamsafar.friction.kernels import track_kernels
from hamsafar.friction.life import Fact, Life
from hamsafar.friction.types import Detector
from hamsafar.journeys import (
    DEFAULT_KEYS,
    ChannelKind,
    PropertyColumn,
    Role,
    Roles,
    Sequences,
    channel_kind,
    matter_of,
)
from hamsafar.storage.types import I64, U32, Flag, SortedChunk

Columns = Mapping[str, PropertyColumn]

ELEMENT = ("element", "element_id", "target", "selector", "label")
PAGE = ("path", "context.page.path", "url")
_BITS: Mapping[Role, int] = {
    Role.PAGE: Fact.PAGE,
    Role.CLICK: Fact.CLICK,
    Role.BROWSE: Fact.BROWSE,
    Role.CART: Fact.CART,
    Role.CHECKOUT: Fact.CHECKOUT,
    Role.GOAL: Fact.GOAL,
    Role.ERROR: Fact.ERROR,
    Role.SELF_SERVICE: Fact.SELF_SERVICE,
    Role.CONTACT: Fact.CONTACT,
    Role.CONTACT_END: Fact.CONTACT_END,
    Role.QUESTION: Fact.QUESTION,
    Role.ANSWER: Fact.ANSWER,
    Role.TRANSFER: Fact.TRANSFER,
    Role.EXPLAIN: Fact.EXPLAIN,
    Role.SEARCH: Fact.SEARCH,
    Role.TECHNICAL: Fact.IGNORED,
    Role.OUTBOUND: Fact.IGNORED,
}
_NOT_THEIRS = Flag.DERIVED | Flag.TECHNICAL | Flag.BOT
_FALSE = frozenset({"false", "no", "0", "خیر"})
_TRUE = frozenset({"true", "yes", "1", "بله"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What values of some properties say about an event.

    Attributes:
        paths: the properties.
        bits: set where one of them has such a value.
        is_so: which values.
    """

    paths: tuple[str, ...]
    bits: int
    is_so: Callable[[object], bool]


def is_false(value: object) -> bool:
    """Return whether a property says no."""
    return value is False or (isinstance(value, str) and value.strip().lower() in _FALSE)


def is_true(value: object) -> bool:
    """Return whether a property says yes."""
    return value is True or (isinstance(value, str) and value.strip().lower() in _TRUE)


def is_zero(value: object) -> bool:
    """Return whether a property counts nothing."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


def is_there(value: object) -> bool:
    """Return whether a property is there."""
    return value is not None


SAID: tuple[Said, ...] = (
    Said(paths=("results", "results_count", "hits"), bits=Fact.EMPTY, is_so=is_zero),
    Said(paths=("effect", "has_effect"), bits=Fact.NO_EFFECT, is_so=is_false),
    Said(paths=("dead", "is_dead"), bits=Fact.NO_EFFECT, is_so=is_true),
    Said(paths=("solved", "resolved", "helpful"), bits=Fact.SOLVED, is_so=is_true),
    Said(paths=("solved", "resolved", "helpful"), bits=Fact.UNSOLVED, is_so=is_false),
    Said(paths=("context_passed",), bits=Fact.NO_CONTEXT, is_so=is_false),
    Said(paths=("context_passed",), bits=Fact.WITH_CONTEXT, is_so=is_true),
    Said(paths=("article", "article_id"), bits=Fact.NAMED, is_so=is_there),
)


def wanted_paths() -> tuple[str, ...]:
    """Return every property a detector may read."""
    paths = [*DEFAULT_KEYS.paths, *ELEMENT, *PAGE]
    paths += [path for said in SAID for path in said.paths]
    paths += [path for detector in Detector for path in DEFINITIONS[detector].causes]
    return tuple(dict.fromkeys(paths))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A history ready for detectors.

    Attributes:
        sequences: it.
        lives: what detectors walk along, for each chunk, all its persons.
    """

    sequences: Sequences
    lives: tuple[Life, ...] = field(repr=False)


def facts_of(sequences: Sequences, roles: Roles) -> Facts:
    """Return a history as detectors look at it.

    Args:
        sequences: whose events; properties of `wanted_paths` that are not loaded are taken as
            missing.
        roles: of the event names.
    """
    by_code = np.array([_bits(roles, name) for name in sequences.names] or [0], np.uint32)
    by_channel = np.array([_channel_bits(name) for name in sequences.channels] or [0], np.uint32)
    columns = sequences.properties
    matters = matter_of(sequences)
    lives = tuple(
        _life(chunk, matter, _facts(chunk, number, by_code, by_channel, columns), number, columns)
        for number, (chunk, matter) in enumerate(zip(sequences.chunks, matters, strict=True))
    )
    return Facts(sequences=sequences, lives=lives)


def first_codes(columns: Columns, paths: Sequence[str], chunk: int, rows: I64) -> I64:
    """Return `place of the path << 32 | code` of the first of these properties each event has.

    -1 where an event has none. Equal numbers of one chunk say the same as `first_said`.
    """
    out = np.full(len(rows), -1, np.int64)
    for place, path in enumerate(paths):
        column = columns.get(path)
        if column is not None:
            codes = column.codes[chunk][rows].astype(np.int64)
            out = np.where((out < 0) & (codes > 0), place << 32 | codes, out)
    return out


def first_said(columns: Columns, paths: Sequence[str], chunk: int, row: int) -> str:
    """Return `path=value` of the first of these properties an event has, empty for none."""
    for path in paths:
        column = columns.get(path)
        if column is not None and (code := int(column.codes[chunk][row])):
            return f"{path}={_text(column.values[code])}"
    return ""


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _bits(roles: Roles, name: str) -> int:
    bits = 0
    for role in roles[name]:
        bits |= _BITS.get(role, 0)
    return bits


def _channel_bits(name: str) -> int:
    kind = channel_kind(name)
    return (Fact.CHAT if kind is ChannelKind.CHAT else 0) | (Fact.LIVE if kind.is_live else 0)


def _facts(chunk: SortedChunk, number: int, by_code: U32, by_channel: U32, columns: Columns) -> U32:
    rows = len(chunk.time)
    channel = np.broadcast_to(chunk.channel, rows).astype(np.int64)
    bits = by_code[chunk.code]
    bits |= by_channel[np.minimum(channel, len(by_channel) - 1)]
    for said in SAID:
        for path in said.paths:
            column = columns.get(path)
            if column is not None:
                so = [said.bits if said.is_so(value) else 0 for value in column.values]
                bits |= np.array(so, np.uint32)[column.codes[number]]
    theirs = np.broadcast_to(chunk.flags & _NOT_THEIRS, rows) == 0
    ignored: U32 = bits | np.where(theirs, 0, Fact.IGNORED).astype(np.uint32)
    return ignored


def _spot(chunk: SortedChunk, number: int, facts: U32, columns: Columns) -> I64:
    """Return which page or element each event is at; equal numbers are the same one."""
    click = (facts & Fact.CLICK) > 0
    detail = np.where(
        click, _codes(columns, ELEMENT, number, facts), _codes(columns, PAGE, number, facts)
    )
    spots: I64 = chunk.code.astype(np.int64) << 33 | click.astype(np.int64) << 32 | detail
    return spots


def _codes(columns: Columns, paths: Sequence[str], number: int, like: U32) -> I64:
    out: NDArray[np.int64] = np.zeros(len(like), np.int64)
    base = 0
    for path in paths:
        column = columns.get(path)
        if column is not None:
            codes = column.codes[number].astype(np.int64)
            out = np.where((out == 0) & (codes > 0), codes + base, out)
            base += len(column.values)
    return out


def _life(chunk: SortedChunk, matter: I64, facts: U32, number: int, columns: Columns) -> Life:
    rows, people = len(chunk.time), len(chunk.starts) - 1
    skip = np.zeros(1, np.uint8) if chunk.skip is None else chunk.skip.astype(np.uint8)
    life = Life(
        starts=np.array(chunk.starts),
        time=np.array(chunk.time),
        facts=facts,
        spot=_spot(chunk, number, facts, columns),
        matter=matter,
        channel=np.array(np.broadcast_to(chunk.channel, rows)),
        end=np.full(rows, -1, np.int64),
        goal=np.full(rows, -1, np.int64),
        talk=np.zeros(rows, np.int64),
        skip=skip if len(skip) else np.zeros(1, np.uint8),
        skip_mask=0 if chunk.skip is None or not len(skip) else -1,
        lo=0,
        hi=people,
    )
    kernels = track_kernels()
    kernels.mark_sessions(life, int(SESSION_GAP.total_seconds() * 1_000_000))
    kernels.mark_talks(life, int(LONGEST_TALK.total_seconds() * 1_000_000))
    return life
