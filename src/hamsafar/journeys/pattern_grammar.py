r"""The language of path patterns: regular expressions whose letters are events.

    pattern  := "^"? either "$"? ("within" DURATION)?
    either   := run ("|" run)*
    run      := (limit | skip | item)+           neighbours directly follow each other
    item     := atom ("*" | "+" | "?" | "{" m ("," n?)? "}") "?"?    a last "?" prefers few
    atom     := NAME | "." | "[" "^"? NAME ("," NAME)* "]" | "(" either ")" | "(?<" label ">" either ")"
    skip     := "..." limit?                     whatever lies between, as little as possible
    limit    := "(" bound ("," bound)* ")"       time between the events on its left and right
    bound    := ("<=" | "<" | ">=" | ">") DURATION
    DURATION := number ("ms" | "s" | "m" | "h" | "d" | "w")
    NAME     := letters, digits, "_"  or  anything in "…" or '…', \ before a quote or \
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hamsafar.kernel.errors import BadInput

FOREVER_US = 1 << 61
"""No upper limit."""

MAX_TEXT = 2_000
MAX_TIMES = 64
MAX_NESTED = 30

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<skip>\.\.\.|…)
    | (?P<bounds>\(\s*[<>][^()]*\))
    | (?P<label>\(\?<(?P<named>\w+)>)
    | (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<name>\w+)
    | (?P<times>\{\s*\d+\s*(?:,\s*\d*\s*)?\})
    | (?P<mark>[().*+?|,\[\]^$])
    )""",
    re.VERBOSE,
)
_BOUND = re.compile(r"\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*")
_WITHIN = re.compile(r"\bwithin\s+(\d+(?:\.\d+)?)\s*([a-z]+)\s*$")
_ESCAPE = re.compile(r"\\(.)")
_UNIT_US = {
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "min": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}


