"""The networks nobody outside may send us to, in words.

Written out by hand: `ipaddress.is_global` calls multicast, NAT64 and 6to4 wrappings of private addresses,
site-local addresses and a cloud's platform address global. IPv6 is the other way round: only 2000::/3 is
the public internet, less what is listed here. IPv4-mapped addresses (::ffff:0:0/96) are IPv4 addresses and
must be unwrapped before looking here.
"""

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Final

REFUSED_IPV4: Final[Mapping[IPv4Network, str]] = {
    IPv4Network("0.0.0.0/8"): "this host",
    IPv4Network("10.0.0.0/8"): "private use",
    IPv4Network("100.64.0.0/10"): "carrier-grade NAT",
    IPv4Network("127.0.0.0/8"): "loopback",
    IPv4Network("168.63.129.16/32"): "cloud platform",
    IPv4Network("169.254.0.0/16"): "link-local and cloud metadata",
    IPv4Network("172.16.0.0/12"): "private use",
    IPv4Network("192.0.0.0/24"): "protocol assignments",
    IPv4Network("192.0.2.0/24"): "documentation",
    IPv4Network("192.31.196.0/24"): "AS112 sink",
    IPv4Network("192.52.193.0/24"): "multicast relay",
    IPv4Network("192.88.99.0/24"): "6to4 relay",
    IPv4Network("192.168.0.0/16"): "private use",
    IPv4Network("192.175.48.0/24"): "AS112 sink",
    IPv4Network("198.18.0.0/15"): "benchmarking",
    IPv4Network("198.51.100.0/24"): "documentation",
    IPv4Network("203.0.113.0/24"): "documentation",
    IPv4Network("224.0.0.0/4"): "multicast",
    IPv4Network("240.0.0.0/4"): "reserved and broadcast",
}

PUBLIC_IPV6: Final = IPv6Network("2000::/3")

REFUSED_IPV6: Final[Mapping[IPv6Network, str]] = {
    IPv6Network("2001::/23"): "protocol assignments, Teredo",
    IPv6Network("2001:db8::/32"): "documentation",
    IPv6Network("2002::/16"): "6to4, wraps any IPv4 address",
    IPv6Network("2620:4f:8000::/48"): "AS112 sink",
    IPv6Network("3fff::/20"): "documentation",
}
