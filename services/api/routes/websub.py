"""`/websub/{token}`: where hubs verify our subscriptions and push documents."""

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.requests import ClientDisconnect

from services.api.dependencies import HubAnswers, State
from services.api.websub.policy import Intent
from shared.errors import BodyTooLargeError, FetchError

PREFIX: Final = "/websub/"
"""Bodies sent here are bounded by the callback itself: a feed is larger than what the other routes take."""
_STATUS: Final = {"unknown": 404, "gone": 410, "ignored": 202, "handed_on": 202}

router = APIRouter(tags=["websub"])


def answers(state: State) -> HubAnswers:
    if state.hubs is None:
        raise HTTPException(404, "no hub is asked to push here")
    return state.hubs


@router.get(PREFIX + "{token}", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def confirm(
    state: State,
    token: str,
    mode: Annotated[str, Query(alias="hub.mode")] = "",
    topic: Annotated[str, Query(alias="hub.topic")] = "",
    challenge: Annotated[str, Query(alias="hub.challenge")] = "",
    lease_seconds: Annotated[str, Query(alias="hub.lease_seconds")] = "",
    reason: Annotated[str, Query(alias="hub.reason")] = "",
) -> PlainTextResponse:
    """A hub asks whether we meant to subscribe or unsubscribe, and is answered its challenge, or 404 when we
    did not; or it tells that it denies us."""
    intent = Intent(mode=mode, topic=topic, challenge=challenge, lease_seconds=lease_seconds, reason=reason)
    answer = await answers(state).confirm(token, intent)
    if answer is None:
        raise HTTPException(404, "no such subscription")
    return PlainTextResponse(answer)


@router.post(PREFIX + "{token}", status_code=202)
async def receive(
    state: State,
    request: Request,
    token: str,
    signature: Annotated[str | None, Header(alias="X-Hub-Signature")] = None,
) -> Response:
    """A hub sends what is new in a feed. 202 once it is safely on its way to ingest, and also when it is not
    signed with the secret agreed on: then it is ignored."""
    try:
        receipt = await answers(state).receive(
            token,
            _chunks(request),
            signature=signature,
            content_type=request.headers.get("content-type"),
            encoded=request.headers.get("content-encoding", "identity").lower() != "identity",
        )
    except BodyTooLargeError as error:
        raise HTTPException(413, error.detail) from error
    except FetchError as error:
        raise HTTPException(408, error.detail) from error
    status = _STATUS[receipt]
    if status >= 400:
        raise HTTPException(status, "no such subscription")
    return Response(status_code=status)


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect as error:
        raise FetchError("the hub hung up") from error
