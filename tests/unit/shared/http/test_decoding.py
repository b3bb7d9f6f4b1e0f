"""Content codings, whole, broken and hostile."""

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import FetchError
from shared.http.decoding import decoder_for


def bare_deflate(body: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeeze.compress(body) + squeeze.flush()


ENCODERS = {
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    "deflate ": bare_deflate,
    "br": brotli.compress,
    "identity": bytes,
    "": bytes,
    "utf-8": bytes,
    "identity, gzip": gzip.compress,
}
COMPRESSING = ["gzip", "deflate", "deflate ", "br"]


def decoded(coding: str, wire: bytes, step: int = 65_536) -> bytes:
    decoder = decoder_for(coding)
    chunks = [wire[start : start + step] for start in range(0, len(wire), step)]
    body = b"".join(piece for chunk in chunks for piece in decoder.feed(chunk))
    decoder.finish()
    return body


@pytest.mark.parametrize("coding", ENCODERS)
@given(body=st.binary(max_size=3000), repeats=st.sampled_from([1, 200]), step=st.sampled_from([1, 7, 65_536]))
def test_what_was_encoded_comes_back_however_it_is_cut(
    coding: str, body: bytes, repeats: int, step: int
) -> None:
    wire = ENCODERS[coding](body * repeats)

    assert decoded(coding, wire, max(step, len(wire) // 2000)) == body * repeats


@pytest.mark.parametrize("coding", COMPRESSING)
def test_an_empty_answer_needs_no_coding(coding: str) -> None:
    assert decoded(coding, b"") == b""


@pytest.mark.parametrize("coding", COMPRESSING)
@given(cut=st.integers(1, 60))
def test_a_stream_that_stops_in_the_middle_is_a_fetch_error(coding: str, cut: int) -> None:
    wire = ENCODERS[coding](bytes(range(256)) * 2)

    with pytest.raises(FetchError, match="stops in the middle"):
        decoded(coding, wire[:-cut])


@pytest.mark.parametrize("coding", COMPRESSING)
def test_bytes_of_another_kind_are_a_fetch_error(coding: str) -> None:
    with pytest.raises(FetchError):
        decoded(coding, b"<?xml version='1.0'?><rss></rss>")


@pytest.mark.parametrize("coding", ["gzip, br", "gzip, gzip", "br,deflate, gzip"])
def test_codings_laid_over_one_another_are_refused(coding: str) -> None:
    with pytest.raises(FetchError, match="several codings"):
        decoder_for(coding)


def test_gzip_members_are_joined_and_padding_after_them_is_ignored() -> None:
    wire = gzip.compress(b"one") + gzip.compress(b"two") + b"\0" * 512

    assert decoded("gzip", wire) == b"onetwo"
    assert decoded("gzip", wire, step=1) == b"onetwo"


def test_a_stream_of_countless_empty_members_is_refused() -> None:
    with pytest.raises(FetchError, match="too many members"):
        decoded("gzip", gzip.compress(b"") * 1000)


@pytest.mark.parametrize("coding", COMPRESSING)
def test_a_bomb_is_unpacked_in_small_pieces_only_as_they_are_taken(coding: str) -> None:
    bomb = ENCODERS[coding](bytes(10_000_000))
    pieces = decoder_for(coding).feed(bomb)

    taken = [len(next(pieces)) for _ in range(20)]

    assert max(taken) <= 131_072


def test_output_still_waiting_when_the_input_is_used_up_is_not_lost() -> None:
    for size in range(65_536, 65_536 + 300):
        assert len(decoded("deflate", bare_deflate(bytes(size)))) == size
