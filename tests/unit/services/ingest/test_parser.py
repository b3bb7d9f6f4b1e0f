"""Documents of every format, whole and broken, as one kind of value."""

import pickle
from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.documents.parsed import ParsedFeed
from services.ingest.parser import parse_feed
from shared.errors import FeedUnreadableError, PageInsteadError
from tests.unit.services.ingest.rss_documents import item, rss

URL = "https://sample.example/feed.xml"
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ko"><title>Sample</title>
<entry><id>tag:sample.example,2024:1</id><title type="html">A &lt;i&gt;new&lt;/i&gt; ship</title>
<link rel="self" href="/self"/><link rel="alternate" href="/one"/><updated>2024-10-21T09:00:00+09:00</updated>
<summary>Short.</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>First.</p><p>Second.</p></div>
</content></entry></feed>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://sample.example/">
<title>Sample</title></channel><item rdf:about="https://sample.example/1"><title>A ship</title>
<link>https://sample.example/1</link><dc:date>2024-10-21T09:00:00Z</dc:date></item></rdf:RDF>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "Sample", "language": "uk", "items": [
{"id": 7, "url": "/seven", "title": "A ship", "content_html": "<p>One.</p><p>Two.</p>", "summary": "One.",
 "date_published": "2024-10-21T09:00:00Z"}, "not an item", {"id": "8", "content_text": "No title."}]}"""


def parsed(document: str, content_type: str = "text/xml") -> ParsedFeed:
    return parse_feed(document.encode(), content_type, URL)


def test_rss_gives_plain_text_absolute_links_and_moments() -> None:
    feed = parsed(
        rss(
            "<ttl>15</ttl>",
            item("Ship &amp; crew", guid="12345", link="/one", date="Mon, 21 Oct 2024 09:00:00 KST"),
        )
    )
    assert (feed.title, feed.language, feed.interval_hint) == ("The Sample", "en", timedelta(minutes=15))
    entry = feed.entries[0]
    assert (entry.guid, entry.url) == ("12345", "https://sample.example/one")
    assert (entry.title, entry.text) == ("Ship & crew", "It sailed at dawn.")
    assert entry.published_at == datetime(2024, 10, 21, tzinfo=UTC)
    assert entry.published_source == "feed_repaired"


def test_atom_gives_the_content_where_it_says_more_than_the_summary() -> None:
    entry = parsed(ATOM).entries[0]
    assert (entry.title, entry.text) == ("A new ship", "First.\n\nSecond.")
    assert entry.url == "https://sample.example/one"
    assert (entry.published_at, entry.published_source) == (datetime(2024, 10, 21, tzinfo=UTC), "updated")


def test_rdf_is_read() -> None:
    entry = parsed(RDF).entries[0]
    assert (entry.title, entry.url, entry.guid) == (
        "A ship",
        "https://sample.example/1",
        "https://sample.example/1",
    )


def test_json_feed_is_read_and_one_bad_item_does_not_lose_it() -> None:
    feed = parsed(JSON, "application/feed+json")
    assert [entry.guid for entry in feed.entries] == ["7", "8"]
    assert (feed.entries[0].text, feed.entries[0].url) == ("One.\n\nTwo.", "https://sample.example/seven")
    assert (feed.undecodable, feed.language) == (1, "uk")


def test_one_undefined_entity_loses_neither_the_feed_nor_the_entry() -> None:
    broken = item("Plain").replace("Plain", "A &ldquo;quoted&rdquo; &bogus; & bare word")
    feed = parsed(rss(item("Before"), broken, item("After")))
    assert [entry.title for entry in feed.entries][::2] == ["Before", "After"]
    assert feed.entries[1].title.startswith("A “quoted”")
    assert feed.complete


def test_an_entry_with_nothing_to_read_is_counted() -> None:
    feed = parsed(rss(item("Good"), "<item><guid>x</guid></item>"))
    assert (len(feed.entries), feed.undecodable, feed.total) == (1, 1, 2)


def test_half_a_document_gives_its_entries_and_says_that_it_is_half() -> None:
    whole = rss(*(item(f"Story {number}") for number in range(100)))
    feed = parsed(whole[: len(whole) // 2])
    assert not feed.complete
    assert 45 <= len(feed.entries) <= 50
    assert parsed(whole).complete


def test_a_feed_without_entries_is_a_feed() -> None:
    feed = parsed(rss())
    assert feed.total == 0
    assert feed.complete


@pytest.mark.parametrize("mess", ["\0", "\x0b", "&#0;", "&#xb;", "&#xD800;", "&#99999999;", "&#x110000"])
def test_control_characters_do_not_reach_the_story(mess: str) -> None:
    feed = parsed(rss(item("Good")).replace("Good", f"A{mess}B"))
    assert feed.entries[0].title.isprintable()


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("", "an empty document"),
        ("<!DOCTYPE html><html><body>Checking your browser…</body></html>", "an HTML page"),
        ("<!-- hello --><HTML><head/></HTML>", "an HTML page"),
        ("/etc/hostname", "no XML element"),
        ("<note>hi</note>", "no feed format"),
        ('{"error": "not found"}', "no JSON Feed"),
    ],
)
def test_what_is_no_feed_is_told_in_words(document: str, reason: str) -> None:
    with pytest.raises(FeedUnreadableError, match=reason):
        parsed(document)


@pytest.mark.parametrize(
    ("page", "kind", "words"),
    [
        (
            "<!DOCTYPE html><html><title>News &amp; more</title><body>Hello</body></html>",
            "web_page",
            "titled 'News & more'",
        ),
        (
            "<html><head><title>Just a moment...</title></head><body/></html>",
            "robot_check",
            "checks for robots",
        ),
        (
            "<html><script src='/cdn-cgi/challenge-platform/x.js'></script></html>",
            "robot_check",
            "checks for robots",
        ),
        ("<html><body>Подтвердите, что вы не робот</body></html>", "robot_check", "checks for robots"),
        ("<html><body>Перевіряємо ваш браузер</body></html>", "robot_check", "checks for robots"),
        ("<html><body>비정상적인 접근입니다</body></html>", "robot_check", "checks for robots"),
        ("<html><title>Before you continue</title></html>", "login_page", "log in or consent"),
        (
            "<html><title>Вход</title><form><input type='password'></form></html>",
            "login_page",
            "log in or consent",
        ),
        ("<script>location.reload()</script>", "web_page", "an HTML page instead of a feed"),
        (
            '<html xmlns="http://www.w3.org/1999/xhtml"><body>x</body></html>',
            "web_page",
            "an HTML page instead of a feed",
        ),
    ],
)
def test_a_page_instead_of_a_feed_is_told_by_what_it_says(page: str, kind: str, words: str) -> None:
    with pytest.raises(PageInsteadError, match=words) as caught:
        parsed(page, "application/rss+xml")
    assert caught.value.page == kind


def test_the_kind_of_a_page_survives_the_way_out_of_a_worker_process() -> None:
    error = PageInsteadError("an HTML page", "login_page")
    there = pickle.loads(pickle.dumps(error))  # noqa: S301 - made here
    assert (type(there), there.detail, there.page) == (PageInsteadError, "an HTML page", "login_page")


def test_a_feed_served_as_a_page_is_a_feed() -> None:
    assert len(parsed(rss(item()), "text/html").entries) == 1


def test_hubs_and_the_own_address_are_found() -> None:
    links = (
        '<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>'
        '<link xmlns="http://www.w3.org/2005/Atom" rel="self" href="/feed.xml?a=1"/>'
    )
    feed = parsed(rss(links, item()))
    assert feed.hubs == ("https://hub.example/",)
    assert feed.self_url == "https://sample.example/feed.xml?a=1"
    assert parsed(rss(item())).hubs == ()


def test_a_title_inside_the_channels_image_is_not_the_channels() -> None:
    image = "<image><title>Logo</title><url>https://sample.example/logo.png</url></image>"
    assert parsed(rss(item()).replace("<title>The Sample", f"{image}<title>The Sample")).title == "The Sample"


def test_an_empty_root_before_the_real_one_does_not_hide_the_entries() -> None:
    document = ATOM.replace('<?xml version="1.0"?>', '<?xml version="1.0"?><feed/>')
    assert [entry.title for entry in parsed(document).entries] == ["A new ship"]


def test_the_entry_in_which_a_document_breaks_off_is_left_for_the_whole_document() -> None:
    whole = rss(item("One", guid="1"), item("Two", guid="2"))
    for cut in range(whole.index("<title>Two"), len(whole) - len("</item></channel></rss>"), 7):
        feed = parsed(whole[:cut])
        assert ([entry.guid for entry in feed.entries], feed.complete) == (["1"], False)


def test_half_a_json_document_gives_its_whole_items() -> None:
    feed = parsed(JSON[: JSON.index('"8"')], "application/feed+json")
    assert ([entry.guid for entry in feed.entries], feed.complete) == (["7"], False)


def test_a_sitemap_without_news_is_no_feed() -> None:
    plain = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.example/</loc></url></urlset>'
    with pytest.raises(FeedUnreadableError, match="without news"):
        parsed(plain)
