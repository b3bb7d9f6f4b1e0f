"""Where a redirect leads, decided without sending anything."""

from dataclasses import replace
from typing import Final

from yarl import URL

from shared.errors import DestinationBlockedError, InputError
from shared.http.exchange import HttpRequest
from shared.http.urls import http_url

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

_FOLLOWED_METHODS: Final = frozenset({"GET", "HEAD"})
_CREDENTIALS: Final = frozenset({"authorization", "cookie"})


def redirected(request: HttpRequest, status: int, location: str | None) -> HttpRequest | None:
    """The request that a redirect asks for, or None if the answer is to be taken as it is.

    Only GET and HEAD are followed, so a body never goes to an address that its owner did not name.
    Credentials stay with the origin (scheme, host, port) they were meant for. DestinationBlockedError for a
    target that is not a plain http or https address.
    """
    if status not in REDIRECTS or not location or request.method not in _FOLLOWED_METHODS:
        return None
    if request.limits.max_redirects == 0:
        return None
    here = URL(request.url)
    target = _target(here, location)
    headers = request.headers
    if target.origin() != here.origin():
        headers = {name: value for name, value in headers.items() if name.lower() not in _CREDENTIALS}
    return replace(request, url=str(target), headers=headers)


def _target(here: URL, location: str) -> URL:
    try:
        return http_url(str(here.join(URL(location)).with_fragment(None)))
    except (InputError, ValueError) as error:
        reason = error.detail if isinstance(error, InputError) else "the address cannot be read"
        raise DestinationBlockedError(f"redirect from {here.raw_host}: {reason}") from error
