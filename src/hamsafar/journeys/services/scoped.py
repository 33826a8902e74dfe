"""Graph, variants and the people of their numbers within a scope; few people stay hidden here too."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hamsafar.journeys.cells import Cell, EdgeCell, EndCell, EveryoneCell, NodeCell, VariantCell
from hamsafar.journeys.directly_follows import graph
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.figures import is_small
from hamsafar.journeys.kinds.graphs import walk_graph
from hamsafar.journeys.kinds.ground import Ground
from hamsafar.journeys.kinds.walking import cells_of, placed
from hamsafar.journeys.kinds.wholes import LONGEST, walk_variants
from hamsafar.journeys.pages import page_of
from hamsafar.journeys.query import GraphQuery, Scope, VariantsQuery
from hamsafar.journeys.services.explore import (
    GraphAnswer,
    PeopleAnswer,
    VariantsAnswer,
)
from hamsafar.journeys.services.queries import Queries
from hamsafar.journeys.types import Graph, NameCount, Variants
from hamsafar.journeys.variant_table import variants
from hamsafar.kernel.errors import BadInput, NotAllowed

MOST = 1_000
"""Edges or variants that are looked at when some may be too few to be shown."""


@dataclass(frozen=True, slots=True)
class Scoped:
    """Explore, with a scope's conditions and groups."""

    queries: Queries

    def graph(self, scope: Scope) -> GraphAnswer:
        """Return the directly-follows graph with quantiles.

        Raises:
            BadInput: the scope is wrong.
            UnknownGroup: a saved group is not there.
        """
        ground, stamp, _ = self.queries.grounded(scope)
        with placed():
            found = graph(ground.sequences, ground.filters, compute=ground.compute)
            if self.queries.min_people > 1:
                found = self._shown_graph(found, ground)
        return GraphAnswer(graph=found, stamp=stamp)

    def variants(self, scope: Scope, *, limit: int = 50) -> VariantsAnswer:
        """Return the most frequent whole sequences.

        Raises:
            BadInput: the scope is wrong, or a limit outside 1 … 1000.
            UnknownGroup: a saved group is not there.
        """
        if not 1 <= limit <= MOST:
            raise BadInput(f"limit must be 1 … {MOST}, not {limit}", where="limit")
        ground, stamp, _ = self.queries.grounded(scope)
        with placed():
            found = variants(
                ground.sequences,
                ground.filters,
                limit=limit,
                max_length=LONGEST,
                compute=ground.compute,
            )
            if self.queries.min_people > 1:
                found = self._shown_variants(found, limit, ground)
        return VariantsAnswer(variants=found, stamp=stamp)

    def people_behind(
        self, scope: Scope, cell: Cell, *, cursor: str | None = None, limit: int = 50
    ) -> PeopleAnswer:
        """Return a page of the people behind a number of the graph or of variants.

        Raises:
            BadInput: an unknown name, or a wrong scope, limit or cursor.
            NotAllowed: too few people stand behind it.
            UnknownGroup: a saved group is not there.
        """
        ground, stamp, _ = self.queries.grounded(scope)
        with placed():
            own = (
                VariantCell(cell.key, max_length=LONGEST) if isinstance(cell, VariantCell) else cell
            )
            crowd = Crowd.of(ground.sequences, own, ground.filters, compute=ground.compute)
            least = self.queries.min_people
            if least > 1 and not self._may_open(cell, crowd, ground):
                words = f"fewer than {least} people stand behind this; they are not listed"
                raise NotAllowed(words, where="of")
            page, whole = page_of(crowd, cursor=cursor, limit=limit)
        return PeopleAnswer(page=page, whole=whole, stamp=stamp)

    def _may_open(self, cell: Cell, crowd: Crowd, ground: Ground) -> bool:
        least = self.queries.min_people
        match cell:
            case EveryoneCell():
                return not is_small(crowd.page(0, 0).total, least)
            case VariantCell(key):
                run = walk_variants(VariantsQuery(limit=MOST), ground)
                return any(row.key == key for row in run.result(least).items)
            case EdgeCell(from_, to):
                keys: tuple[str, ...] = ("edge", from_, to)
            case NodeCell(name):
                keys = ("node", name)
            case EndCell(name):
                keys = ("end", name)
            case _:
                keys = ("start", cell.name)
        result = walk_graph(GraphQuery(limit=MOST), ground).result(least)
        return ground.cell(*keys) in set(cells_of(result))

    def _shown_graph(self, found: Graph, ground: Ground) -> Graph:
        """Return what of a graph may be shown; of too few people nothing."""
        least = self.queries.min_people
        result = walk_graph(GraphQuery(limit=MOST), ground).result(least)
        edges = {(edge.from_, edge.to) for edge in result.edges if edge.count is not None}
        nodes = {
            node.name: node
            for node in result.nodes
            if node.count is not None and not node.people.suppressed
        }
        starts = {name for name, node in nodes.items() if not node.starts.suppressed}
        ends = {name for name, node in nodes.items() if not node.ends.suppressed}
        if is_small(found.people, least):
            return replace(found, edges=(), starts=(), ends=(), nodes=(), people=0, events=0)
        return replace(
            found,
            edges=tuple(edge for edge in found.edges if (edge.from_, edge.to) in edges),
            nodes=tuple(node for node in found.nodes if node.name in nodes),
            starts=_among(found.starts, starts),
            ends=_among(found.ends, ends),
        )

    def _shown_variants(self, found: Variants, limit: int, ground: Ground) -> Variants:
        run = walk_variants(VariantsQuery(limit=limit), ground)
        listed = {row.key for row in run.result(self.queries.min_people).items}
        kept = [key in listed for key in found.variant_keys]
        return replace(
            found,
            rows=tuple(row for row, is_kept in zip(found.rows, kept, strict=True) if is_kept),
            variant_keys=tuple(key for key in found.variant_keys if key in listed),
        )


def _among(rows: tuple[NameCount, ...], names: set[str]) -> tuple[NameCount, ...]:
    return tuple(row for row in rows if row.name in names)
