"""`/v1/alerts`: what subscribers were told."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from services.api.dependencies import Coverage, State
from services.api.routes.parameters import AfterSequence, Id, Limit, page_of
from services.api.schemas.page import Page
from services.api.schemas.stories import AlertOut
from shared.model.alert import Alert

router = APIRouter(prefix="/v1/alerts", tags=["alerts"])


@router.get("")
async def list_alerts(
    state: State,
    coverage: Coverage,
    after: AfterSequence = 0,
    limit: Limit = 50,
    min_severity: Annotated[int, Query(ge=1, le=5)] = 1,
) -> Page[AlertOut]:
    """Alerts in the order in which they were decided."""
    found = await state.alerts.list(after, limit + 1, min_severity)
    return page_of(
        found,
        limit,
        after=after,
        cursor=lambda listed: listed.sequence,
        show=AlertOut.of,
        coverage=coverage,
    )


@router.get("/{alert_id}")
async def get_alert(state: State, alert_id: Id) -> Alert:
    """One alert, with claims, evidence and coverage."""
    found = await state.alerts.get(alert_id)
    if found is None:
        raise HTTPException(404, "no such alert")
    return found
