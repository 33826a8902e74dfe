"""Variants as an answer: whole sequences and who lived each."""

from __future__ import annotations

from dataclasses import dataclass

from hamsafar.journeys.answers import VariantRow, VariantsResult
from hamsafar.journeys.cells import VariantCell
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.kinds.ground import Ground
from hamsafar.journeys.kinds.run import Keys, no_cell
from hamsafar.journeys.query import VariantsQuery
from hamsafar.journeys.suppression import Key, shown
from hamsafar.journeys.types import Variants
from hamsafar.journeys.variant_table import variants

LONGEST = 100
"""Variants are cut here; nobody reads further."""

_EVERYBODY, _OTHERS = "all", "others"


def walk_variants(query: VariantsQuery, ground: Ground) -> VariantsRun:
    """Walk for variants.

    Raises:
        BadInput: a filter is wrong.
    """
    found = variants(
        ground.sequences,
        ground.filters,
        limit=query.limit,
        collapse=query.collapse,
        max_length=LONGEST,
        compute=ground.compute,
    )
    return VariantsRun(query=query, ground=ground, variants=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantsRun:
    """Variants that were walked."""

    query: VariantsQuery
    ground: Ground
    variants: Variants

    def result(self, least: int) -> VariantsResult:
        """Return the variants of enough people; the others are not listed at all."""
        found = self.variants
        counts: dict[Key, int] = {
            key: row.count for row, key in zip(found.rows, found.variant_keys, strict=True)
        }
        parts = [*counts]
        counts[_EVERYBODY] = found.people
        counts[_OTHERS] = found.people - sum(row.count for row in found.rows)
        sums = [(_EVERYBODY, [*parts, _OTHERS])]
        told = shown(counts, sums, least=least, absent={_OTHERS})
        return VariantsResult(
            items=tuple(
                VariantRow(
                    key=key,
                    names=row.names,
                    people=told.figure(key, _EVERYBODY, cell=self.ground.cell(key)),
                )
                for row, key in zip(found.rows, found.variant_keys, strict=True)
                if key not in told.hidden
            ),
            distinct=found.distinct,
        )

    def crowd(self, keys: Keys) -> Crowd:
        """Return the people of a variant."""
        match keys:
            case (str(key),):
                cell = VariantCell(key, collapse=self.query.collapse, max_length=LONGEST)
            case _:
                raise no_cell()
        ground = self.ground
        return Crowd.of(ground.sequences, cell, ground.filters, compute=ground.compute)
