"""The catalogue: what an event's name says it is, so that rules can speak of roles.

A rule finds words in the name, English or Persian, whatever its style (`Order Completed`,
`order_completed`, `orderCompleted`). What a rule gets wrong is set right for one name: in the
table `event_role` (the console writes it) or in code (`Roles.of(names, {"foo": {Role.ERROR}})`).

Example:
    >>> sorted(roles_of("payment_error"))
    [<Role.CHECKOUT: 'checkout'>, <Role.ERROR: 'error'>]
    >>> sorted(roles_of("خرید انجام شد"))
    [<Role.GOAL: 'goal'>, <Role.PURCHASE: 'purchase'>]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache

from hamsafar.lang.text import text_key


class Role(StrEnum):
    """What an event is, in the story of a customer.

    `technical` events are no steps of a journey (rule F7 of the semantics); `outbound` ones are
    done by the company, not by the customer; a `purchase` is always a `goal` too.
    """

    TECHNICAL = "technical"
    PAGE = "page"
    CLICK = "click"
    BROWSE = "browse"
    SEARCH = "search"
    SIGN_IN = "sign_in"
    CART = "cart"
    CHECKOUT = "checkout"
    PURCHASE = "purchase"
    GOAL = "goal"
    ERROR = "error"
    SELF_SERVICE = "self_service"
    CONTACT = "contact"
    CONTACT_END = "contact_end"
    QUESTION = "question"
    ANSWER = "answer"
    TRANSFER = "transfer"
    EXPLAIN = "explain"
    CASE = "case"
    DELIVERY = "delivery"
    RATING = "rating"
    OUTBOUND = "outbound"


class ChannelKind(StrEnum):
    """What kind of touchpoint a channel is."""

    DIGITAL = "digital"
    CHAT = "chat"
    CALL = "call"
    LETTER = "letter"
    SMS = "sms"
    STORE = "store"
    SOCIAL = "social"

    @property
    def is_live(self) -> bool:
        """Return whether an answer is expected at once."""
        return self in {ChannelKind.CALL, ChannelKind.CHAT}


_WORDS = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PAGE = re.compile(r"^\s*(?:page|screen)\s*:", re.IGNORECASE)
"""How the pipeline names page and screen calls."""

_TALK = "call|chat|conversation|ticket|support chat|live chat"
_MAIL = "email|e mail|letter|message|dm|sms"
_RULES: tuple[tuple[Role, str], ...] = (
    (
        Role.TECHNICAL,
        (
            r"identify|group|alias|heartbeat|ping|page unload|page leave|web vitals|performance|"
            r"experiment viewed|feature flag called|application (?:opened|backgrounded|installed|"
            r"updated)|app (?:opened|backgrounded)|session (?:start|started|end|ended)"
        ),
    ),
    (
        Role.ERROR,
        (
            r".*\b(?:error|errors|failed|failure|fail|bug|crash|crashed|exception|declined|"
            r"timed out|timeout|404|500|not found|broken|خطا|خطای|ناموفق|شکست|باگ|ایراد)\b.*"
        ),
    ),
    (Role.CLICK, r".*\b(?:click|clicked|clicks|tap|tapped|press|pressed|کلیک|لمس)\b.*"),
    (
        Role.SEARCH,
        r".*\b(?:search|searched|searches|جستجو|جست وجو|جستوجو)\b.*",
    ),
    (
        Role.SIGN_IN,
        (
            r".*\b(?:sign in|signed in|signin|login|log in|logged in|sign up|signed up|signup|"
            r"register|registered|registration|ورود|ثبت نام|ثبتنام)\b.*"
        ),
    ),
    (
        Role.PURCHASE,
        (
            r"خرید|(?:.*\b)?(?:order (?:completed|placed|confirmed|paid)|completed order|purchase|"
            r"purchased|purchase completed|checkout completed|payment (?:succeeded|completed|"
            r"successful|success)|transaction completed|bought|خرید (?:انجام|تکمیل|موفق).*|"
            r"سفارش (?:ثبت|تکمیل|نهایی).*|پرداخت موفق.*)"
        ),
    ),
    (
        Role.GOAL,
        (
            r"(?:.*\b)?(?:subscription (?:started|activated)|subscribed|booked|booking "
            r"(?:completed|confirmed)|reservation confirmed|رزرو شد|نوبت گرفت|اشتراک خرید)"
        ),
    ),
    (Role.CART, r"(?!.*wish).*\b(?:cart|basket|bag|product added|سبد|سبد خرید)\b.*"),
    (
        Role.CHECKOUT,
        (
            r".*\b(?:checkout|check out|shipping|payment|billing|place order|coupon applied|"
            r"پرداخت|تسویه|درگاه|نشانی ارسال|روش ارسال)\b.*"
        ),
    ),
    (
        Role.SELF_SERVICE,
        (
            r".*\b(?:help|faq|faqs|knowledge|article|self service|how to|order status viewed|"
            r"track order|راهنما|پرسشهای متداول|سوالات متداول|خودیار|پیگیری سفارش)\b.*"
        ),
    ),
    (
        Role.CONTACT,
        (
            rf"(?:.*\b)?(?:(?:{_TALK}) (?:started|opened|created|requested|initiated|begun|start)|"
            rf"(?:{_MAIL}) received|support (?:chat|call|contacted|requested|ticket)|live chat|"
            r"contact(?:ed)? (?:us|support)|contact form (?:sent|submitted)|complaint (?:sent|"
            r"submitted|made)|called (?:support|us)|تماس (?:گرفت|شروع|ورودی|مشتری).*|"
            r"(?:گفتگو|گفت وگو|چت) (?:شروع|اغاز|آغاز|باز).*|گفتگوی پشتیبانی|چت پشتیبانی|"
            r"تیکت (?:ثبت|باز|جدید).*|ایمیل (?:رسید|دریافت).*|شکایت (?:ثبت|کرد).*|"
            r"تماس با پشتیبانی)"
        ),
    ),
    (
        Role.CONTACT_END,
        (
            rf"(?:{_TALK}) (?:ended|closed|finished|solved|resolved|hung up|end)|"
            r"(?:تماس|گفتگو|چت|تیکت) (?:تمام|پایان|بسته|قطع).*"
        ),
    ),
    (Role.QUESTION, r".*\b(?:question asked|asked|bot asked|سوال پرسید|پرسید|سوال)\b.*"),
    (
        Role.ANSWER,
        r".*\b(?:answered|replied|reply sent|agent joined|response sent|پاسخ|جواب)\b.*",
    ),
    (
        Role.TRANSFER,
        (
            r".*\b(?:transferred|transfer|handed over|hand over|handover|handoff|escalated|"
            r"انتقال|ارجاع|وصل شد)\b.*"
        ),
    ),
    (Role.EXPLAIN, r".*\b(?:explained|described|explanation|توضیح|شرح)\b.*"),
    (Role.CASE, r".*\b(?:case|complaint|شکایت|پرونده)\b.*"),
    (
        Role.DELIVERY,
        r"(?!.*\b(?:email|sms|push|message)\b).*\b(?:delivered|shipped|dispatched|delivery|ارسال شد|تحویل|مرسوله)\b.*",
    ),
    (
        Role.RATING,
        (
            r".*\b(?:review submitted|rated|rating|nps|csat|ces|survey|feedback|نظر|امتیاز|"
            r"نظرسنجی|رضایت)\b.*"
        ),
    ),
    (
        Role.OUTBOUND,
        (
            r".*\b(?:delivered|shipped|dispatched|bounced|announced|reminder|sent by us|"
            r"promotions paused|promotions resumed|customer called|case opened|case solved|"
            r"(?:sms|email|push|message|notification|newsletter|arrived) sent|ارسال شد|"
            r"پیامک شد|یاداوری|یادآوری)\b.*"
        ),
    ),
    (
        Role.BROWSE,
        (
            r".*\b(?:home|catalog|catalogue|category|categories|list|product viewed|product view|"
            r"products? list viewed|product|books?|filter|filters|filter results|search|searched|"
            r"promo|promo page|compare|wishlist|landing|خانه|فهرست|محصول|دسته|جستجو|فیلتر)\b.*"
        ),
    ),
)
_NOT_WITH: dict[Role, frozenset[Role]] = {
    Role.CHECKOUT: frozenset({Role.PURCHASE, Role.OUTBOUND}),
    Role.CART: frozenset({Role.PURCHASE}),
    Role.PURCHASE: frozenset({Role.ERROR}),
    Role.BROWSE: frozenset({Role.PURCHASE, Role.CART, Role.CHECKOUT, Role.ERROR, Role.OUTBOUND}),
    Role.CONTACT: frozenset({Role.OUTBOUND}),
    Role.SELF_SERVICE: frozenset({Role.CONTACT, Role.CONTACT_END, Role.ERROR}),
    Role.SEARCH: frozenset({Role.ERROR}),
}
"""A role is not given beside one of these: a failed purchase is no purchase."""
_IMPLIES = {Role.PURCHASE: Role.GOAL}

_CHANNELS: tuple[tuple[ChannelKind, str], ...] = (
    (
        ChannelKind.CHAT,
        (
            r"chat|bot|chatbot|webchat|livechat|messenger|telegram|whatsapp|eitaa|bale|rubika|"
            r"soroush|چت|گفتگو|بات|ربات|پیامرسان|تلگرام|واتساپ|ایتا|بله|روبیکا"
        ),
    ),
    (ChannelKind.CALL, r"call|calls|phone|ivr|voice|callcenter|تلفن|تماس"),
    (ChannelKind.LETTER, r"email|mail|letter|ticket|tickets|ایمیل|نامه|تیکت"),
    (ChannelKind.SMS, r"sms|push|پیامک"),
    (ChannelKind.STORE, r"store|shop|branch|pos|retail|فروشگاه|شعبه"),
    (ChannelKind.SOCIAL, r"social|instagram|twitter|x|facebook|اینستاگرام"),
)


class Roles(Mapping[str, frozenset[Role]]):
    """The roles of event names: those that were set, else those the rules give."""

    def __init__(self, roles: Mapping[str, frozenset[Role]]) -> None:
        self._roles = dict(roles)

    @classmethod
    def of(
        cls, names: Iterable[str], overrides: Mapping[str, Iterable[Role]] | None = None
    ) -> Roles:
        """Return the roles of these names.

        Args:
            names: event names.
            overrides: roles of some of them as somebody set them; they replace the rules'.
        """
        found = {name: roles_of(name) for name in names}
        for name, roles in (overrides or {}).items():
            found[name] = _implied(frozenset(roles))
        return cls(found)

    def __getitem__(self, name: str) -> frozenset[Role]:
        """Return the roles of a name; of one not known those the rules give."""
        found = self._roles.get(name)
        return roles_of(name) if found is None else found

    def __iter__(self) -> Iterator[str]:
        """Yield the known names."""
        return iter(self._roles)

    def __len__(self) -> int:
        """Return how many names are known."""
        return len(self._roles)

    def names(self, role: Role) -> frozenset[str]:
        """Return the known names that have a role."""
        return frozenset(name for name, roles in self._roles.items() if role in roles)


def default_roles(names: Sequence[str]) -> Roles:
    """Return the roles the rules give to these names."""
    return Roles.of(names)


def roles_of(name: str) -> frozenset[Role]:
    """Return the roles the rules give to one event name; a page has at least `page`."""
    return _roles_of(name)


@cache
def channel_kind(name: str) -> ChannelKind:
    """Return what kind of touchpoint a channel's name says; `digital` when it says nothing."""
    words = set(_words(name).split())
    for kind, pattern in _CHANNELS:
        if words & set(pattern.split("|")):
            return kind
    return ChannelKind.DIGITAL


