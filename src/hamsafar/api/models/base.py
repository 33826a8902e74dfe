"""What all shapes share."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hamsafar.lang.text import is_valid_text

T = TypeVar("T")


class Given(BaseModel):
    """Something a caller sends; a field nobody knows is refused, so that typing errors show."""

    model_config = ConfigDict(extra="forbid", str_max_length=10_000)


class Told(BaseModel):
    """Something we answer."""

    model_config = ConfigDict(populate_by_name=True)


class Listing(Told, Generic[T]):
    """A page of a list."""

    items: list[T]
    next: str | None = Field(default=None, description="cursor of the following page")


def _storable(text: str) -> str:
    if not is_valid_text(text):
        raise ValueError("the text holds a character that cannot be stored")
    return text


Text = Annotated[str, AfterValidator(_storable), Field(max_length=1_000)]
"""Text a caller sends that is kept."""

Secret = Annotated[str, Field(max_length=1_000)]
"""A password, on its way to a hash."""

Cursor = Annotated[
    str, Query(max_length=2_000, description="`next` of the page before; empty for the first")
]
Limit = Annotated[int, Query(ge=1, le=200, description="items on a page")]
Key = Annotated[str, Path(max_length=200)]
Number = Annotated[int, Path(ge=1, le=(1 << 53) - 1)]
PersonNumber = Annotated[
    int, Path(ge=1, le=(1 << 31) - 1, description="number of the person, or of one of its nodes")
]
