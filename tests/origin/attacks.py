"""Attacks on feed readers, each made when it is asked for: some are large."""

import zlib
from collections.abc import Callable
from typing import Final, Protocol

import brotli
from backports import zstd

from tests.origin.answers import (
    CHUNK,
    Answer,
    cut_short,
    dripping,
    endless,
    page,
    redirect,
    refusal,
    reset,
    short_measured,
    silent,
)
from tests.unit.services.ingest.rss_documents import item, rss

MEGABYTE: Final = 1024 * 1024
BOMB_MEGABYTES: Final = 200
PADDING: Final = b"<!--" + b" " * MEGABYTE + b"-->"
ENTITIES: Final = "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdef", "bcdefg", strict=True)
)


def document(*items: str) -> bytes:
    return rss(*items).encode()


def many_attributes() -> Answer:
    attributes = " ".join(f'a{number}="&gt;>"' for number in range(100_000))
    return Answer(body=document(f"<item {attributes}/>"))


def deep_nesting() -> Answer:
    return Answer(body=document("<a>" * 200_000 + "</a>" * 200_000))


def entity_bomb() -> Answer:
    """Seven levels of ten: ten million times two letters, in less than 400 bytes."""
    head = f'<!DOCTYPE rss [<!ENTITY a "ha">{ENTITIES}]>'
    return Answer(body=rss("<item><title>&g;</title></item>", head=head).encode())


def external_entity() -> Answer:
    head = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return Answer(body=rss(item("&x;"), head=head).encode())


def path_as_body() -> Answer:
    return Answer(body=b"/etc/hostname", headers={"Content-Type": "application/rss+xml"})


def hundred_megabytes() -> Answer:
    return Answer(body=b"<rss>" + PADDING, manner=endless(100 * MEGABYTE))


def long_promise() -> Answer:
    """A head that promises a hundred gigabytes."""
    return Answer(body=PADDING, headers={"Content-Length": str(100 * 1024 * MEGABYTE)}, manner=endless(0))


def slow_drip() -> Answer:
    return Answer(body=document(item("One")), manner=dripping)


def never_answers() -> Answer:
    return Answer(manner=silent)


def redirect_to_itself() -> Answer:
    return redirect(302, "/feed.xml")


def redirect_into_the_house() -> Answer:
    return redirect(302, "http://169.254.169.254/latest/meta-data/")


def redirect_to_a_file() -> Answer:
    return redirect(302, "file:///etc/hostname")


def gzip_bomb() -> Answer:
    return _packed("gzip", _unpacking_to_much(zlib.compressobj(wbits=31)))


def deflate_bomb() -> Answer:
    return _packed("deflate", _unpacking_to_much(zlib.compressobj()))


def brotli_bomb() -> Answer:
    compressor = brotli.Compressor(quality=5)
    pieces = [compressor.process(PADDING) for _ in range(BOMB_MEGABYTES)]
    return _packed("br", b"".join([*pieces, compressor.finish()]))


def zstd_bomb() -> Answer:
    return _packed("zstd", _unpacking_to_much(zstd.ZstdCompressor()))


def gzip_in_name_only() -> Answer:
    return _packed("gzip", document(item("One")))


def wrong_length() -> Answer:
    return Answer(
        body=document(*(item(f"Report {n}", guid=str(n)) for n in range(50))), manner=short_measured
    )


def half_a_body() -> Answer:
    return Answer(body=document(*(item(f"Report {n}", guid=str(n)) for n in range(50))), manner=cut_short)


def broken_connection() -> Answer:
    return Answer(body=document(item("One")), manner=reset)


def zero_bytes() -> Answer:
    return Answer(body=b"\x00" * MEGABYTE)


def two_megabytes_of_opening_brackets() -> Answer:
    return Answer(body=document(item("One")) + b"<" * (2 * MEGABYTE))


def a_megabyte_of_ampersands() -> Answer:
    return Answer(body=document("<item><title>" + "&" * MEGABYTE + "</title></item>"))


def escaped_markup() -> Answer:
    return Answer(body=document(item("Big", guid="big", text="<p>word</p>" * 400_000)))


def many_entries() -> Answer:
    return Answer(body=document(*(item(f"Report {n}", guid=str(n)) for n in range(40_000))))


def challenge() -> Answer:
    return page()


def empty() -> Answer:
    return Answer(body=b"")


def long_header() -> Answer:
    return Answer(body=document(item("One")), headers={"X-Long": "x" * CHUNK})


def wild_retry_after() -> Answer:
    return refusal(503, Retry_After="9" * 4_000)


ATTACKS: Final[tuple[Callable[[], Answer], ...]] = (
    many_attributes,
    deep_nesting,
    entity_bomb,
    external_entity,
    path_as_body,
    hundred_megabytes,
    long_promise,
    slow_drip,
    never_answers,
    redirect_to_itself,
    redirect_into_the_house,
    redirect_to_a_file,
    gzip_bomb,
    deflate_bomb,
    brotli_bomb,
    zstd_bomb,
    gzip_in_name_only,
    wrong_length,
    half_a_body,
    broken_connection,
    zero_bytes,
    two_megabytes_of_opening_brackets,
    a_megabyte_of_ampersands,
    escaped_markup,
    many_entries,
    challenge,
    empty,
    long_header,
    wild_retry_after,
)


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


def _unpacking_to_much(compressor: _Compressor) -> bytes:
    return b"".join([*(compressor.compress(PADDING) for _ in range(BOMB_MEGABYTES)), compressor.flush()])


def _packed(coding: str, body: bytes) -> Answer:
    return Answer(
        body=body, headers={"Content-Encoding": coding, "Content-Type": "application/rss+xml; charset=utf-8"}
    )
