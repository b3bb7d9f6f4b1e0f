"""`/v1/feeds`: what is watched, and how well."""

from fastapi import APIRouter, HTTPException, Response

from services.api.dependencies import Coverage, State
from services.api.routes.parameters import AfterId, Id, Limit, page_of
from services.api.schemas.feeds import FeedIn, FeedOut
from services.api.schemas.page import Page
from shared.http.addresses import check_url

router = APIRouter(prefix="/v1/feeds", tags=["feeds"])


@router.get("")
async def list_feeds(
    state: State, coverage: Coverage, after: AfterId = None, limit: Limit = 50
) -> Page[FeedOut]:
    """Feeds in order of id, each with its health."""
    found = await state.feeds.list(after, limit + 1)
    states = await state.feeds.states([feed.id for feed in found])
    return page_of(
        found,
        limit,
        after=after,
        cursor=lambda feed: feed.id,
        show=lambda feed: FeedOut.of(feed, states.get(feed.id)),
        coverage=coverage,
    )


@router.post("", status_code=201)
async def add_feed(state: State, feed: FeedIn) -> FeedOut:
    """Watch a feed. One address is one feed: asking again changes nothing and answers with what there is."""
    check_url(feed.url, state.address_policy)
    added = await state.feeds.add(feed.value(), state.clock())
    states = await state.feeds.states([added.id])
    return FeedOut.of(added, states.get(added.id))


@router.get("/{feed_id}")
async def get_feed(state: State, feed_id: Id) -> FeedOut:
    """One feed with its health."""
    found = await state.feeds.get(feed_id)
    if found is None:
        raise HTTPException(404, "no such feed")
    states = await state.feeds.states([feed_id])
    return FeedOut.of(found, states.get(feed_id))


@router.delete("/{feed_id}", status_code=204)
async def remove_feed(state: State, feed_id: Id) -> Response:
    """Stop watching a feed; its stories stay."""
    if not await state.feeds.remove(feed_id):
        raise HTTPException(404, "no such feed")
    return Response(status_code=204)
