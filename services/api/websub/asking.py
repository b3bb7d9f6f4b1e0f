"""Asking a hub to subscribe us, or to forget us."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode, urljoin

from services.api.dependencies import HttpSender
from services.api.websub.policy import presentable, request_form
from shared.errors import FetchError, InputError, PactwatchError, TooManyRedirectsError
from shared.http.addresses import AddressPolicy, check_url
from shared.http.exchange import HttpLimits, HttpRequest
from shared.http.urls import http_url
from shared.model.websub import HubSubscription

LIMITS: Final = HttpLimits(total=timedelta(seconds=15), body_bytes=4096, max_redirects=0, truncate=True)
MOST_REDIRECTS: Final = 3
_ELSEWHERE: Final = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})


def hub_address(hub: str, policy: AddressPolicy) -> str:
    """Where a hub is asked: over https even if it is named with http, because the secret goes there.

    Raises InputError for an address that is none or not a public one; loopback addresses the operator named
    stay as they are.
    """
    url = http_url(hub)
    if url.scheme == "http":
        try:
            check_url(hub, policy, https_only=True)
        except InputError:
            hub = str(url.with_scheme("https"))
    check_url(hub, policy, https_only=True)
    return hub


async def ask(
    subscription: HubSubscription,
    *,
    client: HttpSender,
    addresses: AddressPolicy,
    callback: str,
    secret: str,
    lease: timedelta,
) -> str | None:
    """None when the hub accepted, else why not, in words. A hub may send us on to another one (307, 308)."""
    form = request_form(subscription, callback=callback, secret=secret, lease=lease)
    try:
        await _post(subscription.hub, urlencode(form).encode(), client, addresses)
    except PactwatchError as error:
        return presentable(str(error))
    return None


async def _post(hub: str, body: bytes, client: HttpSender, addresses: AddressPolicy) -> None:
    for _ in range(MOST_REDIRECTS + 1):
        answer = await client.request(
            HttpRequest(
                method="POST",
                url=hub_address(hub, addresses),
                headers={"content-type": "application/x-www-form-urlencoded"},
                body=body,
                limits=LIMITS,
            )
        )
        if answer.status // 100 == 2:
            return
        location = answer.headers.get("Location")
        if answer.status not in _ELSEWHERE or not location:
            excerpt = answer.body[:200].decode("utf-8", "replace")
            raise FetchError(f"the hub answered {answer.status}: {excerpt}")
        hub = urljoin(hub, location)
    raise TooManyRedirectsError(f"more than {MOST_REDIRECTS}, the last to {hub[:200]}")