@cache
def _roles_of(name: str) -> frozenset[Role]:
    is_page = _PAGE.match(name) is not None
    text = _words(_PAGE.sub("", name, count=1) if is_page else name)
    found = {role for role, rule in _compiled() if rule.fullmatch(text)}
    if is_page:
        # Looking at a page called "Purchase" or "Live chat" is not doing it.
        found -= {Role.PURCHASE, Role.GOAL, Role.CONTACT, Role.QUESTION, Role.ANSWER, Role.CLICK}
        found |= {Role.PAGE}
    elif text.endswith((" page", " screen", " viewed")) or text.startswith("view "):
        found.add(Role.PAGE)
    for role, others in _NOT_WITH.items():
        if role in found and found & others:
            found.discard(role)
    return _implied(frozenset(found))


def _implied(roles: frozenset[Role]) -> frozenset[Role]:
    return roles | {_IMPLIES[role] for role in roles if role in _IMPLIES}


def _words(name: str) -> str:
    """Return the words of a name in lower case with one space between.

    >>> _words("orderCompleted_v2")
    'order completed v2'
    """
    # Half spaces part words here; the text key would drop them.
    parted = _CAMEL.sub(" ", name).replace("‌", " ")
    return " ".join(_WORDS.findall(text_key(parted)))


@cache
def _compiled() -> tuple[tuple[Role, re.Pattern[str]], ...]:
    return tuple((role, re.compile(rule)) for role, rule in _RULES)
