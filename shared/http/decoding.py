"""Content codings undone piece by piece, so that a bomb costs no more than the cap it runs into.

aiohttp bounds its own decompression too, but hands over a gzip stream that stops in the middle as if it
were whole.
"""

import zlib
from collections.abc import Iterator
from typing import Final, Protocol

import brotli
from backports import zstd

from shared.errors import BodyCutError, FetchError

ACCEPT_ENCODING: Final = "gzip, deflate, br, zstd"

_PIECE: Final = 65_536
# A stream of empty members costs time without ever reaching the cap.
_MOST_MEMBERS: Final = 100
_GZIP_WINDOW: Final = 31
# What the standard for zstd over HTTP allows: 8 MiB; without a bound a header of a few bytes costs gigabytes.
_ZSTD_WINDOW: Final = {int(zstd.DecompressionParameter.window_log_max): 23}
_GZIP_START: Final = b"\x1f"


class Decoder(Protocol):
    """Undoes one coding. Both raise FetchError: `feed` for bytes that are not of this coding, `finish` if
    some lack."""

    def feed(self, chunk: bytes) -> Iterator[bytes]: ...

    def finish(self) -> None: ...


def decoder_for(content_encoding: str) -> Decoder:
    """The decoder for a Content-Encoding header; codings laid over one another raise FetchError.

    Names we do not know mean no coding: some servers put the character set there, and a body that is truly
    in a coding we never asked for fails in its parser.
    """
    codings = [
        word for word in (part.strip().lower() for part in content_encoding.split(",")) if word in _DECODERS
    ]
    if len(codings) > 1:
        raise FetchError("the answer is in several codings at once")
    return _DECODERS[codings[0]]() if codings else Identity()


class Identity:
    """No coding."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk

    def finish(self) -> None:
        pass


class Gzip:
    """One or more gzip members; what follows them and is no member is ignored, as browsers do."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(_GZIP_WINDOW)
        self._members = 0
        self._over = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        while chunk and not self._over:
            self._members = self._members or 1
            yield from _inflated(self._inflate, chunk, "gzip")
            chunk = self._inflate.unused_data
            if self._inflate.eof and chunk:
                self._next_member(chunk)

    def finish(self) -> None:
        if self._members and not self._inflate.eof:
            raise BodyCutError("the gzip answer stops in the middle")

    def _next_member(self, rest: bytes) -> None:
        self._over = not rest.startswith(_GZIP_START)
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise FetchError("the gzip answer has too many members")
        if not self._over:
            self._inflate = zlib.decompressobj(_GZIP_WINDOW)


class Deflate:
    """A zlib stream as the standard says, or the bare deflate stream that some servers send instead."""

    def __init__(self) -> None:
        self._inflate: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        if not chunk:
            return
        if self._inflate is None:
            wrapped = chunk[0] & 0x0F == 8
            self._inflate = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        if not self._inflate.eof:
            yield from _inflated(self._inflate, chunk, "deflate")

    def finish(self) -> None:
        if self._inflate is not None and not self._inflate.eof:
            raise BodyCutError("the deflate answer stops in the middle")


class Brotli:
    """A brotli stream."""

    def __init__(self) -> None:
        self._unpack = brotli.Decompressor()
        self._begun = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        self._begun = self._begun or bool(chunk)
        while not self._unpack.is_finished():
            piece = self._step(chunk)
            chunk = b""
            if piece:
                yield piece
            elif self._unpack.can_accept_more_data():
                return

    def finish(self) -> None:
        if self._begun and not self._unpack.is_finished():
            raise BodyCutError("the brotli answer stops in the middle")

    def _step(self, chunk: bytes) -> bytes:
        try:
            return bytes(self._unpack.process(chunk, output_buffer_limit=_PIECE))
        except brotli.error as error:
            raise FetchError("the answer is not the brotli it claims to be") from error


class Zstandard:
    """One or more zstd frames."""

    def __init__(self) -> None:
        self._unpack = zstd.ZstdDecompressor(options=_ZSTD_WINDOW)
        self._frames = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            if self._frames == 0 or self._unpack.eof:
                self._next_frame()
            yield from self._unpacked(chunk)
            chunk = self._unpack.unused_data if self._unpack.eof else b""

    def finish(self) -> None:
        if self._frames and not self._unpack.eof:
            raise BodyCutError("the zstd answer stops in the middle")

    def _unpacked(self, chunk: bytes) -> Iterator[bytes]:
        while True:
            try:
                piece = self._unpack.decompress(chunk, _PIECE)
            except zstd.ZstdError as error:
                raise FetchError("the answer is not the zstd it claims to be") from error
            if piece:
                yield piece
            chunk = b""
            if self._unpack.eof or self._unpack.needs_input:
                return

    def _next_frame(self) -> None:
        self._frames += 1
        if self._frames > _MOST_MEMBERS:
            raise FetchError("the zstd answer has too many frames")
        self._unpack = zstd.ZstdDecompressor(options=_ZSTD_WINDOW)


_DECODERS: Final[dict[str, type[Gzip] | type[Deflate] | type[Brotli] | type[Zstandard]]] = {
    "gzip": Gzip,
    "x-gzip": Gzip,
    "deflate": Deflate,
    "br": Brotli,
    "zstd": Zstandard,
}


def _inflated(inflate: "zlib._Decompress", chunk: bytes, coding: str) -> Iterator[bytes]:
    while True:
        try:
            piece = inflate.decompress(chunk, _PIECE)
        except zlib.error as error:
            raise FetchError(f"the answer is not the {coding} it claims to be") from error
        if piece:
            yield piece
        chunk = inflate.unconsumed_tail
        # A full piece with nothing left to read may still have output waiting inside.
        if inflate.eof or (not chunk and len(piece) < _PIECE):
            return
