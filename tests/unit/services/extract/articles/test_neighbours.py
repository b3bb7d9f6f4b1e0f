"""Loopback ports are for the operator's feeds: no other feed's links lead there."""

import pytest

from services.extract.pages.neighbours import on_own_loopback

FEED = "http://127.0.0.1:9000/wire"


@pytest.mark.parametrize(
    ("url", "feed_url", "own"),
    [
        ("http://127.0.0.1:9000/pages/1", FEED, True),
        ("http://localhost:9000/pages/1", "http://localhost:9000/wire", True),
        ("http://[::1]:9000/pages/1", "http://[::1]:9000/wire", True),
        ("http://127.0.0.1:9001/hook", FEED, False),
        ("http://127.0.0.1:9000/pages/1", "https://wire.example/rss", False),
        ("http://wire.example:9000/pages/1", "http://wire.example:9000/rss", False),
        ("http://10.0.0.1:9000/pages/1", "http://10.0.0.1:9000/rss", False),
        ("file:///etc/hostname", FEED, False),
        ("http://127.0.0.1:9000/pages/1", "", False),
    ],
)
def test_only_a_page_at_its_feeds_own_loopback_port_is_its_own(url: str, feed_url: str, own: bool) -> None:
    assert on_own_loopback(url, feed_url) is own
