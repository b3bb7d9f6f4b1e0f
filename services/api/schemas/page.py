"""Pieces of lists."""

from typing import Generic, TypeVar

from pydantic import BaseModel

from services.api.coverage import CoverageStatement

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """A piece of a list. `cursor` is the `after` with which to go on; `more` says that there is more now."""

    items: list[T]
    cursor: int | str | None
    more: bool
    coverage: CoverageStatement
