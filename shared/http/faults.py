"""Foreign failures of a request, mapped once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from aiohttp import ClientConnectorDNSError, ClientConnectorError, ClientError, InvalidURL

from shared.errors import DestinationBlockedError, FetchError

# Beyond every number the system uses, so that a firewall's refusal is never taken for ours. It survives
# when several refused answers of one name are folded into one error.
BLOCKED: Final = 10_001


@contextmanager
def mapped(host: str) -> Iterator[None]:
    """DestinationBlockedError for a dial that the guard refused, FetchError for anything else on the way."""
    try:
        yield
    except ClientConnectorDNSError as error:
        raise FetchError(f"the name {host} cannot be resolved: {error.os_error.strerror}") from error
    except ClientConnectorError as error:
        if error.os_error.errno == BLOCKED:
            raise DestinationBlockedError(f"{host}: {error.os_error.strerror}") from error
        reason = error.os_error.strerror or type(error.os_error).__name__
        raise FetchError(f"cannot connect to {host}: {reason}") from error
    # Spellings of an IPv4 address that only some resolvers know, such as 127.1.
    except InvalidURL as error:
        raise DestinationBlockedError(f"{host}: {_words(error)}") from error
    # aiohttp and the resolver let ValueErrors through for names that cannot be written in a query.
    except (ClientError, OSError, ValueError) as error:
        raise FetchError(f"{host}: {_words(error)}") from error


def _words(error: BaseException) -> str:
    return f"{type(error).__name__} {error}".strip()[:200]
