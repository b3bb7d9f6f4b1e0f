"""What a person is told about a feed that was just read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.documents.parsed import ParsedEntry, ParsedFeed
from services.ingest.operations.advice import advise
from services.ingest.operations.checking import checkup_of, compared
from services.ingest.operations.sources import SourceReading
from shared.http.exchange import Redirect

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
GOOD = ParsedEntry(
    guid="1",
    url="https://one.example/1",
    title="A ship sails",
    text="It sailed.",
    published_at=NOW - timedelta(hours=1),
    published_source="feed",
)


def feed_of(*entries: ParsedEntry) -> ParsedFeed:
    return ParsedFeed(title="The Sample", entries=entries, format="rss 2.0")


READ = SourceReading(
    source="https://one.example/feed",
    url="https://one.example/feed",
    status="ok",
    elapsed=timedelta(milliseconds=40),
    code=200,
    parsed=feed_of(GOOD),
)


def unread(reading: SourceReading) -> SourceReading:
    return replace(reading, parsed=None)


def redirected(*statuses: int) -> tuple[Redirect, ...]:
    return tuple(
        Redirect(status=status, url=f"https://{n}.example/feed") for n, status in enumerate(statuses)
    )


def test_a_feed_as_it_should_be_gets_no_advice() -> None:
    assert advise(READ, NOW) == ()


@pytest.mark.parametrize(
    ("reading", "advice"),
    [
        (
            replace(READ, redirects=redirected(301, 308)),
            "moved permanently to https://1.example/feed",
        ),
        (
            unread(replace(READ, status="page", feeds=("https://one.example/rss", "https://one.example/a"))),
            "is a web page; its feeds: https://one.example/rss, https://one.example/a",
        ),
        (
            unread(replace(READ, status="page", feeds=tuple(f"https://one.example/{n}" for n in range(7)))),
            (
                "is a web page; its feeds: https://one.example/0, https://one.example/1, https://one.example/2,"
                " https://one.example/3, https://one.example/4 and 2 more"
            ),
        ),
        (
            unread(replace(READ, status="page", error="an HTML page to log in or consent")),
            "gives an HTML page to log in or consent; it names no feed",
        ),
        (
            unread(replace(READ, status="page", error="an HTML page instead of a feed titled 'P'")),
            "gives an HTML page ('P') instead of a feed; it names no feed",
        ),
        (
            unread(replace(READ, source="page.html", status="page", error="an HTML page instead of a feed")),
            (
                "gives an HTML page instead of a feed; it names no feed by a whole address, and relative"
                " links of a file cannot be followed"
            ),
        ),
        (
            unread(replace(READ, status="robot check", code=403)),
            "shows a check for robots instead of the feed; ask the publisher to let us in",
        ),
        (
            unread(replace(READ, status="refused", code=403)),
            "refuses us (403); ask the publisher to let us in",
        ),
        (
            unread(replace(READ, status="gone", code=410)),
            "is no longer there (410); look for its successor on the outlet's page",
        ),
        (
            unread(replace(READ, status="unreachable", error="one.example: certificate has expired")),
            "its certificate is not to be trusted: one.example: certificate has expired",
        ),
        (
            unread(replace(READ, status="unreachable", error="the name cannot be resolved")),
            "the name cannot be resolved",
        ),
        (replace(READ, status="partial"), "ends early: part of the document is missing"),
        (replace(READ, status="empty", parsed=feed_of()), "holds no entries"),
        (
            replace(READ, parsed=feed_of(replace(GOOD, published_at=None))),
            "its entries have no date that can be read",
        ),
        (
            replace(READ, parsed=feed_of(GOOD, replace(GOOD, published_at=None))),
            "1 of 2 entries have no date that can be read",
        ),
        (
            replace(READ, parsed=feed_of(replace(GOOD, guid=None))),
            "its entries have no guid; the address stands for it",
        ),
        (
            replace(READ, parsed=feed_of(replace(GOOD, published_at=NOW - timedelta(days=90)))),
            "nothing new for 90 days",
        ),
        (
            replace(READ, parsed=feed_of(replace(GOOD, published_at=datetime(2099, 1, 1, tzinfo=UTC)))),
            "its newest entry is dated 2099-01-01, which is still to come",
        ),
        (
            replace(READ, status="too many", parsed=replace(feed_of(GOOD), over_cap=500)),
            "500 more are beyond the limit of 2000 and were not read",
        ),
        (
            replace(READ, parsed=replace(feed_of(GOOD), undecodable=2)),
            "2 entries hold nothing to read",
        ),
        (
            replace(READ, parsed=replace(feed_of(GOOD), undecodable=1)),
            "1 entry holds nothing to read",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_is_wrong_is_said_in_words(reading: SourceReading, advice: str) -> None:
    assert advise(reading, NOW) == (advice,)


def test_a_detour_that_is_not_for_good_is_no_move() -> None:
    assert advise(replace(READ, redirects=redirected(301, 302)), NOW) == ()


def test_a_server_that_asks_for_patience_is_quoted() -> None:
    busy = unread(replace(READ, status="busy", code=429, retry_after=timedelta(minutes=2)))
    assert advise(busy, NOW) == (
        "asks for patience (429)",
        "wants to be asked again in 120 s (Retry-After)",
    )


def told_apart(*entries: Sequence[str]) -> list[tuple[str, ...]]:
    """The advice for feeds, each of entries with these addresses."""
    earlier: dict[str, str] = {}
    shown = []
    for number, urls in enumerate(entries):
        feed = feed_of(*(replace(GOOD, url=url) for url in urls))
        checkup = checkup_of(replace(READ, source=f"feed {number}", parsed=feed), feed, NOW)
        shown.append(compared(checkup, earlier).advice)
    return shown


def test_a_feed_that_holds_what_another_does_is_said_to() -> None:
    first = ["https://one.example/1", "https://one.example/2", "https://one.example/3"]
    assert told_apart(first, first[::-1], [*first, "https://one.example/4"]) == [
        (),
        ("holds the same entries as feed 0",),
        (),
    ]


def test_of_a_few_entries_nobody_says_that_they_are_one_feed() -> None:
    assert told_apart(["https://one.example/1"], ["https://one.example/1"]) == [(), ()]


@pytest.mark.parametrize(
    ("reading", "failed"),
    [
        (READ, False),
        (replace(READ, status="empty", parsed=feed_of()), False),
        (replace(READ, status="too many", parsed=replace(feed_of(GOOD), over_cap=5)), False),
        (replace(READ, status="partial"), True),
        (unread(replace(READ, status="page", feeds=("https://one.example/rss",))), True),
        (unread(replace(READ, status="refused")), True),
    ],
    ids=["ok", "empty", "too many", "partial", "page", "refused"],
)
def test_only_whole_feeds_are_well(reading: SourceReading, failed: bool) -> None:
    assert checkup_of(reading, reading.parsed, NOW).failed is failed
