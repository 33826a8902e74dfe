"""The files of a blueprint, read and checked."""

from __future__ import annotations

import tomllib
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from hamsafar.kernel.errors import BadInput, NotFound

Pair = tuple[str, str]
"""The same words in Persian and English."""


class Book(msgspec.Struct, array_like=True, frozen=True):
    """A title of the shop; price in rial."""

    title_fa: str
    title_en: str
    author_fa: str
    author_en: str
    category: str
    price: int


class People(msgspec.Struct, frozen=True):
    """Names and places."""

    given: list[Pair]
    family: list[Pair]
    cities: list[Pair]
    shops: list[Pair]


class Words(msgspec.Struct, frozen=True):
    """What people and bots say."""

    queries: list[Pair]
    nothing_found: list[Pair]
    praise: list[Pair]
    complaint: list[Pair]
    topics: list[str]
    questions: dict[str, list[Pair]]
    answers: dict[str, list[Pair]]
    articles: dict[str, str]
    clubs: list[Pair]
    club_questions: list[Pair]
    club_answers: list[Pair]
    events: list[tuple[str, str, str]]
    reasons: list[Pair]
    carriers: list[str]


class Shares(msgspec.Struct, frozen=True):
    """`[people]`: who lives in the town."""

    identified: float
    persian: float
    with_email: float
    with_phone: float
    household: float
    club_member: float


class Disorder(msgspec.Struct, frozen=True):
    """`[disorder]`: what goes wrong on the wire."""

    duplicates: float
    late: float
    invalid: float
    skewed: float
    merge_every: int


class Rhythm(msgspec.Struct, frozen=True):
    """`[rhythm]`: weights of weekdays (Saturday first) and local hours, and opening hours."""

    weekday: list[float]
    hour: list[float]
    opening: tuple[int, int]


class Trouble(msgspec.Struct, frozen=True):
    """`[trouble]`: the planted causes."""

    gateway: str
    begins: float
    ends: float
    fails: float
    slow_carrier: str
    slow_share: float


class Outcome(msgspec.Struct, frozen=True):
    """`[outcome]`: chances that a begun checkout ends in an order, and what a late parcel does."""

    base: float
    club_member: float
    first_visit: float
    coupon: float
    after_late_delivery: float
    rating_after_late_delivery: int


class Simulator(msgspec.Struct, frozen=True):
    """`simulator.toml`."""

    name: dict[str, str]
    site: str
    zone: str
    utc_offset_minutes: int
    until: datetime
    episodes_a_day: float
    activity_spread: float
    people: Shares
    disorder: Disorder
    rhythm: Rhythm
    gateways: dict[str, tuple[float, float]]
    trouble: Trouble
    outcome: Outcome
    weights: dict[str, float]
    profiles: dict[str, dict[str, float]]


class Blueprint(msgspec.Struct, frozen=True):
    """Everything the simulator knows about a place."""

    settings: Simulator
    people: People
    books: list[Book]
    words: Words


def blueprints() -> list[str]:
    """Return the names of the blueprints that can be simulated, sorted."""
    return sorted(
        folder.name for folder in _root().iterdir() if folder.joinpath("simulator.toml").is_file()
    )


def load(name: str, profile: str = "") -> Blueprint:
    """Return a blueprint, with a profile's numbers put over its own.

    Raises:
        NotFound: no such blueprint.
        BadInput: no such profile in it.
    """
    known = blueprints()
    if name not in known:
        raise NotFound(
            f"no blueprint {name!r}: choose one of {', '.join(known)}", where="blueprint"
        )
    folder = _root().joinpath(name)
    settings = msgspec.convert(
        tomllib.loads(folder.joinpath("simulator.toml").read_text("utf-8")), Simulator
    )
    return Blueprint(
        settings=_with_profile(settings, profile) if profile else settings,
        people=msgspec.json.decode(folder.joinpath("people.json").read_bytes(), type=People),
        books=msgspec.json.decode(folder.joinpath("books.json").read_bytes(), type=list[Book]),
        words=msgspec.json.decode(folder.joinpath("words.json").read_bytes(), type=Words),
    )


def designed_maps(name: str) -> tuple[str, ...]:
    """Return the designed journey maps of a blueprint, as YAML, by name of their files."""
    folder = _root().joinpath(name, "maps")
    if not folder.is_dir():
        return ()
    found = sorted(folder.iterdir(), key=lambda file: file.name)
    return tuple(file.read_text("utf-8") for file in found if file.name.endswith(".yaml"))


def _root() -> Traversable:
    return files("hamsafar").joinpath("blueprints")


def _with_profile(settings: Simulator, profile: str) -> Simulator:
    changes = settings.profiles.get(profile)
    if changes is None:
        known = ", ".join(sorted(settings.profiles))
        raise BadInput(f"no profile {profile!r}: choose one of {known}", where="profile")
    shares = {k: v for k, v in changes.items() if k in Shares.__struct_fields__}
    disorder: dict[str, float] = {
        k: v for k, v in changes.items() if k in Disorder.__struct_fields__
    }
    replace = msgspec.structs.replace
    return replace(
        settings,
        people=replace(settings.people, **shares),
        disorder=replace(settings.disorder, **disorder),
    )
