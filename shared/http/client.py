"""The one way in which Pactwatch talks HTTP to strangers."""

import asyncio
import socket
from datetime import timedelta
from functools import lru_cache
from time import monotonic
from types import TracebackType
from typing import Final, Self

from aiohttp import (
    AddrInfoType,
    ClientHandlerType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver

from shared.errors import FetchError, TooManyRedirectsError
from shared.http.addresses import AddressPolicy
from shared.http.bodies import CHUNK, read_body
from shared.http.decoding import ACCEPT_ENCODING
from shared.http.exchange import HttpRequest, HttpResponse, Redirect
from shared.http.faults import BLOCKED, FOREIGN, fault_of
from shared.http.redirects import redirected
from shared.http.urls import http_url

_LONGEST_HEADER: Final = 16_384
_MOST_HEADERS: Final = 128


class GuardedClient:
    """Sends to public addresses only, and takes no more time, bytes or hops than each request allows.

        agent = "Pactwatch/0.1 (+mailto:desk@example.org)"
        async with GuardedClient(policy=AddressPolicy(), user_agent=agent) as client:
            answer = await client.request(HttpRequest(url="https://example.org/feed.xml"))
            if answer.status == 200:
                parse(answer.body)

    The guard looks at the concrete address in the moment of dialling, so it sees literals, every answer of
    the resolver, every redirect and every parallel try alike; what a name pointed to a moment ago does not
    matter. Proxies, `.netrc` and cookies of the environment are ignored. Each request dials anew and is
    sent once: nothing is retried behind the caller's back.
    """

    def __init__(
        self,
        *,
        policy: AddressPolicy,
        user_agent: str,
        resolver: AbstractResolver | None = None,
        connections: int = 100,
        connections_per_host: int = 5,
    ) -> None:
        self._policy = policy
        self._user_agent = user_agent
        self._resolver = resolver
        self._connections = connections
        self._connections_per_host = connections_per_host

    async def __aenter__(self) -> Self:
        connector = TCPConnector(
            socket_factory=self._guarded_socket,
            use_dns_cache=False,
            force_close=True,
            resolver=self._resolver,
            limit=self._connections,
            limit_per_host=self._connections_per_host,
        )
        self._session = ClientSession(
            connector=connector,
            trust_env=False,
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            headers={"User-Agent": self._user_agent, "Accept-Encoding": ACCEPT_ENCODING},
            middlewares=(_sent_once,),
            read_bufsize=CHUNK,
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
            max_headers=_MOST_HEADERS,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def request(self, request: HttpRequest) -> HttpResponse:
        """The answer, whatever its status, with its whole body.

        InputError for an address that is none; DestinationBlockedError if it, or where it redirects to, is
        not public; BodyTooLargeError and TooManyRedirectsError beyond the limits; FetchError for all that
        may go better next time: names that do not resolve, refused or broken connections, no whole answer
        in time, bodies that end early.
        """
        try:
            async with asyncio.timeout(request.limits.total.total_seconds()):
                return await self._followed(request)
        except TimeoutError as error:
            raise FetchError(f"{request.url}: no whole answer within {request.limits.total}") from error

    async def _followed(self, request: HttpRequest) -> HttpResponse:
        started = monotonic()
        redirects: tuple[Redirect, ...] = ()
        while True:
            outcome = await self._hop(request, redirects, started)
            if isinstance(outcome, HttpResponse):
                return outcome
            redirect, request = outcome
            redirects = (*redirects, redirect)
            if len(redirects) > request.limits.max_redirects:
                raise TooManyRedirectsError(
                    f"more than {request.limits.max_redirects}, the last to {request.url}"
                )

    async def _hop(
        self, request: HttpRequest, redirects: tuple[Redirect, ...], started: float
    ) -> HttpResponse | tuple[Redirect, HttpRequest]:
        url = http_url(request.url)
        try:
            response = await self._session.request(
                request.method,
                url,
                headers=request.headers,
                data=request.body,
                allow_redirects=False,
                timeout=_dial_limit(request.limits.connect),
            )
            try:
                onward = redirected(request, response.status, response.headers.get("Location"))
                if onward is not None:
                    return Redirect(status=response.status, url=onward.url), onward
                body, truncated = await read_body(response, request.limits)
            finally:
                response.close()
        except FOREIGN as error:
            raise fault_of(error, url.raw_host or "") from error
        return HttpResponse(
            url=str(response.url),
            status=response.status,
            headers=response.headers,
            body=body,
            redirects=redirects,
            truncated=truncated,
            elapsed=timedelta(seconds=monotonic() - started),
        )

    def _guarded_socket(self, address: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, destination = address
        reason = self._policy.verdict(str(destination[0]), int(destination[1]))
        if reason is not None:
            raise OSError(BLOCKED, reason)
        return socket.socket(family, kind, protocol)


async def _sent_once(request: ClientRequest, send: ClientHandlerType) -> ClientResponse:
    # aiohttp repeats a GET by itself when the connection breaks, unless the error is none of its own.
    try:
        return await send(request)
    except FOREIGN as error:
        raise fault_of(error, request.url.raw_host or "") from error


@lru_cache
def _dial_limit(connect: timedelta) -> ClientTimeout:
    return ClientTimeout(total=None, sock_connect=connect.total_seconds())
