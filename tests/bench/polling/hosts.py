"""Where the feeds of a bench are: each on a loopback address of its own, all on one port.

Distinct addresses make distinct hosts for every client without a resolver between: politeness towards one
host never slows another feed, for us or for a rival.
"""

import resource
import socket
from collections.abc import Sequence
from typing import Final

_PER_BLOCK: Final = 250
_TRIES: Final = 20
_BACKLOG: Final = 64


def host(number: int) -> str:
    """The loopback address of that feed; 15 million are possible."""
    block, last = divmod(number, _PER_BLOCK)
    high, middle = divmod(block, _PER_BLOCK)
    return f"127.{1 + high}.{middle}.{1 + last}"


def listening(count: int) -> Sequence[socket.socket]:
    """Listening sockets on the first `count` hosts, all with the same free port."""
    raise_file_limit()
    for _ in range(_TRIES):
        first = _listener(host(0), 0)
        sockets = [first]
        try:
            port = first.getsockname()[1]
            sockets.extend(_listener(host(number), port) for number in range(1, count))
        except OSError:  # somebody has the port on one of the addresses
            for each in sockets:
                each.close()
            continue
        return sockets
    raise OSError(f"no port is free on {count} loopback addresses")


def raise_file_limit() -> None:
    """Let this process open as many files as the machine permits it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _listener(address: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener
