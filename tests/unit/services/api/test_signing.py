"""Signatures, judged by the published vector and the public library."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from services.api.signing import new_secret, signature, signed_headers
from shared.errors import InputError

SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("prefix", ["", "whsec_"])
def test_the_published_vector_comes_out(prefix: str) -> None:
    assert signature(prefix + SECRET, MESSAGE, AT, BODY) == SIGNATURE


def test_the_signed_second_does_not_depend_on_the_zone_of_the_time() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=9)))
    assert signature(SECRET, MESSAGE, elsewhere, BODY) == SIGNATURE


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(InputError):
        signature(SECRET, MESSAGE, AT.replace(tzinfo=None), BODY)


@given(key=st.binary(min_size=24, max_size=64), text=st.text())
def test_every_signature_verifies_with_the_public_library(key: bytes, text: str) -> None:
    secret, body = new_secret(key), f'{{"x": {len(text)}}} {" " * len(text)}'.encode()
    headers = signed_headers((secret,), MESSAGE, datetime.now(UTC), body)
    Webhook(secret).verify(body, headers)


def test_during_rotation_the_holder_of_either_secret_can_verify() -> None:
    old, new = new_secret(b"o" * 32), new_secret(b"n" * 32)
    headers = signed_headers((new, old), MESSAGE, datetime.now(UTC), BODY)
    for secret in (old, new):
        Webhook(secret).verify(BODY, headers)


@pytest.mark.parametrize("secret", ["whsec_AAAA", "whsec_not base64!", "whsec_" + "A" * 200, ""])
def test_secrets_that_are_too_short_too_long_or_no_base64_are_refused(secret: str) -> None:
    with pytest.raises(InputError):
        signature(secret, MESSAGE, AT, BODY)


def test_an_unsigned_message_is_never_made() -> None:
    with pytest.raises(InputError):
        signed_headers((), MESSAGE, AT, BODY)


def test_a_new_secret_needs_enough_randomness() -> None:
    with pytest.raises(InputError):
        new_secret(b"short")
