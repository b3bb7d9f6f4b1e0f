"""Signatures of pushed documents."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.websub.signatures import is_signed

SECRET = "a secret agreed on"
BODY = b"<feed>\x00\xff</feed>"


def signature(method: str, body: bytes = BODY, secret: str = SECRET) -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


@pytest.mark.parametrize("method", ["sha256", "sha384", "sha512"])
@given(body=st.binary(max_size=200))
def test_the_hub_that_knows_the_secret_is_believed(method: str, body: bytes) -> None:
    assert is_signed(signature(method, body), body, SECRET, legacy=False)


def test_sha1_is_good_enough_only_behind_https() -> None:
    assert is_signed(signature("sha1"), BODY, SECRET, legacy=True)
    assert not is_signed(signature("sha1"), BODY, SECRET, legacy=False)


def test_case_and_blanks_around_the_signature_do_not_matter() -> None:
    method, _, digest = signature("sha256").partition("=")
    assert is_signed(f"{method.upper()}= {digest.upper()} ", BODY, SECRET, legacy=False)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param("sha256=", id="no digest"),
        pytest.param(signature("sha256", b"another body"), id="another body"),
        pytest.param(signature("sha256", secret="another secret"), id="another secret"),
        pytest.param(signature("sha256").removeprefix("sha256="), id="no method"),
        pytest.param(signature("md5"), id="a weak method"),
        pytest.param("shake_128=00", id="a method without fixed length"),
        pytest.param("sha256=ü€\udcff", id="not hexadecimal"),
        pytest.param("sha512=" + signature("sha256").partition("=")[2], id="named otherwise"),
    ],
)
def test_anything_else_is_not_believed(header: str | None) -> None:
    assert not is_signed(header, BODY, SECRET, legacy=True)
