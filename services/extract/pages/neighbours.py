"""Which pages stand where the operator let their feed be read from."""

from ipaddress import ip_address

from shared.errors import InputError
from shared.http.urls import http_url


def on_own_loopback(url: str, feed_url: str) -> bool:
    """Whether both are at one and the same loopback address and port, and by the same name.

    A name that merely leads there is a stranger's: loopback ports are opened for what the operator named, and
    no other feed's links may lead to them.
    """
    try:
        page, feed = http_url(url), http_url(feed_url)
    except InputError:
        return False
    host = page.raw_host or ""
    return (host, page.port) == (feed.raw_host, feed.port) and _is_loopback(host)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
