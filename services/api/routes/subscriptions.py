"""`/v1/subscriptions`: who is told what."""

from fastapi import APIRouter, HTTPException, Response

from services.api.dependencies import Coverage, State
from services.api.routes.parameters import AfterId, Id, Limit, page_of
from services.api.schemas.page import Page
from services.api.schemas.subscriptions import NewSubscriptionOut, SubscriptionIn, SubscriptionOut
from services.api.subscribing import new_subscription
from shared.http.addresses import check_url

router = APIRouter(prefix="/v1/subscriptions", tags=["subscriptions"])


@router.get("")
async def list_subscriptions(
    state: State, coverage: Coverage, after: AfterId = None, limit: Limit = 50
) -> Page[SubscriptionOut]:
    """Subscriptions in order of id, without their secrets."""
    found = await state.subscriptions.list(after, limit + 1)
    return page_of(
        found,
        limit,
        after=after,
        cursor=lambda subscription: subscription.id,
        show=SubscriptionOut.of,
        coverage=coverage,
    )


@router.post("", status_code=201)
async def subscribe(state: State, wanted: SubscriptionIn) -> NewSubscriptionOut:
    """Subscribe a webhook endpoint. The answer shows the signing secret, this once."""
    check_url(wanted.url, state.address_policy, https_only=state.https_only)
    subscription, secret = new_subscription(
        url=wanted.url,
        description=wanted.description,
        wanted=wanted.filter.value(),
        sealer=state.sealer,
        random_bytes=state.random_bytes,
        now=state.clock(),
    )
    await state.subscriptions.create(subscription)
    return NewSubscriptionOut(subscription=SubscriptionOut.of(subscription), secret=secret)


@router.get("/{subscription_id}")
async def get_subscription(state: State, subscription_id: Id) -> SubscriptionOut:
    """One subscription, without its secret."""
    found = await state.subscriptions.get(subscription_id)
    if found is None:
        raise HTTPException(404, "no such subscription")
    return SubscriptionOut.of(found)


@router.delete("/{subscription_id}", status_code=204)
async def unsubscribe(state: State, subscription_id: Id) -> Response:
    """Forget a subscription; what was still on its way to it is given up."""
    if not await state.subscriptions.delete(subscription_id, state.clock()):
        raise HTTPException(404, "no such subscription")
    return Response(status_code=204)
