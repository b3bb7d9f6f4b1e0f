"""Where a story's words come from: the story that it repeats, the agency that it credits. Pure."""

from collections.abc import Sequence

from services.extract.events import Assignment
from services.extract.origins.agencies import credited_agency
from shared.model.origin import Credit, Origin

MOST_CREDITS = 20


def origin_of(assignment: Assignment, named: Sequence[Credit], of_page: str | None = None) -> Origin:
    """What is kept of it; `named` comes in the order of its weight.

    `of_page` is the agency that the story's page credits outside its text, which counts where the text
    credits none.
    """
    return Origin(
        copy_of=assignment.copy_of,
        copy_kind=assignment.copy_kind,
        containment=None if assignment.containment is None else round(assignment.containment, 3),
        agency=credited_agency(named) or of_page,
        credits=tuple(named[:MOST_CREDITS]),
    )
