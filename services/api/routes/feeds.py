"""`/v1/feeds`: what is watched, and how well."""

from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Response

from services.api.dependencies import Coverage, State
from services.api.routes.parameters import AfterId, Id, Limit, page_of
from services.api.schemas.feeds import FeedChange, FeedIn, FeedOut, PollOut, PollsOut
from services.api.schemas.page import Page
from services.api.schemas.texts import Line
from shared.http.addresses import check_url
from shared.model.health import HealthState
from shared.store.feed_overview import FeedFilter

MOST_POLLS = 100

router = APIRouter(prefix="/v1/feeds", tags=["feeds"])

Health = Annotated[
    Literal[HealthState, "waiting"] | None,  # one list: whoever names none of it is told all of it
    Query(description="Only feeds in this state; `waiting` for those without any yet."),
]
Outlet = Annotated[Line | None, Query(min_length=1, description="Only feeds of exactly this outlet.")]
Text = Annotated[
    Line | None,
    Query(alias="q", min_length=1, description="Only feeds with this in name, outlet or address."),
]
PollLimit = Annotated[int, Query(ge=1, le=MOST_POLLS, description="How many polls at most.")]


@router.get("")
async def list_feeds(
    state: State,
    coverage: Coverage,
    after: AfterId = None,
    limit: Limit = 50,
    health: Health = None,
    outlet: Outlet = None,
    text: Text = None,
) -> Page[FeedOut]:
    """Feeds in order of id, each with its health."""
    which = FeedFilter(health=health, outlet=outlet, text=text)
    found = await state.feed_overview.list(after, limit + 1, which)
    return page_of(
        found,
        limit,
        after=after,
        cursor=lambda listed: listed[0].id,
        show=lambda listed: FeedOut.of(*listed),
        coverage=coverage,
    )


@router.post("", status_code=201, responses={200: {"model": FeedOut, "description": "Watched already"}})
async def add_feed(state: State, feed: FeedIn, response: Response) -> FeedOut:
    """Watch a feed. One address is one feed: asking again changes nothing and answers with what there is."""
    check_url(feed.url, state.address_policy)
    wanted = feed.value()
    if await state.feeds.get(wanted.id) is not None:
        response.status_code = 200
    added = await state.feeds.add(wanted, state.clock())
    states = await state.feed_states.states([added.id])
    return FeedOut.of(added, states.get(added.id))


@router.get("/{feed_id}")
async def get_feed(state: State, feed_id: Id) -> FeedOut:
    """One feed with its health."""
    found = await state.feeds.get(feed_id)
    if found is None:
        raise HTTPException(404, "no such feed")
    states = await state.feed_states.states([feed_id])
    return FeedOut.of(found, states.get(feed_id))


@router.patch("/{feed_id}")
async def change_feed(state: State, feed_id: Id, change: FeedChange) -> FeedOut:
    """Change what is said of a feed, how often it is polled, and whether it is (`enabled`)."""
    found = await state.feeds.get(feed_id)
    if found is None or not await state.feeds.update(change.applied_to(found)):
        raise HTTPException(404, "no such feed")
    return await get_feed(state, feed_id)


@router.get("/{feed_id}/polls")
async def list_polls(
    state: State, coverage: Coverage, feed_id: Id, limit: PollLimit = MOST_POLLS
) -> PollsOut:
    """The last polls of a feed, the newest first, and what became of the entries that each saw."""
    if await state.feeds.get(feed_id) is None:
        raise HTTPException(404, "no such feed")
    polls = await state.feed_states.polls(feed_id, limit)
    return PollsOut(items=[PollOut.of(poll) for poll in polls], coverage=coverage)


@router.delete("/{feed_id}", status_code=204)
async def remove_feed(state: State, feed_id: Id) -> Response:
    """Stop watching a feed; its stories stay."""
    if not await state.feeds.remove(feed_id):
        raise HTTPException(404, "no such feed")
    return Response(status_code=204)
