"""From a document's bytes to a ParsedFeed. Runs in a worker process: it may be slow, it may be killed."""

from typing import Final

import msgspec

from services.ingest.documents.charset import decode_document
from services.ingest.documents.fastxml import read_fast
from services.ingest.documents.jsonfeed import read_json_feed
from services.ingest.documents.parsed import MOST_ENTRIES, ParsedFeed
from services.ingest.documents.plaintext import repaired_references
from services.ingest.documents.rawfeed import judged_feed
from services.ingest.documents.shape import check_shape, is_sitemap, root_name
from services.ingest.documents.sitemap import read_news_sitemap
from services.ingest.documents.xmlfeed import read_xml_feed
from shared.errors import FeedUnreadableError

_PACKER: Final = msgspec.msgpack.Encoder()
_UNPACKER: Final = msgspec.msgpack.Decoder(ParsedFeed)


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """What the document says, of which `url` is the address. Raises FeedUnreadableError.

    bytes ▸ characters ▸ lxml if well-formed, else shape checked, surplus cut ▸ feedparser ▸ plain text, dates
    """
    text = decode_document(body, content_type).strip()
    if not text:
        raise FeedUnreadableError("an empty document")
    if text.startswith(("{", "[")):
        return read_json_feed(text, url)
    root = root_name(text)
    text = repaired_references(text)
    fast = None if is_sitemap(root) else read_fast(text)
    if fast is not None:
        return judged_feed(fast.raw, url, complete=True, surplus=fast.surplus)
    return read_thoroughly(text, url)


def read_thoroughly(text: str, url: str) -> ParsedFeed:
    """The document as feedparser judges it, which decides what the fast way has to say too."""
    shape = check_shape(text, MOST_ENTRIES)
    raw = read_news_sitemap(shape) if is_sitemap(shape.root) else read_xml_feed(shape.text)
    return judged_feed(raw, url, complete=shape.complete, surplus=shape.surplus)


def packed_feed(body: bytes, content_type: str, url: str) -> bytes:
    """What `parse_feed` says, for `unpacked_feed`: between processes that costs a tenth of pickling."""
    return _PACKER.encode(parse_feed(body, content_type, url))


def unpacked_feed(packed: bytes) -> ParsedFeed:
    """What `packed_feed` packed."""
    return _UNPACKER.decode(packed)
