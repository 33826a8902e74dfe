"""A bounded memory of what was looked up, nearly least-recently-used, cheap enough for each event."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recall(dict[K, V]):
    """Two generations: what is asked for moves to the young one; the old one falls away whole.

    `recall[key]` gives `nothing` for what it does not know; no other way of reading looks at the
    old generation. Being a dict, a hit costs no Python call. Full, it holds between `size / 2` and
    `size` entries, and whatever is asked for once in every `size / 2` new ones stays.

    >>> recall = Recall[str, int](4, nothing=0)
    >>> recall.put("a", 1)
    >>> recall["a"], recall["b"]
    (1, 0)
    """

    __slots__ = ("_half", "_nothing", "_old")

    def __init__(self, size: int, *, nothing: V) -> None:
        super().__init__()
        self._half = max(1, size // 2)
        self._nothing = nothing
        self._old: dict[K, V] = {}

    def __missing__(self, key: K) -> V:
        """Return what the old generation knows, and keep it; else `nothing`."""
        value = self._old.get(key)
        if value is None:
            return self._nothing
        self.put(key, value)
        return value

    @property
    def held(self) -> int:
        """Return how many entries lie in both generations; some may lie in both."""
        return len(self) + len(self._old)

    def put(self, key: K, value: V) -> None:
        """Remember."""
        if len(self) >= self._half:
            self._old = dict(self)
            super().clear()
        self[key] = value

    def forget(self) -> None:
        """Forget everything."""
        self.clear()
        self._old = {}
