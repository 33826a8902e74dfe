"""The people of the town: who they are, and how they spell themselves."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from hamsafar.lang.digits import ARABIC, LATIN, to_persian
from hamsafar.simulate.blueprint import Blueprint
from hamsafar.simulate.dice import Dice

MAX_COOKIES = 5
"""More browsers than this the rules of identity would not take for one person."""

_DOMAINS = ("example.com", "example.org", "example.net")
_PREFIXES = tuple(
    f"9{n:02}" for n in (*range(10, 20), *range(1, 6), *range(35, 40), *range(90, 95))
)
_SEVEN_DIGITS = 10_000_000
_STRIDE = 7_654_321
_ARABIC = str.maketrans(LATIN, ARABIC)
_NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One inhabitant.

    Attributes:
        index: place in the town.
        head: with whom this person shares a phone or device; the own index when nobody.
        email: canonical, empty when none. `phone` likewise, as `09…`.
    """

    index: int
    head: int
    identified: bool
    persian: bool
    member: bool
    user_id: str
    email: str
    phone: str
    name: str
    city: str

    @property
    def language(self) -> str:
        """Return `fa` or `en`."""
        return "fa" if self.persian else "en"


class Population:
    """People as columns; a `Person` is made when one is met.

    Attributes:
        weight: f64[people], how active each one is; heavy-tailed, sums to 1.
        shares_device: u8[people], whether this person also uses the head's browser.
    """

    def __init__(self, blueprint: Blueprint, people: int, rng: np.random.Generator) -> None:
        shares = blueprint.settings.people
        self._words = blueprint.people
        self.size = people
        weight = rng.lognormal(0.0, blueprint.settings.activity_spread, people)
        self.weight: NDArray[np.float64] = weight / weight.sum()
        self.identified = (rng.random(people) < shares.identified).tobytes()
        self._persian = (rng.random(people) < shares.persian).tobytes()
        self._email = (rng.random(people) < shares.with_email).tobytes()
        self._phone = (rng.random(people) < shares.with_phone).tobytes()
        self._member = (rng.random(people) < shares.club_member).tobytes()
        self._given = rng.integers(0, len(self._words.given), people, dtype=np.uint8).tobytes()
        self._family = rng.integers(0, len(self._words.family), people, dtype=np.uint8).tobytes()
        self._city = rng.integers(0, len(self._words.cities), people, dtype=np.uint8).tobytes()
        self.shares_device = (rng.random(people) < 0.5).tobytes()
        self.head = self._households(shares.household, rng)
        self._salt = rng.bytes(8)

    def person(self, index: int) -> Person:
        """Return who lives here."""
        known = bool(self.identified[index])
        given = self._words.given[self._given[index]]
        family = self._words.family[self._family[index]]
        persian = bool(self._persian[index])
        head = self.head.get(index, index)
        shares_phone = head != index and not self.shares_device[index]
        has_phone = self._phone[index] or shares_phone
        return Person(
            index=index,
            head=head,
            identified=known,
            persian=persian,
            member=known and bool(self._member[index]),
            user_id=f"u{100_000 + index}",
            email=self._address(index) if known and self._email[index] else "",
            phone=phone_of(head if shares_phone else index) if known and has_phone else "",
            name=f"{given[0]} {family[0]}" if persian else f"{given[1]} {family[1]}",
            city=self._words.cities[self._city[index]][not persian],
        )

    def anonymous_id(self, index: int, cookie: int) -> str:
        """Return the id a browser or app of this person made for itself."""
        key = index.to_bytes(4, "big") + cookie.to_bytes(1, "big")
        text = blake2b(key, digest_size=16, salt=self._salt).hexdigest()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def _address(self, index: int) -> str:
        given = self._words.given[self._given[index]][1]
        family = self._words.family[self._family[index]][1]
        return f"{given}.{family}{index}@{_DOMAINS[index % len(_DOMAINS)]}".lower()

    def _households(self, share: float, rng: np.random.Generator) -> dict[int, int]:
        """Return head by member; pairs of identified people, each in one household at most."""
        known = np.flatnonzero(np.frombuffer(self.identified, dtype=np.bool_))
        chosen = rng.permutation(known)[: int(len(known) * share) // 2 * 2].tolist()
        pairs = zip(chosen[::2], chosen[1::2], strict=True)
        phones = self._phone
        # The head must own what is shared.
        return {b: a for a, b in pairs if phones[a]}


def phone_of(index: int) -> str:
    """Return the mobile number of a person, as dialled at home: `09…`; no two are equal."""
    prefix = _PREFIXES[index % len(_PREFIXES)]
    return f"0{prefix}{(index * _STRIDE) % _SEVEN_DIGITS:07}"


def spell_phone(phone: str, dice: Dice) -> str:
    """Return the number as somebody may write it; all spellings are one number."""
    rest = phone[1:]
    style = dice.below(8)
    return (
        phone,
        phone,
        f"+98{rest}",
        f"0098{rest}",
        to_persian(phone),
        f"{phone[:4]} {phone[4:7]} {phone[7:]}",
        to_persian(f"{phone[:4]}-{phone[4:7]}-{phone[7:]}"),
        phone.translate(_ARABIC),
    )[style]


def spell_email(email: str, dice: Dice) -> str:
    """Return the address as somebody may write it; all spellings are one address."""
    style = dice.below(6)
    if style == 0:
        return email.title()
    if style == 1:
        return f" {email} "
    return email.upper() if style == 2 else email
