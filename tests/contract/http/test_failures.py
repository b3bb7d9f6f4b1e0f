"""Servers that misbehave before the body, and the shape of what the caller sees."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shared.errors import FetchError, InputError
from shared.http.addresses import AddressPolicy
from shared.http.client import GuardedClient
from shared.http.exchange import HttpLimits, HttpRequest
from tests.contract.http.servers import Script, answer, client_for, saying, serving
from tests.waiting import until

SHORT = HttpLimits(total=timedelta(seconds=0.3))


async def silence(_: str, reader: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    await reader.read()


async def interim_answers(_: str, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
        await writer.drain()


async def endless_headers(_: str, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(10_000_000):
        writer.write(b"X-%d: %s\r\n" % (number, b"x" * 1000))
        await writer.drain()


async def endless_header(_: str, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


@pytest.mark.parametrize("script", [endless_headers, endless_header])
async def test_headers_beyond_all_measure_are_a_fetch_error_at_once(script: Script) -> None:
    async with serving(script) as named, client_for(named) as client:
        limits = HttpLimits(total=timedelta(seconds=20))
        with pytest.raises(FetchError) as failure:
            await client.request(HttpRequest(url=named.url(), limits=limits))

    assert "no whole answer" not in failure.value.detail


async def test_an_ordinary_large_header_is_fine() -> None:
    script = saying(answer(Content_Security_Policy="x" * 12_000))
    async with serving(script) as named, client_for(named) as client:
        response = await client.request(HttpRequest(url=named.url()))

    assert len(response.headers["content-security-policy"]) == 12_000


@pytest.mark.parametrize(
    "wire", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nX"]
)
async def test_an_answer_that_is_no_http_is_a_fetch_error_after_one_try(wire: bytes) -> None:
    async with serving(saying(wire)) as named, client_for(named) as client:
        with pytest.raises(FetchError, match=r"127\.0\.0\.1"):
            await client.request(HttpRequest(url=named.url()))

        assert named.dials == 1, "nothing is retried behind the caller's back"


@pytest.mark.parametrize("script", [silence, interim_answers])
async def test_a_server_that_never_comes_to_the_point_is_cut_off(script: Script) -> None:
    async with serving(script) as named, client_for(named) as client:
        with pytest.raises(FetchError, match="no whole answer"):
            await client.request(HttpRequest(url=named.url(), limits=SHORT))


async def test_a_closed_port_is_a_fetch_error() -> None:
    async with serving(saying(answer())) as gone:
        pass
    async with client_for(gone) as client:
        with pytest.raises(FetchError, match=r"127\.0\.0\.1"):
            await client.request(HttpRequest(url=gone.url()))


@pytest.mark.parametrize("host", ["a" * 70 + ".org", "xn--a", "a..org", "no-such-name.invalid"])
async def test_a_name_that_cannot_exist_is_an_error_of_ours(host: str) -> None:
    async with client_for() as client:
        with pytest.raises(FetchError):
            await client.request(HttpRequest(url=f"http://{host}/"))


@pytest.mark.parametrize(
    "url", ["", "example.org", "file:///etc/passwd", "http://user@example.org/", "http://a b/"]
)
async def test_an_address_that_is_none_is_an_input_error(url: str) -> None:
    async with client_for() as client:
        with pytest.raises(InputError):
            await client.request(HttpRequest(url=url))


async def test_a_certificate_nobody_vouches_for_is_a_fetch_error_and_nothing_is_sent(tmp_path: Path) -> None:
    async with serving(saying(answer()), tls=self_signed(tmp_path)) as named, client_for(named) as client:
        with pytest.raises(FetchError, match="ertificate"):
            await client.request(HttpRequest(url=f"https://127.0.0.1:{named.port}/"))

        assert named.requests == []


async def test_connections_to_one_host_are_limited_and_the_wait_counts_towards_the_deadline() -> None:
    async with serving(silence) as named:
        policy = AddressPolicy(allowed=frozenset({("127.0.0.1", named.port)}))

        async def both_are_taken() -> bool:
            return named.dials == 2

        async with GuardedClient(
            policy=policy, user_agent="Pactwatch-tests/0", connections_per_host=2
        ) as client:
            patient = [
                asyncio.create_task(client.request(HttpRequest(url=named.url(), limits=HttpLimits())))
                for _ in range(2)
            ]
            await until(both_are_taken)
            request = HttpRequest(url=named.url(), limits=SHORT)
            outcomes = await asyncio.gather(
                *(client.request(request) for _ in range(3)), return_exceptions=True
            )
            for task in patient:
                task.cancel()
            await asyncio.gather(*patient, return_exceptions=True)

        assert [type(outcome) for outcome in outcomes] == [FetchError] * 3
        assert named.dials == 2


async def test_a_cancelled_request_hangs_up() -> None:
    hung_up = asyncio.Event()

    async def listen(_: str, reader: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        hung_up.set()

    asked = asyncio.Event()
    async with serving(listen) as named, client_for(named) as client:
        task = asyncio.create_task(client.request(HttpRequest(url=named.url())))
        await asyncio.wait_for(asked.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(hung_up.wait(), 5)


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


async def test_a_body_longer_than_announced_is_told_in_words() -> None:
    wire = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n<rss></rss>"
    async with serving(saying(wire)) as server, client_for(server) as client:
        with pytest.raises(FetchError, match="not valid HTTP"):
            await client.request(HttpRequest(url=server.url()))
