"""What is true of a simulated stream, counted while it is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from hamsafar.simulate.population import MAX_COOKIES, Population, phone_of

EMAIL_BIT = 1 << MAX_COOKIES
PHONE_BIT = EMAIL_BIT << 1
USER_BIT = PHONE_BIT << 1


class Counts(msgspec.Struct):
    """Exact counts of the lines of a stream.

    Attributes:
        lines: all lines; `unique + duplicates + invalid`.
        unique: valid events, each counted once.
        duplicates: lines that repeat an earlier one.
        invalid: lines that belong in quarantine.
        late: events delivered an hour or more after they happened.
        merges: identifiers that had events of their own before they were joined to a person.
        links: all joins of two identifiers.
        people: persons a right identity resolution finds.
        invalid_by_reason: by the reason of `collect`.
        by_source, by_type, by_name: unique events.
    """

    lines: int = 0
    unique: int = 0
    duplicates: int = 0
    invalid: int = 0
    late: int = 0
    merges: int = 0
    links: int = 0
    people: int = 0
    invalid_by_reason: dict[str, int] = {}
    by_source: dict[str, int] = {}
    by_type: dict[str, int] = {}
    by_name: dict[str, int] = {}


class Friction(msgspec.Struct, kw_only=True):
    """One planted trouble.

    Attributes:
        kind: `repeated_contact`, `channel_ping_pong`, `silent_bot`, `abandoned_self_service`,
            `loop`, `rage_click`, `hesitation`, `dead_end`, `transfer_without_context`,
            `had_to_repeat`, `long_wait`, `error_to_support`, `drop_after_error`.
        person: `user_id` when known, else the anonymous id.
        matter: order, case or topic it is about.
        cause: what was planted; empty when chance.
        first_at, last_at: ISO 8601 UTC.
        message_ids: the events it shows in.
    """

    kind: str
    person: str
    matter: str
    cause: str
    first_at: str
    last_at: str
    message_ids: list[str]


class Driver(msgspec.Struct, kw_only=True):
    """How a planted driver moved an outcome, as it came out in this stream."""

    outcome: str
    driver: str
    planted: float
    tried: int = 0
    reached: int = 0


class Cause(msgspec.Struct, kw_only=True):
    """How often one cause made one kind of trouble."""

    kind: str
    cause: str
    times: int = 0
    people: int = 0


class PersonTruth(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Which identifiers are one person.

    Attributes:
        anonymous_ids: joined by evidence in the stream.
        unlinked: identifiers of the same human nothing in the stream joins.
        household: user id of the one a phone or browser is shared with.
    """

    user_id: str = ""
    email: str = ""
    phone: str = ""
    anonymous_ids: list[str] = []
    unlinked: list[str] = []
    household: str = ""
    shares: str = ""


class Truth:
    """Collects the truth. Read it when the stream is at its end."""

    def __init__(self, population: Population) -> None:
        self._population = population
        people = population.size
        self.seen = bytearray(people)
        self.linked = bytearray(people)
        self.cookies = bytearray(people)
        self.counts = Counts()
        self.frictions: list[Friction] = []
        self.drivers: dict[str, Driver] = {}
        self.names: Counter[tuple[str, str, str]] = Counter()

    def see(self, person: int, bit: int) -> None:
        """Note that this identifier of a person carried an event."""
        self.seen[person] |= bit

    def link(self, person: int, bit: int) -> None:
        """Note that this identifier of a person was joined to its user id."""
        if self.linked[person] & bit:
            return
        self.linked[person] |= bit
        self.counts.links += 1
        if self.seen[person] & bit:
            self.counts.merges += 1
        self.seen[person] |= bit

    def outcome(
        self, driver: str, planted: float, *, reached: bool, outcome: str = "Order Completed"
    ) -> None:
        """Note how one try under a driver ended."""
        known = self.drivers.get(driver)
        if known is None:
            known = self.drivers[driver] = Driver(outcome=outcome, driver=driver, planted=planted)
        known.tried += 1
        known.reached += reached

    def finish(self) -> Counts:
        """Return the counts with their breakdowns and the number of people filled in."""
        counts = self.counts
        counts.by_source, counts.by_type, counts.by_name = {}, {}, {}
        for (source, kind, name), count in sorted(self.names.items()):
            for table, key in (
                (counts.by_source, source),
                (counts.by_type, kind),
                (counts.by_name, name),
            ):
                table[key] = table.get(key, 0) + count
        counts.unique = sum(self.names.values())
        counts.lines = counts.unique + counts.duplicates + counts.invalid
        own = EMAIL_BIT | PHONE_BIT | (1 << MAX_COOKIES) - 1
        counts.people = sum(
            bool(seen & USER_BIT) + (seen & own & ~linked).bit_count()
            for seen, linked in zip(self.seen, self.linked, strict=True)
        )
        return counts

    def causes(self) -> list[Cause]:
        """Return the causes of trouble, the most frequent first."""
        found: dict[tuple[str, str], Cause] = {}
        people: dict[tuple[str, str], set[str]] = {}
        for friction in self.frictions:
            key = friction.kind, friction.cause
            cause = found.setdefault(key, Cause(kind=friction.kind, cause=friction.cause))
            cause.times += 1
            people.setdefault(key, set()).add(friction.person)
        for key, cause in found.items():
            cause.people = len(people[key])
        return sorted(found.values(), key=lambda cause: (-cause.times, cause.kind, cause.cause))

    def people(self) -> Iterator[PersonTruth]:
        """Yield who appeared, by user id or alone."""
        for index, seen in enumerate(self.seen):
            if seen:
                yield self._person(index, seen, self.linked[index])

    def _person(self, index: int, seen: int, linked: int) -> PersonTruth:
        who = self._population.person(index)
        joined: list[str] = []
        alone: list[str] = []
        for cookie in range(MAX_COOKIES):
            if seen >> cookie & 1:
                name = self._population.anonymous_id(index, cookie)
                (joined if linked >> cookie & 1 else alone).append(name)
        shared = who.head != index
        kind = "device" if self._population.shares_device[index] else "phone"
        if seen & EMAIL_BIT & ~linked:
            alone.append(who.email)
        if seen & PHONE_BIT & ~linked:
            alone.append(_e164(phone_of(index)))
        return PersonTruth(
            user_id=who.user_id if seen & USER_BIT else "",
            email=who.email if seen & linked & EMAIL_BIT else "",
            phone=_e164(phone_of(index)) if seen & linked & PHONE_BIT else "",
            anonymous_ids=joined,
            unlinked=alone,
            household=self._population.person(who.head).user_id if shared else "",
            shares=kind if shared else "",
        )


def _e164(phone: str) -> str:
    return f"+98{phone[1:]}"
