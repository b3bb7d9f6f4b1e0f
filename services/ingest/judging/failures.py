"""How bad a failed poll is: pure. A feed is given up never; failures only make it rarer and known."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from services.ingest.documents.pages import PLAIN
from shared.errors import WebPage
from shared.model.feed import FeedState, PollOutcome
from shared.model.health import FeedCause

SUCCESSES: Final[frozenset[PollOutcome]] = frozenset(
    {"new_entries", "no_new_entries", "not_modified", "same_body"}
)
"""Every other outcome counts as a failure of the feed."""

BLOCKS: Final[frozenset[PollOutcome]] = frozenset({"refused", "page_instead", "blocked"})
"""Somebody may not let us read: the server, whoever stands before it, or our own guard. They are alike in a
row; whether the last one is a block is told by its cause, for a page may be a plain one."""

BARRED: Final[frozenset[FeedCause]] = frozenset({"refused", "robot_check", "login_page", "own_guard"})
"""The causes that are blocks."""

_CAUSES: Final[Mapping[PollOutcome, FeedCause]] = {
    "refused": "refused",
    "blocked": "own_guard",
    "not_a_feed": "not_a_feed",
    "page_instead": "web_page",
    "gone": "not_found",
    "unreachable": "unreachable",
    "http_error": "server_error",
    "busy": "busy",
    "too_large": "too_large",
    "parse_timeout": "parse_timeout",
}

GRADES: Final[Mapping[PollOutcome, int]] = {
    "unreachable": 1,
    "http_error": 1,
    "busy": 1,
    "partial": 1,
    "not_a_feed": 2,
    "page_instead": 2,
    "refused": 2,
    "blocked": 2,
    "too_large": 2,
    "parse_timeout": 2,
    "gone": 3,
}
"""The points of each kind of failure: what mends by itself counts less than what seldom does."""

GONE_AFTER: Final = 3
GONE_FOR: Final = timedelta(hours=1)

_MOST_POINTS: Final = 1_000_000


def cause_of(outcome: PollOutcome, page: WebPage | None) -> FeedCause | None:
    """Why a poll with this outcome, and this kind of page, gave no document; None if it gave one, or part of
    one."""
    return page or _CAUSES.get(outcome)


def plain_title(error: str | None) -> str:
    """The title of a plain page as the poll's words have it, with its quotes; empty if they name none."""
    return (error or "").partition(f"{PLAIN} titled ")[2]


def points_after(points: int, outcome: PollOutcome) -> int:
    """The points of all failed polls in a row, now with this one; a success forgets them."""
    return 0 if outcome in SUCCESSES else min(points + GRADES[outcome], _MOST_POINTS)


def alike(one: PollOutcome | None, other: PollOutcome) -> bool:
    """Whether two polls ended in the same way, as far as a row of them tells something."""
    if one is None:
        return False
    kinds = (SUCCESSES, BLOCKS)
    return one == other or any(one in kind and other in kind for kind in kinds)


def is_gone(state: FeedState, status: int | None, now: datetime) -> bool:
    """Whether the server has said for good that the feed is no more, given the state after its last poll.

    410 is believed the second time such an answer comes, 404 when three in a row span an hour: a site that
    is being rebuilt answers so for minutes. What is gone stays so until something else is answered.
    """
    if state.last_outcome != "gone":
        return False
    if state.health is not None and state.health.state == "gone":
        return True
    if status == HTTPStatus.GONE and state.streak > 1:
        return True
    lasting = state.streak_since is not None and now - state.streak_since >= GONE_FOR
    return state.streak >= GONE_AFTER and lasting
