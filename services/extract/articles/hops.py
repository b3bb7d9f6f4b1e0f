"""One request to one address: who follows a redirect must take a turn for it first."""

from dataclasses import replace

from shared.http.client import GuardedClient
from shared.http.exchange import HttpRequest, HttpResponse
from shared.http.redirects import redirected


async def one_hop(client: GuardedClient, request: HttpRequest) -> tuple[HttpResponse, HttpRequest | None]:
    """The answer of this very address, and the request that it redirects to, if it does.

    Raises what a request does, and DestinationBlockedError for a redirect that cannot be followed.
    """
    alone = replace(request, limits=replace(request.limits, max_redirects=0))
    answer = await client.request(alone)
    return answer, redirected(request, answer.status, answer.headers.get("Location"))
