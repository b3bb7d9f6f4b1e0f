"""Bodies: whole, encoded, endless, slow, broken."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import timedelta

import brotli
import pytest
from backports import zstd

from shared.errors import BodyTooLargeError, FetchError
from shared.http.exchange import HttpLimits, HttpRequest
from tests.contract.http.servers import Script, answer, client_for, saying, serving

MIB = 1024 * 1024
SHORT = HttpLimits(total=timedelta(seconds=0.4))


def _wide_window() -> bytes:
    """A few bytes of zstd that ask for a window of 128 MiB."""
    wide = {
        int(zstd.CompressionParameter.window_log): 27,
        int(zstd.CompressionParameter.enable_long_distance_matching): 1,
    }
    squeeze = zstd.ZstdCompressor(options=wide)
    return squeeze.compress(b"x" * 100) + squeeze.flush()


def gzip_bomb() -> bytes:
    squeeze = zlib.compressobj(1, wbits=31)
    return b"".join([*(squeeze.compress(bytes(MIB)) for _ in range(200)), squeeze.flush()])


def brotli_bomb() -> bytes:
    squeeze = brotli.Compressor(quality=1)
    return b"".join([*(squeeze.process(bytes(MIB)) for _ in range(500)), squeeze.finish()])


def zstd_bomb() -> bytes:
    return zstd.compress(bytes(MIB)) * 99


async def flood(_: str, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An answer without end, as fast as the client takes it."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(bytes(65_536))
        await writer.drain()


async def drip(_: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A byte now and then until the client hangs up, so that no pause ever looks like an end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    hung_up = asyncio.ensure_future(reader.read())
    while not hung_up.done():
        writer.write(b"x")
        await asyncio.wait({hung_up}, timeout=0.01)


async def reset(_: str, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The connection breaks off hard in the middle of the body."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")
    await writer.drain()
    writer.transport.abort()


@pytest.mark.parametrize(
    ("coding", "wire"),
    [
        ("gzip", gzip.compress(b"<rss/>" * 1000)),
        ("deflate", zlib.compress(b"<rss/>" * 1000)),
        ("br", brotli.compress(b"<rss/>" * 1000)),
        ("zstd", zstd.compress(b"<rss/>" * 1000)),
        ("zstd", zstd.compress(b"<rss/>" * 400) + zstd.compress(b"<rss/>" * 600)),
        ("identity", b"<rss/>" * 1000),
    ],
    ids=["gzip", "deflate", "br", "zstd", "zstd-frames", "identity"],
)
async def test_an_encoded_body_arrives_decoded(coding: str, wire: bytes) -> None:
    script = saying(answer(body=wire, Content_Encoding=coding, ETag='"7"'))
    async with serving(script) as named, client_for(named) as client:
        response = await client.request(HttpRequest(url=named.url()))

        assert (response.body, response.truncated) == (b"<rss/>" * 1000, False)
        assert response.headers["etag"] == response.headers["ETAG"] == '"7"'
        assert response.elapsed > timedelta()
        assert "Accept-Encoding: gzip, deflate, br, zstd" in named.requests[0]
        assert "User-Agent: Pactwatch-tests/0 (+mailto:desk@example.org)" in named.requests[0]


async def test_what_is_posted_arrives_byte_for_byte() -> None:
    received: list[bytes] = []

    async def keep(_: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readexactly(13))
        writer.write(answer(204, body=b""))

    async with serving(keep) as named, client_for(named) as client:
        request = HttpRequest(method="POST", url=named.url(), body=b'{"a": "\xc3\xbc\\n"}'[:13])
        assert (await client.request(request)).status == 204

    assert received == [request.body]


async def test_an_answer_without_a_body_is_whole_even_if_it_claims_a_coding() -> None:
    wire = b"HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\nContent-Length: 500\r\n\r\n"
    async with serving(saying(wire)) as named, client_for(named) as client:
        response = await client.request(HttpRequest(url=named.url()))

    assert (response.status, response.body) == (304, b"")


async def test_a_body_of_just_the_allowed_size_passes_and_one_byte_more_does_not() -> None:
    limits = HttpLimits(body_bytes=1000)
    for wire, coding in ((bytes(1001), "identity"), (gzip.compress(bytes(1001)), "gzip")):
        script = saying(answer(body=wire, Content_Encoding=coding))
        async with serving(script) as named, client_for(named) as client:
            with pytest.raises(BodyTooLargeError, match="1000 bytes"):
                await client.request(HttpRequest(url=named.url(), limits=limits))
            exact = HttpLimits(body_bytes=1001)
            assert len((await client.request(HttpRequest(url=named.url(), limits=exact))).body) == 1001


async def test_an_endless_body_stops_at_the_cap() -> None:
    async with serving(flood) as named, client_for(named) as client:
        with pytest.raises(BodyTooLargeError):
            await client.request(HttpRequest(url=named.url()))


@pytest.mark.parametrize("script", [flood, saying(answer(body=bytes(9000)))])
async def test_who_wants_an_excerpt_gets_the_beginning_marked_as_cut(script: Script) -> None:
    limits = HttpLimits(body_bytes=4096, truncate=True)
    async with serving(script) as named, client_for(named) as client:
        response = await client.request(HttpRequest(url=named.url(), limits=limits))

    assert (response.status, response.body, response.truncated) == (200, bytes(4096), True)


async def test_an_undecodable_body_does_not_hide_the_status_from_who_wants_an_excerpt() -> None:
    script = saying(answer(body=b"plain", Content_Encoding="gzip"))
    async with serving(script) as named, client_for(named) as client:
        limits = HttpLimits(body_bytes=4096, truncate=True)
        response = await client.request(HttpRequest(url=named.url(), limits=limits))
        assert (response.status, response.body, response.truncated) == (200, b"", True)
        with pytest.raises(FetchError, match="not the gzip"):
            await client.request(HttpRequest(url=named.url()))


@pytest.mark.parametrize(("coding", "bomb"), [("gzip", gzip_bomb), ("br", brotli_bomb), ("zstd", zstd_bomb)])
async def test_a_bomb_costs_no_more_memory_than_the_cap(coding: str, bomb: Callable[[], bytes]) -> None:
    script = saying(answer(body=bomb(), Content_Encoding=coding))
    async with serving(script) as named, client_for(named) as client:
        tracemalloc.start()
        try:
            with pytest.raises(BodyTooLargeError):
                await client.request(HttpRequest(url=named.url(), limits=HttpLimits(body_bytes=4 * MIB)))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert peak < 12 * MIB


async def test_compressed_bytes_that_never_become_content_are_bounded() -> None:
    async def empty_blocks(_: str, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n")
        while True:
            writer.write(b"\x00\x00\x00\xff\xff" * 10_000)
            await writer.drain()

    async with serving(empty_blocks) as named, client_for(named) as client:
        limits = HttpLimits(body_bytes=MIB, total=timedelta(seconds=5))
        with pytest.raises(BodyTooLargeError, match="on the wire"):
            await client.request(HttpRequest(url=named.url(), limits=limits))


async def test_a_body_that_drips_is_cut_off_at_the_total_deadline() -> None:
    async with serving(drip) as named, client_for(named) as client:
        started = asyncio.get_running_loop().time()
        with pytest.raises(FetchError, match="no whole answer within"):
            await client.request(HttpRequest(url=named.url(), limits=SHORT))

        assert 0.35 < asyncio.get_running_loop().time() - started < 2


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf of it\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf of it\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(range(256)))[:-9],
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Encoding: br\r\n\r\nno brotli",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, br\r\n\r\nanything",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\n" + zstd.compress(bytes(range(256)))[:-9],
        b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\nno zstd at all",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\n" + zstd.compress(b"x") * 101,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\n" + _wide_window(),
    ],
)
async def test_a_body_that_ends_early_or_makes_no_sense_is_a_fetch_error(wire: bytes) -> None:
    async with serving(saying(wire)) as named, client_for(named) as client:
        with pytest.raises(FetchError):
            await client.request(HttpRequest(url=named.url()))


async def test_a_reset_after_the_status_is_a_fetch_error() -> None:
    async with serving(reset) as named, client_for(named) as client:
        with pytest.raises(FetchError):
            await client.request(HttpRequest(url=named.url()))


async def test_who_asks_for_it_gets_an_unfinished_body_as_far_as_it_came() -> None:
    wire = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it"
    async with serving(saying(wire)) as named, client_for(named) as client:
        found = await client.request(HttpRequest(url=named.url(), limits=HttpLimits(unfinished=True)))
    assert (found.body, found.truncated) == (b"half of it", True)


async def test_an_unfinished_body_of_nothing_is_a_fetch_error() -> None:
    wire = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
    async with serving(saying(wire)) as named, client_for(named) as client:
        with pytest.raises(FetchError):
            await client.request(HttpRequest(url=named.url(), limits=HttpLimits(unfinished=True)))


async def test_a_body_that_does_not_decode_is_never_taken_for_an_unfinished_one() -> None:
    wire = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Encoding: br\r\n\r\nno brotli"
    async with serving(saying(wire)) as named, client_for(named) as client:
        with pytest.raises(FetchError):
            await client.request(HttpRequest(url=named.url(), limits=HttpLimits(unfinished=True)))
