"""Reading an answer's body: decompressed, and never more than allowed."""

from typing import Final

from aiohttp import ClientPayloadError, ClientResponse

from shared.errors import BodyCutError, BodyTooLargeError, FetchError
from shared.http.decoding import decoder_for
from shared.http.exchange import HttpLimits

CHUNK: Final = 65_536


async def read_body(response: ClientResponse, limits: HttpLimits) -> tuple[bytes, bool]:
    """The body and whether something is missing from it, which happens with `limits.truncate` and
    `limits.unfinished` only.

    BodyTooLargeError beyond `limits.body_bytes`, FetchError for a coding that does not decode: both mean a
    truncated body to those who asked for that, because they care for the status and want an excerpt.
    """
    body = bytearray()
    try:
        await _fill(body, response, limits.body_bytes)
    except BodyCutError:
        if not limits.truncate and not (limits.unfinished and body):
            raise
        return bytes(body), True
    except (FetchError, BodyTooLargeError):
        if not limits.truncate:
            raise
        return bytes(body[: limits.body_bytes]), True
    return bytes(body), False


async def _fill(body: bytearray, response: ClientResponse, most: int) -> None:
    decoder = decoder_for(response.headers.get("Content-Encoding", ""))
    received = 0
    while chunk := await _chunk(response):
        for piece in decoder.feed(chunk):
            body += piece
            if len(body) > most:
                raise BodyTooLargeError(f"{response.url}: more than {most} bytes")
        # Compressed bytes that never become any content are bounded as well.
        received += len(chunk)
        if received > most:
            raise BodyTooLargeError(f"{response.url}: more than {most} bytes on the wire")
    decoder.finish()


async def _chunk(response: ClientResponse) -> bytes:
    """What came next, empty at the end."""
    try:
        return await response.content.read(CHUNK)
    except (ClientPayloadError, ConnectionError) as error:
        raise BodyCutError(f"{response.url}: {error}"[:200]) from error
