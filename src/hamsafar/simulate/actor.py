"""One person walking through one episode: moves between touchpoints, does things, is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from hamsafar.simulate.blueprint import Blueprint, Book, Pair
from hamsafar.simulate.contexts import Contexts
from hamsafar.simulate.delivery import SECOND_US, Delivery, IsoTimes, Line
from hamsafar.simulate.dice import Dice
from hamsafar.simulate.population import (
    MAX_COOKIES,
    Person,
    Population,
    spell_email,
    spell_phone,
)
from hamsafar.simulate.rhythm import HOUR_US, open_from
from hamsafar.simulate.truth import EMAIL_BIT, PHONE_BIT, USER_BIT, Friction, Truth

_STAYS_SIGNED_IN = 0.6
_FRESH_COOKIE = 0.05
_OTHER_BROWSER = 0.3
_NOTHING = (0, 0)


@dataclass(slots=True, kw_only=True)
class Stage:
    """What all episodes of a simulation share.

    Attributes:
        until_us: nothing happens after it.
        trouble: from and until when the planted gateway is broken, µs UTC.
        merge_every: at least one merge in so many events; 0: as it comes.
        last_book, is_late, late_at, visits: what people remember of earlier episodes.
        number: events made.
        orders: orders made; gives their numbers.
    """

    blueprint: Blueprint
    population: Population
    contexts: Contexts
    delivery: Delivery
    truth: Truth
    dice: Dice
    times: IsoTimes
    prefix: str
    until_us: int
    trouble: tuple[int, int]
    merge_every: int
    last_book: dict[int, int] = field(default_factory=dict)
    is_late: set[int] = field(default_factory=set)
    late_at: dict[int, int] = field(default_factory=dict)
    visits: set[int] = field(default_factory=set)
    number: int = 0
    orders: int = 0

    @property
    def owes_merge(self) -> bool:
        """Return whether merges are behind what was asked for."""
        return self.merge_every > 0 and self.truth.counts.merges * self.merge_every < self.number


class Actor:
    """One person in one episode.

    Attributes:
        now: the person's time, µs UTC.
        free_at: until when the person is taken up; what comes after happens to them.
    """

    def __init__(self, stage: Stage, person: Person, start_us: int) -> None:
        self.stage = stage
        self.person = person
        self.dice = stage.dice
        self.words = stage.blueprint.words
        self.now = start_us
        self.free_at = 0
        self.source = ""
        self.user = ""
        self._anonymous = ""
        self._cookie = _NOTHING
        self._context = b"{"
        self._page = b"}"
        self._skew = 0
        self._owes = False
        self._moments: dict[str, int] = {}

    # -- where -----------------------------------------------------------------------------------

    def browse_to(self, source: str = "web", *, shared: bool = False, social: bool = False) -> None:
        """Open the site (or the app) in a browser (or phone) of this person."""
        stage, person = self.stage, self.person
        index = person.index
        owner, cookie = index, self._own_cookie(source)
        if shared and self._shares_browser():
            owner, cookie = person.head, 0
        self._cookie = (owner, 1 << cookie)
        self._anonymous = stage.population.anonymous_id(owner, cookie)
        address = f"203.0.{113 + index % 2}.{index * 7 % 254 + 1}"
        device, contexts = index + cookie, stage.contexts
        if source == "app":
            self._context = contexts.app(device, person.language, address, self._anonymous)
        elif social:
            self._context = contexts.from_social(device, person.language, address)
        else:
            self._context = contexts.web(device, person.language, address, self.dice)
        self.source, self.user, self._page = source, "", b"}"
        skews = self.dice.roll() < stage.blueprint.settings.disorder.skewed
        self._skew = int(self.dice.between(-72, 72) * HOUR_US) if skews else 0
        stays = owner == index and stage.truth.linked[index] >> cookie & 1
        if stays and self.dice.roll() < _STAYS_SIGNED_IN:
            self.user = person.user_id
        self._owes = owner == index and person.identified and stage.owes_merge

    def chat(self) -> None:
        """Open the chat window in the browser the person uses."""
        if not self._anonymous:
            self.browse_to("web")
        self.source = "chat"

    def back_to(self, source: str) -> None:
        """Return from the chat to the site or app around it."""
        self.source = source

    def call(self) -> None:
        """Ring the call centre, when it is open."""
        self._wait_for_staff()
        self._staff("call", phone=True)

    def shop(self) -> None:
        """Walk into a shop, when it is open; the staff find the person by phone or code."""
        self._wait_for_staff()
        self._staff("store", phone=True)

    def mail(self) -> None:
        """Read or write an e-mail."""
        self._staff("email", phone=False)

    def text(self) -> None:
        """Receive or write an SMS."""
        self._staff("sms", phone=True)

    def known_to_staff(self) -> None:
        """Be recognised: the touchpoint adds the user id, which joins phone or e-mail to it."""
        self.user = self.person.user_id

    # -- what ------------------------------------------------------------------------------------

    def pause(self, low_s: float, high_s: float) -> None:
        """Let time go by."""
        self.now += int(self.dice.between(low_s, high_s) * SECOND_US)

    def page(self, name: str, path: str, *, low_s: float = 4, high_s: float = 45) -> str:
        """Look at a page (a screen of the app) and stay a while."""
        self._page = self.stage.contexts.page(path, name)
        message = self._send("page" if self.source == "web" else "screen", name, None)
        self.pause(low_s, high_s)
        if self._owes and not self.user:
            self._owes = False
            self.sign_in()
        return message

    def do(
        self,
        name: str,
        properties: dict[str, object] | None = None,
        *,
        low_s: float = 3,
        high_s: float = 40,
    ) -> str:
        """Do something and take a moment; return the event's message id."""
        message = self._send("track", name, properties)
        self.pause(low_s, high_s)
        return message

    def sign_in(self) -> None:
        """Sign in (or up): from here on the events carry the user id."""
        person, truth = self.person, self.stage.truth
        if not person.identified or self.user:
            return
        self.user = person.user_id
        is_new = not truth.seen[person.index] & USER_BIT
        # First the identify call, as the client libraries do.
        self._send("identify", "identify", None, self._said())
        self.pause(0.2, 1.5)
        self.do("Signed Up" if is_new else "Signed In", {"method": "password"}, high_s=12)

    def words_of(self, pair: Pair) -> str:
        """Return the words in this person's language."""
        return pair[0] if self.person.persian else pair[1]

    def title(self, book: Book) -> str:
        """Return a book's title in this person's language."""
        return book.title_fa if self.person.persian else book.title_en

    def friction(
        self, kind: str, messages: list[str], *, cause: str, matter: str = "", least: int = 0
    ) -> None:
        """Write a planted trouble into the truth, if enough of it came before time ended.

        Args:
            kind: as in `truth.Friction`.
            messages: ids of the events it shows in; empty ones were cut off.
            cause: what was planted.
            matter: what it is about.
            least: how many of the events make the trouble; 0: all.
        """
        kept = [message for message in messages if message]
        if not kept or len(kept) < (least or len(messages)):
            return
        times, until = self.stage.times, self.stage.until_us
        self.stage.truth.frictions.append(
            Friction(
                kind=kind,
                person=self.user or self._anonymous,
                matter=matter,
                cause=cause,
                first_at=times.text(self._moments[kept[0]]),
                last_at=times.text(min(self.now, until)),
                message_ids=kept,
            )
        )

    def order_id(self) -> str:
        """Return the number of a new order."""
        self.stage.orders += 1
        return f"K{1_400_000 + self.stage.orders}"

    # -- how -------------------------------------------------------------------------------------

    def _own_cookie(self, source: str) -> int:
        """Return which of the person's browsers this is; 1 is the app, the others come and go."""
        truth, index = self.stage.truth, self.person.index
        used = truth.cookies[index]
        if source == "app":
            truth.cookies[index] |= 2
            return 1
        fresh = self.dice.roll() < _FRESH_COOKIE
        if used & 1 and (fresh or (self.stage.owes_merge and truth.linked[index] & used & 1)):
            for cookie in range(2, MAX_COOKIES):
                if not used >> cookie & 1:
                    truth.cookies[index] |= 1 << cookie
                    return cookie
        if used >> 2 and self.dice.roll() < _OTHER_BROWSER:
            return used.bit_length() - 1
        truth.cookies[index] |= 1
        return 0

    def _staff(self, source: str, *, phone: bool) -> None:
        person, dice = self.person, self.dice
        self.source, self._page, self._skew, self._owes = source, b"}", 0, False
        self._anonymous, self._cookie = "", _NOTHING
        traits = {}
        if phone and (number := self._phone()):
            traits["phone"] = spell_phone(number, dice)
            self._cookie = (self._phone_owner(), PHONE_BIT)
        elif not phone and person.email:
            traits["email"] = spell_email(person.email, dice)
            self._cookie = (person.index, EMAIL_BIT)
        owner, bit = self._cookie
        # A system that finds the customer by phone or e-mail adds the number it knows; two people
        # with one phone are asked who they are.
        knows = owner != person.index or self.stage.truth.linked[owner] & bit or not bit
        self.user = person.user_id if knows else ""
        self._context = self.stage.contexts.staff(source, traits)

    def _wait_for_staff(self) -> None:
        settings = self.stage.blueprint.settings
        self.now = open_from(settings.rhythm, self.now, settings.utc_offset_minutes)

    def _said(self) -> dict[str, object]:
        person, dice = self.person, self.dice
        traits: dict[str, object] = {
            "name": person.name,
            "city": person.city,
            "language": person.language,
            "club_member": person.member,
        }
        if person.email:
            traits["email"] = spell_email(person.email, dice)
        if number := self._phone():
            traits["phone"] = spell_phone(number, dice)
        return traits

    def _send(
        self,
        kind: str,
        name: str,
        properties: dict[str, object] | None,
        traits: dict[str, object] | None = None,
    ) -> str:
        stage, now = self.stage, self.now
        if now > stage.until_us:
            return ""
        stage.number += 1
        message = f"{stage.prefix}{stage.number:012x}"
        times = stage.times
        line = Line(
            type=kind,
            message_id=message,
            timestamp=times.text(now),
            event=name if kind == "track" else None,
            name=name if kind in {"page", "screen"} else None,
            anonymous_id=self._anonymous or None,
            user_id=self.user or None,
            original_timestamp=times.text(now + self._skew) if self._skew else None,
            sent_at=times.text(now + self._skew + SECOND_US) if self._skew else None,
            properties=properties,
            traits=traits,
            context=msgspec.Raw(self._context + self._page),
            source=self.source,
        )
        self._note(traits)
        self._moments[message] = now
        stage.truth.names[self.source, kind, name] += 1
        stage.delivery.put(now, line)
        return message

    def _note(self, traits: dict[str, object] | None) -> None:
        """Keep the truth on who is who."""
        truth, index = self.stage.truth, self.person.index
        owner, bit = self._cookie
        if self.user:
            if bit:
                truth.link(owner, bit)
            truth.see(index, USER_BIT)
        truth.see(owner, bit)
        if traits is not None:
            if "email" in traits:
                truth.link(index, EMAIL_BIT)
            if "phone" in traits:
                truth.link(self._phone_owner(), PHONE_BIT)

    def _shares_browser(self) -> bool:
        """Return whether the head's own browser stands there to be used by this person too."""
        stage, person = self.stage, self.person
        is_shared = person.head != person.index and stage.population.shares_device[person.index]
        return bool(is_shared and stage.truth.linked[person.head] & 1)

    def _phone_owner(self) -> int:
        person = self.person
        if person.head == person.index or self.stage.population.shares_device[person.index]:
            return person.index
        return person.head

    def _phone(self) -> str:
        """Return the number; the household's only after its first owner has given it."""
        owner = self._phone_owner()
        if owner != self.person.index and not self.stage.truth.linked[owner] & PHONE_BIT:
            return ""
        return self.person.phone
