"""Ports on 127.0.0.1 for servers that must come back on the same port after they were killed."""

import secrets
import socket
from itertools import islice

# Below the range from which Linux takes the ports of outgoing connections (32768 and up): while a server is
# down, a client that keeps dialling could otherwise be given that very port, talk to itself and block it.
FIRST, LAST = 20_000, 32_000


def is_free(port: int) -> bool:
    """True when a server could listen on 127.0.0.1:`port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As our servers do: connections of a server that is gone, still winding down, are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> tuple[int, ...]:
    """`count` different ports that are free now, from a random place on: runs side by side rarely collide."""
    start = secrets.randbelow(LAST - FIRST)
    candidates = (FIRST + (start + step) % (LAST - FIRST) for step in range(LAST - FIRST))
    return tuple(islice(filter(is_free, candidates), count))
