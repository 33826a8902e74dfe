"""Whether a JSON text that could not be read as an event still names a person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from hamsafar.collect import with_whole_surrogates
from hamsafar.collect.types import Identifier
from hamsafar.lang.contacts import normalise_email, normalise_phone

TELLING = 6
"""Characters from which on a value is looked for anywhere; a shorter one stands in many texts."""
_ID_FIELDS = frozenset({
    "userid",
    "user_id",
    "anonymousid",
    "anonymous_id",
    "previousid",
    "previous_id",
    "distinct_id",
    "id",
    "token",
    "advertisingid",
    "email",
    "phone",
})
"""Names, in lower case, of fields whose whole value is an identifier."""
_MAX_CONTACT = 320

Said = tuple[str, str]


class Mentions:
    """Looks for a person's identifiers in any spelling, at any depth.

    It would rather take an event too many than leave a trace, but no short id by chance.
    """

    def __init__(self, named: Iterable[Identifier], country: str) -> None:
        self._values = frozenset(value.casefold() for _, value in named)
        telling = sorted(value for value in self._values if len(value) >= TELLING)
        words = "|".join(map(re.escape, telling))
        self._anywhere = re.compile(rf"(?<!\w)(?:{words})(?!\w)") if words else None
        self._country = country

    def within(self, raw: bytes) -> bool:
        """Return whether this JSON text names the person."""
        text = with_whole_surrogates(raw).decode("utf-8", "replace")
        try:
            said: object = json.loads(text)
        except (ValueError, RecursionError):
            # Not JSON at all, so no field can be told from another.
            return self._told(text)
        return any(self._names(field, value) for field, value in _strings(said))

    def _names(self, field: str, value: str) -> bool:
        if field.lower() in _ID_FIELDS and value.strip().casefold() in self._values:
            return True
        return self._told(value) or self._is_contact(value)

    def _told(self, text: str) -> bool:
        return self._anywhere is not None and self._anywhere.search(text.casefold()) is not None

    def _is_contact(self, value: str) -> bool:
        if len(value) > _MAX_CONTACT:
            return False
        known = self._values
        return normalise_email(value) in known or normalise_phone(value, self._country) in known


def _strings(value: object) -> Iterator[Said]:
    """Yield every text and number with the name of its field; no recursion, however deep."""
    left: list[tuple[str, object]] = [("", value)]
    while left:
        field, item = left.pop()
        if isinstance(item, dict):
            left += [(str(key), inner) for key, inner in item.items()]
            yield from (("", str(key)) for key in item)
        elif isinstance(item, list):
            left += [(field, inner) for inner in item]
        elif isinstance(item, str | int | float) and not isinstance(item, bool):
            yield field, str(item)
