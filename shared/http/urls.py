"""Reading addresses that strangers wrote, with the same parser that the client dials with."""

import re
from functools import lru_cache
from typing import Final

from yarl import URL

from shared.errors import InputError

LONGEST_URL: Final = 2048

_REMEMBERED: Final = 4_096

# Spaces, controls and backslashes are where two parsers disagree about which host is meant.
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f\\]")
# Read from the text: the parser drops an empty user name without a word.
_USER: Final = re.compile(r"[^/?#]*//[^/?#]*@")
# Some decode it and some do not: it would be two domains for one server.
_ESCAPED_HOST: Final = re.compile(r"[^/?#]*//[^/?#\[]*%")
_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
# A last label that is a number makes resolvers read the whole as an IPv4 address in disguise: 2130706433,
# 127.1, 0x7f.1
_NUMERIC_END: Final = re.compile(r"(^|\.)(0x[0-9a-f]*|[0-9]+)$")
_INNER_ZONES: Final = (
    *("localhost", "local", "localdomain", "internal", "intranet"),
    *("private", "corp", "home", "lan", "home.arpa"),
)


@lru_cache(maxsize=_REMEMBERED)
def http_url(text: str) -> URL:
    """The address read; InputError names the reason if it is not a plain http or https address.

    At most 2048 characters, no control characters, no user name or password, a host and a possible port.
    """
    if len(text) > LONGEST_URL:
        raise InputError(f"the address is longer than {LONGEST_URL} characters")
    if _FORBIDDEN.search(text):
        raise InputError("the address contains spaces, control characters or backslashes")
    try:
        url = URL(text)
        port = url.port
    except ValueError as error:
        raise InputError("the address cannot be read") from error
    if url.scheme not in ("http", "https"):
        raise InputError("the address must begin with http:// or https://")
    if _USER.match(text):
        raise InputError("the address carries a user name or password")
    if _ESCAPED_HOST.match(text):
        raise InputError("the address has a percent sign in its host")
    if not url.raw_host or not port:
        raise InputError("the address names no host or no possible port")
    return url


def name_fault(host: str) -> str | None:
    """Why this host name cannot be one on the public internet, or None."""
    name = host.lower().removesuffix(".")
    if _NUMERIC_END.search(name):
        return f"{host} is a number, not a host name"
    if len(name) > 253 or not _NAME.fullmatch(name):
        return f"{host[:100]} is not a host name"
    if any(name == zone or name.endswith("." + zone) for zone in _INNER_ZONES):
        return f"{host} is a name of an inner network"
    if "." not in name:
        return f"{host} is not a full host name"
    return None
