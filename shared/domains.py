"""Whom an address belongs to: the registrable domain, by which servers are spared."""

from functools import cache, lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

_REMEMBERED: Final = 20_000


@lru_cache(maxsize=_REMEMBERED)
def domain_of(url: str) -> str:
    """The registrable domain, such as `example.co.uk` for `https://news.example.co.uk/feed`.

    An IP address stands for itself, and so does a name that is no registrable one, such as `localhost`;
    sites on a shared domain that lets everybody have a name (the list knows them) are apart. Never raises;
    an address that cannot be read belongs to nobody: "".
    """
    host = _in_ascii(_host_of(url).rstrip(".").lower())
    if not host or _is_address(host):
        return host
    return _suffixes().privatesuffix(host) or host


@cache
def _suffixes() -> PublicSuffixList:
    # Reading the list takes a fifth of a second: only those who ask pay for it.
    return PublicSuffixList(accept_unknown=True)


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _in_ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host
