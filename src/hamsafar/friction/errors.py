"""Errors of friction.

NotFound
└── UnknownProblem   nobody has this trouble, or no detector is called so
"""

from __future__ import annotations

from hamsafar.kernel.errors import NotFound


class UnknownProblem(NotFound):
    """There is no such problem."""

    def __init__(self, key: str) -> None:
        super().__init__(f"there is no problem {key!r} now", where="key")
        self.key = key


class UnknownDetector(NotFound):
    """There is no such detector."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no detector {name!r}", where="detector")
        self.name = name
