"""The words a person can be found by, through the text key."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from hamsafar.lang.text import text_key
from hamsafar.profiles.fold import Traits

NAMED = (
    "name",
    "firstName",
    "first_name",
    "lastName",
    "last_name",
    "username",
    "email",
    "phone",
    "company",
)
"""Traits whose words are searched."""
MAX_TOKENS = 24
MAX_TOKEN = 64
_SPLIT = re.compile(r"[^\w@.+-]+")
_SPACES = re.compile(r"[\u200c\u00a0]")


@lru_cache(maxsize=1 << 14)
def tokens(text: str) -> frozenset[str]:
    """Return the searchable words of a text; a half-space both joins and parts."""
    words = _SPLIT.split(text_key(text))
    if _SPACES.search(text):
        words += _SPLIT.split(text_key(_SPACES.sub(" ", text)))
    return frozenset(word[:MAX_TOKEN] for word in words if word)


def tokens_of(traits: Traits) -> set[str]:
    """Return the words a node is found by."""
    found: set[str] = set()
    for name in NAMED:
        trait = traits.get(name)
        if trait is not None and isinstance(trait.value, str | int):
            found |= tokens(str(trait.value))
    return set(sorted(found)[:MAX_TOKENS])


def label(traits: Traits, identifiers: Iterable[tuple[str, str]]) -> str:
    """Return the name people recognise a person by: name, else e-mail, phone, id."""
    full = _text(traits, "name") or " ".join(
        filter(
            None,
            (
                _text(traits, "firstName") or _text(traits, "first_name"),
                _text(traits, "lastName") or _text(traits, "last_name"),
            ),
        )
    )
    if full:
        return full
    known = dict(sorted(identifiers, reverse=True))
    for kind in ("email", "phone", "user_id", "anonymous_id"):
        if kind in known:
            return known[kind]
    return next(iter(known.values()), "?")


def _text(traits: Traits, name: str) -> str:
    trait = traits.get(name)
    return trait.value.strip() if trait is not None and isinstance(trait.value, str) else ""
