"""Nothing inside is ever dialled: the canary counts connections, and every test that has it demands none."""

import socket
from collections.abc import Sequence

import pytest
from aiohttp import ClientSession
from aiohttp.abc import AbstractResolver, ResolveResult

from shared.errors import DestinationBlockedError, FetchError
from shared.http.addresses import AddressPolicy
from shared.http.client import GuardedClient
from shared.http.exchange import HttpRequest
from tests.contract.http.servers import Server, answer, canary_on_both_loopbacks, client_for, saying, serving

FORMS = [
    "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "2130706433", "0x7f.1",
    "127.1", "0", "127。0。0。1", "１２７．0．0．1", "0177.0.0.1", "LOCALHOST", "localhost.",
]  # fmt: skip
METADATA = [
    "169.254.169.254",
    "169.254.170.2",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
]


class Answers(AbstractResolver):
    """A resolver whose answers change with every question, as a rebinding name server's do."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        answered = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        ips = [ip for ip in answered if family in (socket.AF_UNSPEC, family_of(ip))]
        if not ips:
            raise OSError("no address found")
        return [
            ResolveResult(hostname=host, host=ip, port=port, family=family_of(ip), proto=0, flags=0)
            for ip in ips
        ]

    async def close(self) -> None:
        pass


def family_of(ip: str) -> int:
    return socket.AF_INET6 if ":" in ip else socket.AF_INET


async def test_the_canary_would_notice_an_unguarded_client() -> None:
    async with canary_on_both_loopbacks() as canary, ClientSession() as unguarded:
        async with unguarded.get(f"http://localhost:{canary.port}/") as response:
            assert await response.read() == b"secret"

        assert canary.dials == 1


@pytest.mark.parametrize("form", FORMS)
async def test_no_spelling_of_loopback_reaches_it(form: str, canary: Server) -> None:
    async with client_for(canary=canary) as client:
        with pytest.raises((DestinationBlockedError, FetchError)) as refusal:
            await client.request(HttpRequest(url=f"http://{form}:{canary.port}/"))

    # Not every system's resolver knows this spelling.
    assert isinstance(refusal.value, DestinationBlockedError) or form == "localhost."


@pytest.mark.parametrize("host", METADATA)
async def test_cloud_metadata_is_blocked_before_any_packet(host: str) -> None:
    async with client_for() as client:
        with pytest.raises(DestinationBlockedError, match=r" is in | is outside "):
            await client.request(HttpRequest(url=f"http://{host}/latest/meta-data/"))


async def test_the_refusal_names_the_host_the_address_and_the_network(canary: Server) -> None:
    resolver = Answers(["127.0.0.1"])
    async with client_for(canary=canary, resolver=resolver) as client:
        with pytest.raises(DestinationBlockedError) as refusal:
            await client.request(HttpRequest(url=f"http://news.example.org:{canary.port}/"))

    assert refusal.value.detail == "news.example.org: 127.0.0.1 is in 127.0.0.0/8 (loopback)"


async def test_a_name_that_flips_to_loopback_after_the_first_answer_is_blocked(canary: Server) -> None:
    # 127.0.0.2 plays the public address: the operator opened it, on the canary's own port.
    async with serving(saying(answer(body=b"public")), host="127.0.0.2", port=canary.port) as public:
        resolver = Answers(["127.0.0.2"], ["127.0.0.1"], ["127.0.0.2"], ["::1", "127.0.0.1"])
        async with client_for(public, canary=canary, resolver=resolver) as client:
            request = HttpRequest(url=f"http://news.example.org:{canary.port}/")
            for _ in range(2):
                assert (await client.request(request)).body == b"public"
                with pytest.raises(DestinationBlockedError, match=r"news\.example\.org"):
                    await client.request(request)


async def test_among_several_answers_the_blocked_ones_are_dropped(canary: Server) -> None:
    async with serving(saying(answer(body=b"public")), host="127.0.0.2", port=canary.port) as public:
        resolver = Answers(["::1", "127.0.0.1", "10.0.0.1", "127.0.0.2"])
        async with client_for(public, canary=canary, resolver=resolver) as client:
            response = await client.request(HttpRequest(url=f"http://news.example.org:{canary.port}/"))

    assert response.body == b"public"


@pytest.mark.parametrize("lie", ["localhost", "127.1", "2130706433", "", "::ffff:127.0.0.1"])
async def test_a_resolver_that_answers_with_anything_but_an_address_is_blocked(
    lie: str, canary: Server
) -> None:
    async with client_for(canary=canary, resolver=Answers([lie])) as client:
        with pytest.raises(DestinationBlockedError):
            await client.request(HttpRequest(url=f"http://news.example.org:{canary.port}/"))


async def test_a_name_without_any_answer_is_worth_another_try() -> None:
    async with client_for(resolver=Answers([])) as client:
        with pytest.raises(FetchError, match=r"news\.example\.org"):
            await client.request(HttpRequest(url="http://news.example.org/"))


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
async def test_a_proxy_of_the_environment_is_ignored(
    variable: str, canary: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, canary.url())
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with serving(saying(answer(body=b"direct"))) as named, client_for(named, canary=canary) as client:
        assert (await client.request(HttpRequest(url=named.url()))).body == b"direct"


async def test_the_port_the_operator_named_works_and_its_neighbour_does_not() -> None:
    async with serving(saying(answer())) as named, serving(saying(answer())) as neighbour:
        policy = AddressPolicy.named(endpoints=[f"127.0.0.1:{named.port}"])
        async with GuardedClient(policy=policy, user_agent="Pactwatch-tests/0") as client:
            for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
                response = await client.request(HttpRequest(url=f"http://{host}:{named.port}/"))
                assert response.status == 200
            with pytest.raises(DestinationBlockedError, match=f"port {neighbour.port}"):
                await client.request(HttpRequest(url=neighbour.url()))

        assert neighbour.dials == 0
