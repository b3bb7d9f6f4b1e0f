"""Where a feed says it is pushed from."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from services.ingest.documents.parsed import ParsedFeed
from services.ingest.hubs import TOLD_AGAIN, Hub, HubNews, hub_of

NOW = datetime(2024, 10, 21, 12, tzinfo=UTC)
URL = "https://wire.example/feeds/all"
PLAIN = ParsedFeed(title="", entries=())
NAMED = ParsedFeed(
    title="", entries=(), hubs=("https://hub.example/",), self_url="https://wire.example/feed.xml"
)
IN_DOCUMENT = Hub("https://hub.example/", "https://wire.example/feed.xml")


def links(*values: str) -> Mapping[str, str]:
    return CIMultiDict(("Link", value) for value in values)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(
            links('<https://h.example/>; rel="hub", <https://wire.example/f>; rel="self"'), id="in one header"
        ),
        pytest.param(
            links("<https://h.example/>; rel=hub", "<https://wire.example/f>; rel=self"), id="in two headers"
        ),
        pytest.param(
            links('<https://h.example/>;title="a, b";rel="alternate HUB"', "</f> ; rel=self"),
            id="as they may",
        ),
        pytest.param(
            links('<http://h.example/>; rel="hub"', '<https://h.example/>; rel="hub"', '</f>; rel="self"'),
            id="https preferred",
        ),
    ],
)
def test_link_headers_are_believed_first(headers: Mapping[str, str]) -> None:
    assert hub_of(headers, URL, NAMED) == Hub("https://h.example/", "https://wire.example/f")


def test_without_link_headers_the_document_tells() -> None:
    assert hub_of(links('<https://wire.example/next>; rel="next"'), URL, NAMED) == IN_DOCUMENT


def test_what_the_headers_do_not_say_the_document_may() -> None:
    found = hub_of(links('<https://h.example/>; rel="hub"'), URL, NAMED)
    assert found == Hub("https://h.example/", "https://wire.example/feed.xml")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(links(), id="nothing"),
        pytest.param(links('<https://h.example/>; rel="hub"'), id="no topic"),
        pytest.param(links('</f>; rel="self"'), id="no hub"),
        pytest.param(links('<javascript:alert(1)>; rel="hub"', '</f>; rel="self"'), id="not http"),
        pytest.param(links('<https://u:p@h.example/>; rel="hub"', '</f>; rel="self"'), id="a password"),
        pytest.param(links('<https://[h>; rel="hub"', '</f>; rel="self"'), id="no address"),
        pytest.param(
            links(f'<https://h.example/{"x" * 3000}>; rel="hub"', '</f>; rel="self"'), id="too long"
        ),
    ],
)
def test_without_a_hub_and_a_topic_there_is_nothing_to_tell(headers: Mapping[str, str]) -> None:
    assert hub_of(headers, URL, PLAIN) is None


@given(st.text(alphabet='<>;=", relhubsf\t', max_size=300))
def test_no_header_breaks_discovery(value: str) -> None:
    hub_of(links(value), URL, PLAIN)


@pytest.mark.parametrize("value", ["<a>" + " ; x" * 4000, "<" * 16_000, '<a>; rel="' * 1600, " ;" * 8000])
def test_a_header_that_tires_the_reader_is_read_in_time(value: str) -> None:
    began = datetime.now(UTC)
    hub_of(links(value), URL, PLAIN)
    assert datetime.now(UTC) - began < timedelta(seconds=1)


def test_only_news_is_told() -> None:
    news = HubNews()
    assert news.of("feed-1", None, NOW) is None
    first = news.of("feed-1", IN_DOCUMENT, NOW)
    assert first is not None
    assert (first.hub, first.topic) == IN_DOCUMENT
    assert news.of("feed-1", IN_DOCUMENT, NOW) == first, "not acknowledged yet"
    news.told(first)
    assert news.of("feed-1", IN_DOCUMENT, NOW + timedelta(hours=1)) is None
    assert news.of("feed-2", IN_DOCUMENT, NOW) is not None


def test_another_hub_or_none_any_more_is_news() -> None:
    news = HubNews()
    first = news.of("feed-1", IN_DOCUMENT, NOW)
    assert first is not None
    news.told(first)
    other = news.of("feed-1", Hub("https://other.example/", IN_DOCUMENT.topic), NOW)
    none = news.of("feed-1", None, NOW)
    assert other is not None
    assert none is not None
    assert (other.hub, none.hub) == ("https://other.example/", None)
    news.told(none)
    assert news.of("feed-1", None, NOW + 2 * TOLD_AGAIN) is None


def test_what_has_not_changed_is_told_again_next_day() -> None:
    news = HubNews()
    first = news.of("feed-1", IN_DOCUMENT, NOW)
    assert first is not None
    news.told(first)
    again = news.of("feed-1", IN_DOCUMENT, NOW + TOLD_AGAIN)
    assert again is not None
    assert again.at == NOW + TOLD_AGAIN
