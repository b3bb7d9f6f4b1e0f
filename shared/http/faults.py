"""Foreign failures of a request, mapped once."""

from typing import Final

from aiohttp import (
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientResponseError,
    InvalidURL,
)

from shared.errors import DestinationBlockedError, FetchError, PactwatchError

# Beyond every number the system uses, so that a firewall's refusal is never taken for ours. It survives
# when several refused answers of one name are folded into one error.
BLOCKED: Final = 10_001

# aiohttp and the resolver let ValueErrors through for names that cannot be written in a query.
FOREIGN: Final = (ClientError, OSError, ValueError)
"""What may go wrong on the way to a server and back."""


def fault_of(error: Exception, host: str) -> PactwatchError:
    """DestinationBlockedError for a dial that the guard refused, FetchError for anything else on the way."""
    if isinstance(error, ClientConnectorDNSError):
        return FetchError(f"the name {host} cannot be resolved: {error.os_error.strerror}")
    if isinstance(error, ClientConnectorError):
        if error.os_error.errno == BLOCKED:
            return DestinationBlockedError(f"{host}: {error.os_error.strerror}")
        reason = error.os_error.strerror or type(error.os_error).__name__
        return FetchError(f"cannot connect to {host}: {reason}")
    # Spellings of an IPv4 address that only some resolvers know, such as 127.1.
    if isinstance(error, InvalidURL):
        return DestinationBlockedError(f"{host}: {_words(error)}")
    # Such as more than the announced length: what was read of it is lost with the connection.
    if isinstance(error, ClientResponseError):
        return FetchError(
            f"{host}: its answer is not valid HTTP: {error.message.partition(chr(10))[0][:200]}"
        )
    return FetchError(f"{host}: {_words(error)}")


def _words(error: BaseException) -> str:
    return f"{type(error).__name__} {error}".strip()[:200]
