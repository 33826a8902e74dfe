"""Errors of maps.

HamsafarError
├── BadInput
│   └── BadMap          a map that cannot be; knows where, and in which line when it was YAML
├── NotFound
│   └── UnknownMap      no map (or no such version of it)
└── Conflict
    └── MapChanged      somebody else saved the map meanwhile
"""

from __future__ import annotations

from hamsafar.kernel.errors import BadInput, Conflict, NotFound


class BadMap(BadInput):
    """A map that cannot be.

    Attributes:
        line: where it stands in the text, counted from 1; 0 when the map did not come as text.
    """

    def __init__(self, detail: str, *, where: str = "", line: int = 0) -> None:
        super().__init__(detail if not line else f"line {line}: {detail}", where=where)
        self.line = line


class UnknownMap(NotFound):
    """No map has this id or slug, or it has no such version."""

    def __init__(self, key: str, version: int | None = None) -> None:
        of = "" if version is None else f" with version {version}"
        super().__init__(f"there is no map {key!r}{of}", where="map")
        self.key = key


class MapChanged(Conflict):
    """Somebody else saved a version meanwhile.

    Attributes:
        version: the newest one.
    """

    def __init__(self, based_on: int, version: int) -> None:
        message = f"the map is at version {version} by now, you changed version {based_on}"
        super().__init__(message, where="based_on")
        self.version = version
