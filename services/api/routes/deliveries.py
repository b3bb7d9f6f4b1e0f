"""`/v1/deliveries` and `/v1/ledger`: what became of everything."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.api.dependencies import Coverage, State
from services.api.routes.parameters import AfterId, Limit, page_of
from services.api.schemas.deliveries import DeliveryOut, LedgerOut
from services.api.schemas.page import Page
from shared.model.subscription import DeliveryState

router = APIRouter(prefix="/v1", tags=["deliveries"])


@router.get("/deliveries")
async def list_deliveries(
    state: State,
    coverage: Coverage,
    after: AfterId = None,
    limit: Limit = 50,
    subscription: Annotated[str | None, Query(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")] = None,
    delivery_state: Annotated[DeliveryState | None, Query(alias="state")] = None,
) -> Page[DeliveryOut]:
    """Deliveries, oldest first, each with its attempts."""
    found = await state.deliveries.list(
        after_id=after, limit=limit + 1, subscription_id=subscription, state=delivery_state
    )
    attempts = await state.deliveries.attempts([delivery.id for delivery in found[:limit]])
    return page_of(
        found,
        limit,
        after=after,
        cursor=lambda delivery: delivery.id,
        show=lambda delivery: DeliveryOut.of(delivery, attempts.get(delivery.id, ())),
        coverage=coverage,
    )


@router.get("/ledger")
async def ledger(state: State, coverage: Coverage) -> LedgerOut:
    """How many items reached each final state: everything that came in is in one of them."""
    return LedgerOut(
        states=dict(await state.ledger.counts()),
        deliveries=dict(await state.deliveries.counts()),
        coverage=coverage,
    )
