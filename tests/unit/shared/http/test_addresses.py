"""The address policy, as a table and as an invariant."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.errors import SettingsError
from shared.http.addresses import AddressPolicy

REFUSED = [
    "0.0.0.0",  # noqa: S104  nothing is bound to it
    "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
    "100.127.255.255", "127.0.0.1", "127.1.2.3", "127.255.255.254", "168.63.129.16", "169.254.0.1",
    "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1",
    "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "192.175.48.1",
    "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "224.0.1.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1",
    "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:10::1", "2001:20::1", "2001:db8::1",
    "2002:7f00:1::", "2002:a9fe:a9fe::", "2620:4f:8000::1", "3fff::1", "5f00::1", "fc00::1",
    "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "ff0e::1", "4000::1", "1fff:ffff::1",
]  # fmt: skip

NO_ADDRESS = [
    "", "localhost", "127.1", "2130706433", "0x7f.1", "0", "127.0.0.1 ", "127.0.0.01",
    "0177.0.0.1",
    "127。0。0。1", "１２７.0.0.1", "[::1]", "fe80::1%lo", "2606:4700::1%lo", "93.184.215.14/32",
    "93.184.215.14:80",
]  # fmt: skip

PUBLIC = [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "93.184.215.14", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.0", "168.63.129.15", "172.15.255.255", "172.32.0.0", "192.0.1.0",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:1.1.1.1", "2001:200::1",
    "2001:4860:4860::8888", "2003::1", "2606:4700::1111", "2a00:1450::1", "3ffe:ffff::1",
]  # fmt: skip

# Said once more, independently of the tables under test.
NEVER_IPV4 = [
    IPv4Network("0.0.0.0/8"), IPv4Network("10.0.0.0/8"), IPv4Network("100.64.0.0/10"),
    IPv4Network("127.0.0.0/8"), IPv4Network("169.254.0.0/16"), IPv4Network("172.16.0.0/12"),
    IPv4Network("192.0.0.0/24"), IPv4Network("192.0.2.0/24"), IPv4Network("192.31.196.0/24"),
    IPv4Network("192.52.193.0/24"), IPv4Network("192.88.99.0/24"), IPv4Network("192.168.0.0/16"),
    IPv4Network("192.175.48.0/24"), IPv4Network("198.18.0.0/15"), IPv4Network("198.51.100.0/24"),
    IPv4Network("203.0.113.0/24"), IPv4Network("224.0.0.0/4"), IPv4Network("240.0.0.0/4"),
    IPv4Network("168.63.129.16/32"),
]  # fmt: skip
NEVER_IPV6 = [
    IPv6Network("::/96"), IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"),
    IPv6Network("100::/64"), IPv6Network("2001::/23"), IPv6Network("2001:db8::/32"),
    IPv6Network("2002::/16"), IPv6Network("3fff::/20"), IPv6Network("5f00::/16"), IPv6Network("fc00::/7"),
    IPv6Network("fe80::/10"), IPv6Network("fec0::/10"), IPv6Network("ff00::/8"),
]  # fmt: skip


NEVER: list[IPv4Network | IPv6Network] = [*NEVER_IPV4, *NEVER_IPV6]


def inside(network: IPv4Network | IPv6Network) -> st.SearchStrategy[IPv4Address | IPv6Address]:
    first, last = int(network.network_address), int(network.broadcast_address)
    return st.integers(first, last).map(type(network.network_address))


never_ipv4 = st.sampled_from(NEVER_IPV4).flatmap(inside)
never_ipv6 = st.sampled_from(NEVER_IPV6).flatmap(inside)


@pytest.mark.parametrize("ip", REFUSED)
def test_an_address_that_is_not_public_is_refused_with_a_reason(ip: str) -> None:
    reason = AddressPolicy().verdict(ip, 443)

    assert reason is not None
    assert " is in " in reason or " is outside " in reason


@pytest.mark.parametrize("ip", NO_ADDRESS)
def test_what_is_not_exactly_one_address_is_refused(ip: str) -> None:
    assert AddressPolicy().verdict(ip, 443) == f"{ip!r} is not an IP address"


@pytest.mark.parametrize("ip", PUBLIC)
def test_a_public_address_is_fine(ip: str) -> None:
    assert AddressPolicy().verdict(ip, 443) is None


@pytest.mark.parametrize("port", [0, 1, 22, 25, 81, 3306, 5432, 6379, 9092, 18080, 65535])
def test_a_port_that_is_not_for_the_web_is_refused_even_on_a_public_address(port: int) -> None:
    assert AddressPolicy().verdict("1.1.1.1", port) == f"port {port} is not an allowed one"


@given(never_ipv4)
def test_no_inner_ipv4_address_is_ever_allowed_plain_mapped_or_wrapped(address: IPv4Address) -> None:
    policy = AddressPolicy()
    number = int(address)
    disguises = [
        address,
        IPv6Address(0xFFFF << 32 | number),  # IPv4-mapped
        IPv6Address(number),  # IPv4-compatible
        IPv6Address(0x0064FF9B << 96 | number),  # NAT64
        IPv6Address(0x2002 << 112 | number << 80),  # 6to4
    ]

    assert all(policy.verdict(str(disguise), 443) for disguise in disguises)


@given(never_ipv6)
def test_no_inner_ipv6_address_is_ever_allowed(address: IPv6Address) -> None:
    assert AddressPolicy().verdict(str(address), 443)


@given(st.ip_addresses())
@example(ip_address("223.255.255.255"))
def test_whatever_is_allowed_lies_outside_every_inner_network(address: IPv4Address | IPv6Address) -> None:
    if AddressPolicy().verdict(str(address), 443) is None:
        plain = address if isinstance(address, IPv4Address) else address.ipv4_mapped or address
        assert not any(plain in network for network in NEVER)


@given(st.text(max_size=40))
def test_any_text_gets_a_verdict_and_never_an_exception(text: str) -> None:
    AddressPolicy().verdict(text, 443)


@given(st.sampled_from(["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"]), st.integers(0, 65535))
def test_naming_one_loopback_port_opens_that_port_of_that_address_alone(ip: str, port: int) -> None:
    policy = AddressPolicy.named(endpoints=["127.0.0.1:18080"])

    opened = policy.verdict(ip, port) is None

    assert opened == (ip in ("127.0.0.1", "::ffff:127.0.0.1") and port == 18080)


def test_the_name_localhost_opens_both_loopback_addresses() -> None:
    policy = AddressPolicy.named(endpoints=["localhost:18080", " [::1]:9000 "])

    assert policy.allowed == {("127.0.0.1", 18080), ("::1", 18080), ("::1", 9000)}


def test_a_network_the_operator_named_is_open_on_the_usual_ports_only() -> None:
    policy = AddressPolicy.named(networks=["10.1.0.0/16", "fd00:1::/32"])

    assert policy.verdict("10.1.2.3", 443) is None
    assert policy.verdict("::ffff:10.1.2.3", 443) is None
    assert policy.verdict("fd00:1::5", 443) is None
    assert policy.verdict("10.1.2.3", 22)
    assert policy.verdict("10.2.0.1", 443)


@pytest.mark.parametrize(
    "endpoint",
    ["", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:0", "127.0.0.1:65536", "10.0.0.1:80",
     "127.1:80", "example.org:80", "[::ffff:127.0.0.1]:80", "127.0.0.1:１"],
)  # fmt: skip
def test_an_endpoint_that_is_no_loopback_address_with_a_port_is_a_settings_error(endpoint: str) -> None:
    with pytest.raises(SettingsError, match="loopback"):
        AddressPolicy.named(endpoints=[endpoint])


def test_a_network_that_is_none_is_a_settings_error() -> None:
    with pytest.raises(SettingsError, match=r"10\.1\.2\.3/8"):
        AddressPolicy.named(networks=["10.1.2.3/8"])
