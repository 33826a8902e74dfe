"""What attribution answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from hamsafar.impact.crowds import crowd_from
from hamsafar.impact.paths import TouchPaths
from hamsafar.journeys import Crowd, to_arrow, to_pandas
from hamsafar.kernel.errors import BadInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import pyarrow as pa

SIDES = ("converted", "null")

COLUMNS = (
    "model",
    "touch",
    "conversions",
    "low",
    "high",
    "share",
    "value",
    "value_low",
    "value_high",
    "removal_effect",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What one touch is owed under one model.

    Attributes:
        touch: its name.
        conversions: conversions it is owed; over all touches they sum to `Attribution.attributed`.
        low, high: 95 % interval of it, by bootstrap of customers; None without replicates.
        share: of `Attribution.attributed`, 0 … 1.
        value: what it is owed of the value, with its interval.
        removal_effect: share of conversions lost without it, 0 … 1; None but for Markov.
    """

    touch: str
    conversions: float
    low: float | None
    high: float | None
    share: float
    value: float
    value_low: float | None
    value_high: float | None
    removal_effect: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One way to share conversions out.

    Attributes:
        name: `first`, `last`, `linear`, `position`, `time_decay` or `markov`.
        order: of the Markov model; None for the others.
        rows: most conversions first, then by name.
    """

    name: str
    order: int | None
    rows: tuple[Credit, ...]

    def of(self, touch: str) -> Credit:
        """Return what one touch is owed.

        Raises:
            NotFound: there is no such touch.
        """
        for row in self.rows:
            if row.touch == touch:
                return row
        raise NotFound(f"no touch is named {touch!r}", where="touch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Conversions shared out by several models, and what they had to leave aside.

    Attributes:
        models: in the order asked for.
        conversions: all conversions; `attributed + untouched`.
        attributed: conversions with at least one touch before them.
        untouched: conversions before which no touch is known: owed to nobody.
        nulls: paths that ended in no conversion; only Markov learns from them.
        open: people whose last path is not decided yet; left out.
        value, attributed_value: what all conversions, and those with touches, are worth.
        self_loops: touches that directly repeat the one before; `is_collapsed` tells whether each
            run was counted once.
        loops: rows of paths that come back to a touch after another; always kept.
        replicates: worlds the intervals rest on.
        paths: what it is computed from, as given; opens numbers to people.
    """

    models: tuple[Model, ...]
    conversions: float
    attributed: float
    untouched: float
    nulls: float
    open: int
    value: float
    attributed_value: float
    self_loops: int
    loops: int
    is_collapsed: bool
    replicates: int
    paths: TouchPaths = field(repr=False)

    def model(self, name: str) -> Model:
        """Return one model.

        Raises:
            BadInput: it was not asked for.
        """
        for model in self.models:
            if model.name == name:
                return model
        known = ", ".join(model.name for model in self.models)
        raise BadInput(f"no model {name!r} was computed; there are {known}", where="model")

    def crowd(self, touch: str | None, side: str) -> Crowd:
        """Return the people behind a number; paths of tables without people have none.

        Args:
            touch: whose paths meet it; None: any path, `""`: paths without touches.
            side: `converted` or `null`.

        Raises:
            BadInput: there is no such side, or the paths know no people.
            NotFound: there is no such touch.
        """
        paths = self.paths
        if paths.person is None or paths.ended_us is None:
            raise BadInput("these paths do not say whose they are", where="cell")
        if side not in SIDES:
            raise BadInput(f"side is one of {', '.join(SIDES)}, not {side!r}", where="cell")
        ends = paths.conversions if side == "converted" else paths.nulls
        chosen = ends > 0
        if touch == "":
            chosen &= paths.lengths == 0
        elif touch is not None:
            if touch not in paths.touches:
                raise NotFound(f"no touch is named {touch!r}", where="cell")
            met = paths.path_of[paths.code == paths.touches.index(touch)]
            chosen &= np.bincount(met, minlength=len(paths)) > 0
        return crowd_from(paths.person[chosen], paths.ended_us[chosen])

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame with a row per model and touch, columns `COLUMNS`.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(COLUMNS, self._rows())

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table with the columns of `to_pandas`."""
        return to_arrow(COLUMNS, self._rows())

    def _rows(self) -> Iterator[tuple[object, ...]]:
        for model in self.models:
            for row in model.rows:
                yield model.name, *(getattr(row, name) for name in COLUMNS[1:])

    def _repr_html_(self) -> str:
        """Return a table of conversions by touch and model, for notebooks."""
        head = "".join(f"<th>{escape(model.name)}</th>" for model in self.models)
        body = "".join(
            f"<tr><th>{escape(row.touch)}</th>"
            + "".join(f"<td>{model.of(row.touch).conversions:,.1f}</td>" for model in self.models)
            + "</tr>"
            for row in (self.models[0].rows if self.models else ())
        )
        said = (
            f"{self.conversions:,.0f} conversions, {self.untouched:,.0f} of them without a touch;"
            f" {self.nulls:,.0f} paths without one; {self.open:,} undecided left out"
        )
        return f"<table><caption>{said}</caption><tr><th></th>{head}</tr>{body}</table>"
