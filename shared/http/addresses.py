"""Which addresses the client may dial: decided on the concrete IP address and port, never on a name."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from shared.errors import InputError, SettingsError
from shared.http.networks import PUBLIC_IPV6, REFUSED_IPV4, REFUSED_IPV6
from shared.http.urls import http_url, name_fault

DEFAULT_PORTS: Final = frozenset({80, 443, 8080, 8443})

_REMEMBERED: Final = 10_000

Endpoint = tuple[str, int]
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPolicy:
    """What may be dialled: public addresses on `ports`, and what the operator named.

    `allowed` are loopback addresses with their port, as `("127.0.0.1", 18080)`: the port need not be in
    `ports`, and no other port of that address is opened. `allowed_networks` are opened on `ports` only.
    Entries that are not canonical loopback addresses raise SettingsError.
    """

    ports: frozenset[int] = DEFAULT_PORTS
    allowed: frozenset[Endpoint] = frozenset()
    allowed_networks: tuple[Network, ...] = ()

    def __post_init__(self) -> None:
        for ip, port in self.allowed:
            address = _plain(ip)
            if address is None or str(address) != ip or not address.is_loopback or not 0 < port < 65536:
                raise SettingsError(f"{ip}:{port} is not a loopback address with a port")

    @classmethod
    def named(
        cls,
        *,
        endpoints: Iterable[str] = (),
        networks: Iterable[str] = (),
        ports: frozenset[int] = DEFAULT_PORTS,
    ) -> "AddressPolicy":
        """The policy from an operator's words; SettingsError names the word that makes no sense.

        Endpoints look like `127.0.0.1:18080`, `[::1]:18080` or `localhost:18080` (both of them), networks
        like `10.1.0.0/16`.
        """
        allowed = frozenset(pair for text in endpoints for pair in _endpoints(text))
        return cls(ports=ports, allowed=allowed, allowed_networks=tuple(_network(text) for text in networks))

    def verdict(self, ip: str, port: int) -> str | None:
        """None if this address may be dialled, else the reason in words."""
        if (ip, port) in self.allowed:
            return None
        address = _plain(ip)
        if address is None:
            return f"{ip!r} is not an IP address"
        if (str(address), port) in self.allowed:
            return None
        if port not in self.ports:
            return f"port {port} is not an allowed one"
        if any(address in network for network in self.allowed_networks):
            return None
        return _refusal(address)


def check_url(url: str, policy: AddressPolicy, *, https_only: bool = False) -> None:
    """Tell a person at once what is wrong with the address they give us: InputError names the reason.

    Early feedback only. The dial-time verdict decides, because names can point elsewhere a moment later.
    """
    parsed = http_url(url)
    host, port = parsed.raw_host or "", parsed.port or 0
    if "#" in url:
        raise InputError("the address has a fragment (#…)")
    if _operator_named(host, port, policy):
        return
    if https_only and parsed.scheme != "https":
        raise InputError("the address must begin with https://")
    fault = _host_fault(host, port, policy)
    if fault:
        raise InputError(fault)


def _host_fault(host: str, port: int, policy: AddressPolicy) -> str | None:
    if _plain(host) is not None:
        return policy.verdict(host, port)
    if port not in policy.ports:
        return f"port {port} is not an allowed one"
    return name_fault(host)


def _operator_named(host: str, port: int, policy: AddressPolicy) -> bool:
    candidates = ("127.0.0.1", "::1") if host == "localhost" else (host,)
    return any((candidate, port) in policy.allowed for candidate in candidates)


def _plain(ip: str) -> IPv4Address | IPv6Address | None:
    """The address with an IPv4-mapped form unwrapped; None for anything that is not exactly one address."""
    try:
        address = ip_address(ip)
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    if address.scope_id is not None:
        return None
    return address.ipv4_mapped or address


@lru_cache(maxsize=_REMEMBERED)
def _refusal(address: IPv4Address | IPv6Address) -> str | None:
    if isinstance(address, IPv6Address) and address not in PUBLIC_IPV6:
        return f"{address} is outside the public internet {PUBLIC_IPV6}"
    refused: Iterable[tuple[Network, str]] = (*REFUSED_IPV4.items(), *REFUSED_IPV6.items())
    for network, meaning in refused:
        if address in network:
            return f"{address} is in {network} ({meaning})"
    return None


def _endpoints(text: str) -> tuple[Endpoint, ...]:
    host, _, port = text.strip().rpartition(":")
    if not (port.isascii() and port.isdigit()):
        raise SettingsError(f"{text!r} is not a loopback address with a port")
    if host == "localhost":
        return ("127.0.0.1", int(port)), ("::1", int(port))
    return ((host.removeprefix("[").removesuffix("]"), int(port)),)


def _network(text: str) -> Network:
    try:
        return ip_network(text.strip())
    except ValueError as error:
        raise SettingsError(f"{text!r} is not a network") from error
