"""Standard Webhooks signatures, scheme `v1`: HMAC-SHA256 over `id.timestamp.body`."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from shared.errors import InputError

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the public prefix of every secret, not a secret
SECRET_BYTES: Final = 32
_SHORTEST, _LONGEST = 24, 64


def new_secret(random_bytes: bytes) -> str:
    """The secret, as its owner stores it, made of 24 to 64 bytes from a secure source."""
    if not _SHORTEST <= len(random_bytes) <= _LONGEST:
        raise InputError(f"a secret has {_SHORTEST} to {_LONGEST} bytes, not {len(random_bytes)}")
    return SECRET_PREFIX + base64.b64encode(random_bytes).decode("ascii")


def signature(secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """`v1,<base64>`: proof that the holder of `secret` sent these bytes under this id at this time."""
    signed = f"{message_id}.{_seconds(at)}.".encode() + body
    digest = hmac.digest(_key(secret), signed, "sha256")
    return "v1," + base64.b64encode(digest).decode("ascii")


def signed_headers(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks; one signature per live secret, so that rotation overlaps."""
    if not secrets:
        raise InputError("a message is signed with at least one secret")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(_seconds(at)),
        "webhook-signature": " ".join(signature(secret, message_id, at, body) for secret in secrets),
    }


def _seconds(at: datetime) -> int:
    if at.utcoffset() is None:
        raise InputError("a signature needs an aware time")
    return int(at.timestamp())


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise InputError("the webhook secret is not base64") from error
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise InputError(f"the webhook secret has {len(key)} bytes, not {_SHORTEST} to {_LONGEST}")
    return key
