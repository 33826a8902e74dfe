"""Tables for notebooks: pandas is an extra, Arrow is loaded when first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from hamsafar.kernel.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def to_pandas(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> pd.DataFrame:
    """Return rows as a data frame.

    Raises:
        BadInput: pandas is not installed.
    """
    pandas = library("pandas")
    frame: pd.DataFrame = pandas.DataFrame.from_records([tuple(r) for r in rows], columns=columns)
    return frame


def to_arrow(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> pa.Table:
    """Return rows as an Arrow table; without rows every column has the null type.

    Raises:
        BadInput: pyarrow is not installed.
    """
    arrow = library("pyarrow")
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return arrow.table(dict(zip(columns, map(list, values), strict=True)))


def library(name: str) -> ModuleType:
    """Return a library that is loaded when first asked for.

    Raises:
        BadInput: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as missing:
        message = f"{name} is not installed; run: pip install {name}"
        raise BadInput(message, where=name) from missing
