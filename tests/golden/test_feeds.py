"""Every format and charset: what the documents in `feeds` are read as, and that both XML readers agree."""

import json

import pytest

from services.ingest.documents.charset import decode_document
from services.ingest.documents.fastxml import read_fast
from services.ingest.documents.plaintext import repaired_references
from services.ingest.documents.xmlfeed import read_xml_feed
from services.ingest.parser import parse_feed, read_thoroughly
from tests.golden.feed_cases import DOCUMENTS, GOLDEN, URL, described

XML = tuple(name for name in DOCUMENTS if name.endswith(".xml"))
FAST = (
    *("rss-0.90.xml", "rss-0.91.xml", "rss-0.92.xml", "rdf.xml", "rss-2.0-full.xml", "atom-1.0.xml"),
    *("rss-utf-16.xml", "korean-dates.xml", "charset-koi8-r-undeclared.xml", "charset-utf-8-twice.xml"),
)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_read_as_it_was_meant(name: str) -> None:
    expected = json.loads((GOLDEN / f"{name}.expected").read_text())
    feed = parse_feed((GOLDEN / name).read_bytes(), expected["content_type"], URL)
    assert described(feed) == expected["feed"]


@pytest.mark.parametrize("name", XML)
def test_both_readers_say_the_same(name: str) -> None:
    content_type = json.loads((GOLDEN / f"{name}.expected").read_text())["content_type"]
    body = (GOLDEN / name).read_bytes()
    text = repaired_references(decode_document(body, content_type).strip())
    fast = read_fast(text)
    assert fast is None or fast.raw == read_xml_feed(text)
    assert parse_feed(body, content_type, URL) == read_thoroughly(text, URL)


@pytest.mark.parametrize("name", FAST)
def test_what_publishers_usually_send_goes_the_fast_way(name: str) -> None:
    text = decode_document((GOLDEN / name).read_bytes(), "text/xml").strip()
    assert read_fast(repaired_references(text)) is not None
