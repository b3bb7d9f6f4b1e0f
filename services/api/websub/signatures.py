"""Did the hub send this? Signatures of pushed documents, after the WebSub Recommendation."""

import hmac
from typing import Final

SAFE: Final = frozenset({"sha256", "sha384", "sha512"})
LEGACY: Final = "sha1"


def is_signed(header: str | None, body: bytes, secret: str, *, legacy: bool) -> bool:
    """Whether `X-Hub-Signature` holds the HMAC of these very bytes, compared in constant time.

    `legacy` admits SHA-1, which many hubs still use and which the Recommendation finds too weak where the
    callback is not reached over https.
    """
    method, _, given = (header or "").partition("=")
    method = method.strip().lower()
    if method not in SAFE and not (legacy and method == LEGACY):
        return False
    wanted = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.strip().lower().encode("utf-8", "replace"))
