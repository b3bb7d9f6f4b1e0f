"""From a document's bytes to a ParsedFeed. Runs in a worker process: it may be slow, it may be killed."""

from services.ingest.charset import decode_document
from services.ingest.jsonfeed import read_json_feed
from services.ingest.parsed import MOST_ENTRIES, ParsedFeed
from services.ingest.plaintext import repaired_references
from services.ingest.shape import check_shape
from services.ingest.xmlfeed import read_xml_feed
from shared.errors import FeedUnreadableError


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """What the document says, of which `url` is the address. Raises FeedUnreadableError.

    bytes ▸ characters ▸ shape checked, surplus entries cut ▸ feedparser ▸ plain text, addresses, dates
    """
    text = decode_document(body, content_type).strip()
    if not text:
        raise FeedUnreadableError("an empty document")
    if text.startswith("{"):
        return read_json_feed(text, url)
    return read_xml_feed(check_shape(repaired_references(text), MOST_ENTRIES), url)
