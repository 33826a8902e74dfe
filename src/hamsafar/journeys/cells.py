"""Cells: the numbers of a graph or of variants that people stand behind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CellKind(StrEnum):
    """What a number counts."""

    EVERYONE = "everyone"
    EDGE = "edge"
    NODE = "node"
    START = "start"
    END = "end"
    VARIANT = "variant"


@dataclass(frozen=True, slots=True)
class EveryoneCell:
    """Who has any event that counts: `Graph.people`, `Graph.events`, `Variants.people`."""


@dataclass(frozen=True, slots=True)
class EdgeCell:
    """Who went from one event directly to another: `Graph.edges`."""

    from_: str
    to: str


@dataclass(frozen=True, slots=True)
class NodeCell:
    """Who had an event, however often: `Graph.nodes`."""

    name: str


@dataclass(frozen=True, slots=True)
class StartCell:
    """Whose first event it is: `Graph.starts`."""

    name: str


@dataclass(frozen=True, slots=True)
class EndCell:
    """Whose last event it is: `Graph.ends`."""

    name: str


@dataclass(frozen=True, slots=True)
class VariantCell:
    """Who lived exactly one whole sequence: a row of `Variants`.

    Attributes:
        key: of the row, from `Variants.variant_keys`.
        collapse, max_length: as the variants were asked for.
    """

    key: str
    collapse: bool = False
    max_length: int | None = None


Cell = EveryoneCell | EdgeCell | NodeCell | StartCell | EndCell | VariantCell
"""A number that opens to its people."""
