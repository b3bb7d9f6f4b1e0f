"""Parameters that several routes share."""

from collections.abc import Callable, Sequence
from typing import Annotated, Final, TypeVar

from fastapi import Path, Query

from services.api.coverage import CoverageStatement
from services.api.schemas.page import Page

T = TypeVar("T")
Listed = TypeVar("Listed")

MAX_LIMIT: Final = 200
_LAST_SEQUENCE: Final = 2**53 - 1
_ID: Final = r"^[A-Za-z0-9_-]+$"

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many items at most.")]
AfterSequence = Annotated[
    int, Query(ge=0, le=_LAST_SEQUENCE, description="The cursor of the page before; 0 begins.")
]
AfterId = Annotated[
    str | None,
    Query(min_length=1, max_length=64, pattern=_ID, description="The cursor of the page before."),
]
Id = Annotated[str, Path(min_length=1, max_length=64, pattern=_ID)]


def page_of(
    found: Sequence[Listed],
    limit: int,
    *,
    after: int | str | None,
    cursor: Callable[[Listed], int | str],
    show: Callable[[Listed], T],
    coverage: CoverageStatement,
) -> Page[T]:
    """The first `limit` of what was found, asked for one more than that to know whether there is more."""
    shown = found[:limit]
    return Page(
        items=[show(item) for item in shown],
        cursor=cursor(shown[-1]) if shown else after,
        more=len(found) > limit,
        coverage=coverage,
    )
