"""Checkups as a person sees them on a terminal, and as lines."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from services.commands.feed_lines import (
    HEALTH_COLUMNS,
    age,
    checkup_json,
    checkup_line,
    health_json,
    health_lines,
    health_rows,
)
from services.commands.feed_table import live_table
from services.commands.terminal_rows import print_rows
from services.ingest.operations.checking import Checkup
from shared.model.feed import Feed, FeedState, Validators
from shared.model.health import FeedHealth

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
WELL = Checkup(
    source="https://one.example/feed",
    status="ok",
    failed=False,
    elapsed=timedelta(milliseconds=40),
    format="rss 2.0",
    entries=30,
    newest_at=NOW - timedelta(minutes=5),
    likeness="a",
)
REFUSED = Checkup(
    source="https://two.example/[bold]feed",
    status="refused",
    failed=True,
    elapsed=timedelta(seconds=2),
    advice=("refuses us (403); ask the publisher to let us in",),
)


def terminal(width: int = 120) -> Console:
    return Console(file=StringIO(), force_terminal=True, width=width, height=20, highlight=False)


def printed(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_table_grows_with_each_checkup_and_ends_in_the_order_of_the_sources() -> None:
    console = terminal()
    with live_table(console, 3, lambda: NOW) as seen:
        seen(2, replace(WELL, source="https://three.example/feed"))
        assert "1 of 3 checked" in printed(console)
        assert "https://three.example/feed" in printed(console)
        seen(0, WELL)
        seen(1, REFUSED)
    final = printed(console).rpartition("3 of 3 checked")[2]
    places = [final.index(source) for source in ("one.example", "two.example", "three.example")]
    assert places == sorted(places)
    assert "3 checked, 2 well, 1 not" in final
    assert "refuses us (403)" in final
    assert "holds the same entries as https://one.example/feed" in final
    assert "[bold]" in final, "an address is no markup"


def test_a_long_address_stays_in_one_piece_on_a_narrow_terminal() -> None:
    source = "https://one.example/" + "a" * 200
    console = terminal(width=80)
    with live_table(console, 1, lambda: NOW) as seen:
        seen(0, replace(WELL, source=source))
        assert source not in printed(console), "what is drawn over keeps its height"
    listed = terminal(width=80)
    feed, state = watched("One", None)
    rows = list(health_rows([(replace(feed, url=source), state)], NOW))
    print_rows(listed, HEALTH_COLUMNS, rows, right=frozenset())
    assert all(f"  {source}\n" in printed(shown) for shown in (console, listed))
    assert "health" in printed(listed)


def test_a_hundred_checkups_never_need_more_than_the_screen_while_they_run() -> None:
    console = terminal()
    with live_table(console, 100, lambda: NOW) as seen:
        for place in range(100):
            seen(place, replace(WELL, source=f"https://{place}.example/"))
            frame = printed(console).rpartition("status")[2]
            assert frame.count(".example/") <= console.height
    assert printed(console).rpartition("100 of 100 checked")[2].count(".example/") >= 100


def test_a_checkup_is_one_line_in_columns() -> None:
    assert checkup_line(WELL, NOW).split() == [
        *("ok", "rss", "2.0", "30", "5", "min", "40", "ms"),
        "https://one.example/feed",
    ]
    assert checkup_line(REFUSED, NOW).endswith("feed  refuses us (403); ask the publisher to let us in")
    assert checkup_line(WELL, NOW).index("https:") == checkup_line(REFUSED, NOW).index("https:")


def test_terminal_controls_in_an_address_are_not_printed() -> None:
    assert "\x1b" not in checkup_line(replace(WELL, source="http://x.example/\x1b[2J"), NOW)


def test_a_checkup_is_one_line_of_json() -> None:
    assert json.loads(checkup_json(REFUSED)) == {
        "feed": "https://two.example/[bold]feed",
        "status": "refused",
        "failed": True,
        "format": None,
        "entries": None,
        "newest_at": None,
        "elapsed_ms": 2000,
        "advice": ["refuses us (403); ask the publisher to let us in"],
    }


def watched(outlet: str, health: FeedHealth | None, *, enabled: bool = True) -> tuple[Feed, FeedState | None]:
    feed = Feed(
        id=outlet, url="https://x.example/f", name=outlet, outlet=outlet, language="ko", enabled=enabled
    )
    state = FeedState(
        feed_id=outlet,
        validators=Validators(),
        next_poll_at=NOW,
        last_outcome="not_modified",
        health=health,
    )
    return feed, state


def test_watched_feeds_are_listed_with_state_age_and_reason_in_columns() -> None:
    gone = FeedHealth(state="gone", since=NOW - timedelta(days=3), reason="the server answered 410")
    well = FeedHealth(state="healthy", since=NOW - timedelta(hours=7), reason="read as it should be")
    feeds = [watched("표본 통신", gone), watched("One", well), watched("Two", well, enabled=False)]
    lines = list(health_lines([*feeds, (feeds[1][0], None)], NOW))
    assert lines[0].split()[:3] == ["gone", "3", "d"]
    assert lines[0].endswith("https://x.example/f  the server answered 410")
    assert lines[1].endswith("https://x.example/f"), "why a feed is well needs no words"
    assert (lines[2].split()[0], lines[3].split()[:3]) == ("paused", ["not", "read", "yet"])
    assert len({cell_len(line.partition("https:")[0]) for line in lines}) == 1


def test_a_watched_feed_is_one_line_of_json() -> None:
    gone = FeedHealth(state="gone", since=NOW, reason="the server answered 410")
    found = json.loads(health_json(watched("One", gone)))
    assert found["health"] == {
        "state": "gone",
        "since": "2024-10-21T12:00:00Z",
        "reason": "the server answered 410",
    }
    assert json.loads(health_json((watched("One", gone)[0], None)))["health"] is None


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (-5, "0 s"),
        (-60, "0 s"),
        (-3600, "in 60 min"),
        (-172_800, "in 2 d"),
        (119, "119 s"),
        (120, "2 min"),
        (7199, "119 min"),
        (7200, "2 h"),
        (200_000, "2 d"),
    ],
)
def test_an_age_is_told_in_a_unit_that_fits(seconds: int, shown: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == shown
