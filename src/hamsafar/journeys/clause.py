"""A condition as a field of a query: read by `expr` alone, compared and kept by its JSON."""

from __future__ import annotations

from hamsafar.expr import Condition, parse, to_json
from hamsafar.kernel.errors import BadInput


class Clause:
    """A condition inside a query; its own type, so that decoding meets `expr` and nothing else."""

    __slots__ = ("condition", "text")

    def __init__(self, condition: Condition) -> None:
        self.condition = condition
        self.text: bytes = to_json(condition)

    def __eq__(self, other: object) -> bool:
        """Return whether both are written the same."""
        return isinstance(other, Clause) and other.text == self.text

    def __hash__(self) -> int:
        """Return the hash of how it is written."""
        return hash(self.text)

    def __repr__(self) -> str:
        """Return how it is written."""
        return f"Clause({self.text.decode()})"


class Unreadable(ValueError):
    """A condition that cannot be read; msgspec adds where it stands in the query.

    Attributes:
        inner: where in the condition, e.g. `.of[0].op`.
    """

    def __init__(self, error: BadInput, inner: str) -> None:
        super().__init__(error.detail)
        self.inner = inner


ROOT = "$"


def read_clause(value: object) -> Clause:
    """Return the condition a JSON value says.

    Raises:
        Unreadable: it says none.
    """
    try:
        return Clause(parse(value, where=ROOT))
    except BadInput as error:
        raise Unreadable(error, error.where.removeprefix(ROOT)) from error