@dataclass(frozen=True, slots=True)
class Atom:
    """One event: any of some names, any but some (`is_negated`); no names negated is any event."""

    names: tuple[str, ...]
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """Time between two neighbours: `low_us` … `high_us`; `is_skip`: others may lie between."""

    is_skip: bool = False
    low_us: int = 0
    high_us: int = FOREVER_US

    def both(self, other: Limit) -> Limit:
        """Return what satisfies both."""
        return Limit(
            self.is_skip or other.is_skip,
            max(self.low_us, other.low_us),
            min(self.high_us, other.high_us),
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One part after the other."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """The first of the parts that fits."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part `least` … `most` times (None: any number), as many (or few) as fit."""

    part: Part
    least: int
    most: int | None
    is_greedy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A part whose events are reported under a label."""

    part: Part
    label: str


Part = Atom | Limit | Run | Either | Repeat | Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A pattern that was read.

    Attributes:
        part: what is looked for.
        at_start: a match begins with the person's first event.
        at_end: it ends with the last.
        within_us: from its first to its last event at most so long.
        labels: of groups, in the order of their opening.
    """

    part: Part
    at_start: bool
    at_end: bool
    within_us: int
    labels: tuple[str, ...]


def parse(text: str, *, where: str = "pattern") -> Pattern:
    """Read a pattern.

    Args:
        text: in the language above.
        where: what errors call it.

    Raises:
        BadInput: not in the language; tells at which character.
    """
    if len(text) > MAX_TEXT:
        message = f"a pattern has at most {MAX_TEXT} characters, not {len(text)}"
        raise BadInput(message, where=where)
    within = _WITHIN.search(text)
    body = text if within is None else text[: within.start()]
    reader = _Reader(body, where)
    within_us = FOREVER_US if within is None else reader.duration(within[1], within[2])
    at_start = reader.take("^")
    part = reader.either(0)
    at_end = reader.take("$")
    reader.finish()
    return Pattern(
        part=part,
        at_start=at_start,
        at_end=at_end,
        within_us=within_us,
        labels=tuple(reader.labels),
    )


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, text: str, where: str) -> None:
        self._text, self._where = text, where
        self._at = 0
        self._next: re.Match[str] | None = None
        self.labels: list[str] = []
        self._advance()

    def either(self, depth: int) -> Part:
        if depth > MAX_NESTED:
            raise self._wrong(f"at most {MAX_NESTED} groups within each other")
        parts = [self._run(depth)]
        while self.take("|"):
            parts.append(self._run(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def take(self, mark: str) -> bool:
        """Take this mark if it comes next."""
        if self._next is None or self._next["mark"] != mark:
            return False
        self._advance()
        return True

    def finish(self) -> None:
        """Refuse what is left."""
        if self._next is not None:
            raise self._wrong(f"unexpected {self._next[0].strip()!r}")

    def duration(self, number: str, unit: str) -> int:
        if unit not in _UNIT_US:
            raise self._wrong(f"{unit!r} is no unit of time; use {', '.join(_UNIT_US)}")
        found = round(float(number) * _UNIT_US[unit])
        if found > FOREVER_US:
            raise self._wrong(f"{number}{unit} is too long")
        return found

    def _run(self, depth: int) -> Part:
        parts: list[Part] = []
        while self._next is not None and self._next["mark"] not in {"|", ")", "$"}:
            parts.append(self._limit() or self._item(depth))
        if not parts:
            raise self._wrong("an event is missing")
        return parts[0] if len(parts) == 1 else Run(tuple(parts))

    def _limit(self) -> Limit | None:
        if self._next is not None and self._next["skip"]:
            self._advance()
            return Limit(is_skip=True).both(self._bounds())
        if self._next is not None and self._next["bounds"]:
            return self._bounds()
        return None

    def _bounds(self) -> Limit:
        limit = Limit()
        if self._next is None or not self._next["bounds"]:
            return limit
        for bound in self._next["bounds"][1:-1].split(","):
            found = _BOUND.fullmatch(bound)
            if found is None:
                raise self._wrong(f"{bound.strip()!r} is no limit of time such as <=5m")
            us = self.duration(found[2], found[3])
            match found[1]:
                case "<=":
                    limit = limit.both(Limit(high_us=us))
                case "<":
                    limit = limit.both(Limit(high_us=us - 1))
                case ">=":
                    limit = limit.both(Limit(low_us=us))
                case _:
                    limit = limit.both(Limit(low_us=us + 1))
        self._advance()
        return limit

    def _item(self, depth: int) -> Part:
        part = self._atom(depth)
        while (times := self._times()) is not None:
            part = Repeat(part, times[0], times[1], is_greedy=not self.take("?"))
        return part

    def _times(self) -> tuple[int, int | None] | None:
        if self.take("*"):
            return 0, None
        if self.take("+"):
            return 1, None
        if self.take("?"):
            return 0, 1
        if self._next is None or not self._next["times"]:
            return None
        least, comma, most = self._next["times"][1:-1].partition(",")
        first = int(least)
        last = first if not comma else (int(most) if most.strip() else None)
        if (
            (last is not None and not first <= last)
            or last == 0
            or max(first, last or 0) > MAX_TIMES
        ):
            raise self._wrong(f"{self._next[0].strip()} is not 0 … {MAX_TIMES}, rising")
        self._advance()
        return first, last

    def _atom(self, depth: int) -> Part:
        token = self._next
        if token is None:
            raise self._wrong("an event is missing")
        if token["label"]:
            return self._group(token["named"], depth)
        if self.take("("):
            part = self.either(depth + 1)
            self._expect(")")
            return part
        if self.take("."):
            return Atom((), is_negated=True)
        if self.take("["):
            return self._class()
        return Atom((self._name(),))

    def _group(self, label: str, depth: int) -> Part:
        if label in self.labels:
            raise self._wrong(f"the label {label!r} stands twice")
        self.labels.append(label)
        self._advance()
        part = self.either(depth + 1)
        self._expect(")")
        return Group(part, label)

    def _class(self) -> Atom:
        is_negated = self.take("^")
        names = [self._name()]
        while self.take(","):
            names.append(self._name())
        self._expect("]")
        return Atom(tuple(names), is_negated)

    def _name(self) -> str:
        token = self._next
        if token is None or not (token["name"] or token["quoted"]):
            raise self._wrong("an event is missing")
        self._advance()
        return token["name"] or _ESCAPE.sub(r"\1", token["quoted"][1:-1])

    def _expect(self, mark: str) -> None:
        if not self.take(mark):
            raise self._wrong(f"{mark!r} is missing")

    def _advance(self) -> None:
        rest = self._text[self._at :]
        if not rest.strip():
            self._at, self._next = len(self._text), None
            return
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            raise self._wrong(f"cannot read {rest.strip()[:20]!r}")
        self._next, self._at = found, found.end()

    def _wrong(self, why: str) -> BadInput:
        return BadInput(f"{why} (character {self._at})", where=self._where)
