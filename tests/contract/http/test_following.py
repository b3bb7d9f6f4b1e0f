"""Redirects, followed by hand and through the guard."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from shared.errors import DestinationBlockedError, TooManyRedirectsError
from shared.http.exchange import HttpLimits, HttpRequest, Redirect
from tests.contract.http.servers import Script, Server, answer, client_for, saying, serving


async def chain(path: str, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """/3 leads to /2, /1 and ends at /0."""
    left = int(path.removeprefix("/"))
    writer.write(answer(302, Location=f"/{left - 1}") if left else answer(body=b"arrived"))


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/", "//localhost:{port}/", "http://[::1]:{port}/", "http://0x7f.1:{port}/",
     "http://[::ffff:127.0.0.1]:{port}/", "http://127.1:{port}/", "http://169.254.169.254/latest/meta-data/"],
)  # fmt: skip
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_an_inner_address_is_blocked(status: int, target: str, canary: Server) -> None:
    lure = saying(answer(status, Location=target.format(port=canary.port)))
    async with serving(lure) as named, client_for(named, canary=canary) as client:
        with pytest.raises(DestinationBlockedError):
            await client.request(HttpRequest(url=named.url()))

        assert named.dials == 1


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "gopher://127.0.0.1:70/", "ftp://127.0.0.1/", "ws://a.org/"]
)
async def test_a_redirect_out_of_the_web_is_blocked(target: str) -> None:
    async with serving(saying(answer(302, Location=target))) as named, client_for(named) as client:
        with pytest.raises(DestinationBlockedError, match="must begin with http"):
            await client.request(HttpRequest(url=named.url()))


async def test_a_chain_within_the_limit_is_followed_and_told() -> None:
    async with serving(chain) as named, client_for(named) as client:
        response = await client.request(HttpRequest(url=named.url("/3"), limits=HttpLimits(max_redirects=3)))

        assert (response.status, response.body, response.url) == (200, b"arrived", named.url("/0"))
        assert response.redirects == tuple(Redirect(status=302, url=named.url(f"/{n}")) for n in (2, 1, 0))


@pytest.mark.parametrize(
    "script", [chain, saying(answer(301, Location="/")), saying(answer(307, Location="?a"))]
)
async def test_a_chain_beyond_the_limit_or_a_loop_stops_there(script: Script) -> None:
    async with serving(script) as named, client_for(named) as client:
        with pytest.raises(TooManyRedirectsError, match="more than 5"):
            await client.request(HttpRequest(url=named.url("/9")))

        assert named.dials == 6


async def test_a_redirect_is_the_answer_where_none_may_be_followed(canary: Server) -> None:
    lure = saying(answer(307, Location=canary.url()))
    async with serving(lure) as named, client_for(named, canary=canary) as client:
        for request in (
            HttpRequest(url=named.url(), limits=HttpLimits(max_redirects=0)),
            HttpRequest(method="POST", url=named.url(), body=b"{}"),
        ):
            response = await client.request(request)
            assert (response.status, response.redirects) == (307, ())


async def test_credentials_do_not_cross_to_another_origin() -> None:
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(serving(saying(answer())))
        named = await stack.enter_async_context(serving(saying(answer(302, Location=other.url()))))
        client = await stack.enter_async_context(client_for(named, other))
        secrets = {"Authorization": "Bearer x", "Cookie": "a=b", "If-None-Match": '"1"'}
        await client.request(HttpRequest(url=named.url(), headers=secrets))

    assert "Authorization: Bearer x" in named.requests[0]
    assert "Authorization" not in other.requests[0]
    assert "Cookie" not in other.requests[0]
    assert 'If-None-Match: "1"' in other.requests[0]


async def test_the_body_of_a_redirect_is_not_waited_for() -> None:
    async def endless_detour(path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if path == "/there":
            writer.write(answer(body=b"arrived"))
            return
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 99999999999\r\n\r\nx")
        await reader.read()

    async with serving(endless_detour) as named, client_for(named) as client:
        assert (await client.request(HttpRequest(url=named.url()))).body == b"arrived"
