"""A bounded memory of what was looked up, nearly least-recently-used, cheap enough for each event."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recall(Generic[K, V]):
    """Two generations: what is asked for moves to the young one; the old one falls away whole.

    Holds between `size / 2` and `size` entries once it is full; an entry asked for at least once
    in every `size / 2` new ones stays. Values must be truthy.

    >>> recall = Recall[str, int](4)
    >>> recall.put("a", 1)
    >>> recall.get("a"), recall.get("b")
    (1, None)
    """

    __slots__ = ("_half", "_old", "_young")

    def __init__(self, size: int) -> None:
        self._half = max(1, size // 2)
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: K) -> V | None:
        """Return what is remembered."""
        value = self._young.get(key)
        if value is not None:
            return value
        value = self._old.pop(key, None)
        if value is not None:
            self.put(key, value)
        return value

    def put(self, key: K, value: V) -> None:
        """Remember."""
        if len(self._young) >= self._half:
            self._old = self._young
            self._young = {}
        self._young[key] = value

    def clear(self) -> None:
        """Forget everything."""
        self._young.clear()
        self._old.clear()
