"""Where a feed has moved to: pure. Permanent redirects count if they last and lead to the same feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from shared.http.exchange import Redirect
from shared.model.feed import Feed, FeedState, Move

AGREEING: Final = 3
LASTING: Final = timedelta(hours=24)
LOST: Final = 6
"""Points of failure from which an adopted address is no longer believed."""

_STRANGE: Final = 0
"""The answers of a move that must not be believed."""
_PERMANENT: Final = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a feed is asked (None: as configured), and where it seems to be moving."""

    address: str | None
    move: Move | None


def permanent_target(redirects: Sequence[Redirect]) -> str | None:
    """Where permanent redirects alone led; one temporary hop among them means that nothing moved."""
    if not redirects or any(redirect.status not in _PERMANENT for redirect in redirects):
        return None
    return redirects[-1].url


def whereabouts(
    feed: Feed, state: FeedState, *, target: str | None, familiar: bool | None, now: datetime
) -> Whereabouts:
    """After a good poll that ended at `target` by permanent redirects (None: without such).

    Adopted are three answers in a row that agree over at least a day, each with `familiar` entries (None:
    nobody can tell). A target that once brought strange entries, as a parking page or another feed does, is
    not believed for as long as the redirect stays: its entries are familiar by then.
    """
    if target is None:
        return Whereabouts(address=state.address, move=None)
    if familiar is None:
        return Whereabouts(address=state.address, move=state.move)
    move = state.move if state.move is not None and state.move.to == target else None
    if not familiar or (move is not None and move.answers == _STRANGE):
        since = now if move is None else move.since
        return Whereabouts(address=state.address, move=Move(to=target, since=since, answers=_STRANGE))
    if move is None or move.since > now:
        return Whereabouts(address=state.address, move=Move(to=target, since=now, answers=1))
    if move.answers + 1 >= AGREEING and now - move.since >= LASTING:
        return Whereabouts(address=None if target == feed.url else target, move=None)
    answers = min(move.answers + 1, AGREEING)
    return Whereabouts(address=state.address, move=Move(to=target, since=move.since, answers=answers))


def fallen_back(state: FeedState) -> bool:
    """Whether the adopted address has failed for so long that the configured one is to be asked again."""
    return state.address is not None and state.failures >= LOST
