"""Publishers' dates, as they were meant."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.documents.dates import DateReader, claimed_date, plausible
from shared.model.story import PublishedSource

SEEN = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment", "repaired"),
    [
        ("Mon, 21 Oct 2024 09:00:00 GMT", "2024-10-21T09:00Z", False),
        ("Mon, 21 Oct 2024 09:00:00 +0900", "2024-10-21T00:00Z", False),
        ("Mon, 21 Oct 2024 09:00:00 +0900 (KST)", "2024-10-21T00:00Z", False),
        ("Mon, 21 Oct 2024 09:00:00 EST", "2024-10-21T14:00Z", False),
        ("Mon, 21 Oct 2024 09:00:00 KST", "2024-10-21T00:00Z", True),
        ("Mon, 21 Oct 2024 09:00:00 JST", "2024-10-21T00:00Z", True),
        ("Mon, 21 Oct 2024 09:00:00 MSK", "2024-10-21T06:00Z", True),
        ("Mon, 21 Oct 2024 09:00:00 MSD", "2024-10-21T05:00Z", True),
        ("Mon, 21 Oct 2024 09:00:00 EET", "2024-10-21T07:00Z", True),
        ("Mon, 21 Oct 2024 09:00:00 EEST", "2024-10-21T06:00Z", True),
        ("Mon, 21 Oct 2024 09:00:00 ICT", "2024-10-21T02:00Z", True),
        ("21 Oct 24 9:05 PM MSK", "2024-10-21T18:05Z", True),
        ("Mon, 21 Oct 2024 24:00:00 GMT", "2024-10-22T00:00Z", True),
        ("Mon, 21 Oct 2024 09:00:00", "2024-10-21T09:00Z", True),
        ("2024-10-21T09:00:00Z", "2024-10-21T09:00Z", False),
        ("2024-10-21T09:00:00.123+09:00", "2024-10-21T00:00:00.123Z", False),
        ("2024/10/21 09:00", "2024-10-21T09:00Z", True),
        ("2024년 10월 21일 09:00", "2024-10-21T00:00Z", True),
        ("21 октября 2024 г., 09:00 MSK", "2024-10-21T06:00Z", True),
        ("21 жовтня 2024 09:00 EEST", "2024-10-21T06:00Z", True),
        ("2016/6/29 15:07:41", "2016-06-29T15:07:41Z", True),
        ("Thu, 03 Sep 15 00:01:01 +0200", "2015-09-02T22:01:01Z", False),
        ("Thu, 30 Apr 2015 08:57:00 MEST", "2015-04-30T06:57Z", True),
        ("Sunday, June 30, 2013 - 00:00", "2013-06-30T00:00Z", True),
        ("Пн, 30 июл 2018 14:30:00 +0300", "2018-07-30T11:30Z", True),
        ("월, 21 10월 2024 09:00:00 +0900", "2024-10-21T00:00Z", True),
        ("Mon, 21 Oct 2024 09:00:00 GMT+9", "2024-10-21T00:00Z", True),
        ("Mon, 21 Oct 2024 09:00:00 UTC+03:00", "2024-10-21T06:00Z", True),
        ("Mon,21 Oct 2024 09:00:00 +0900", "2024-10-21T00:00Z", False),
        ("Mon Oct 21 09:00:00 2024", "2024-10-21T09:00Z", True),
        ("Mon Oct 21 09:00:00 KST 2024", "2024-10-21T00:00Z", True),
        ("Oct 21, 2024 9:05 AM EST", "2024-10-21T14:05Z", True),
        ("2024-10-21T09:00:00 +0900", "2024-10-21T00:00Z", False),
        ("2024-10-21 09:00:00 KST", "2024-10-21T00:00Z", True),
        ("2024-10-21t09:00:00z", "2024-10-21T09:00Z", True),
        ("2024-10-21T24:00:00Z", "2024-10-22T00:00Z", True),
        ("20241021150405", "2024-10-21T15:04:05Z", True),
        ("20241021T090000Z", "2024-10-21T09:00Z", True),
        ("2024년 10월 21일 오후 3시 5분", "2024-10-21T06:05Z", True),
        ("2024년 10월 21일 월요일 오전 9시", "2024-10-21T00:00Z", True),
        ("2024년 10월 21일(월) 15:04", "2024-10-21T06:04Z", True),
        ("2024. 10. 21. 오후 3:05", "2024-10-21T06:05Z", True),
        ("21.10.2024 09:00", "2024-10-21T09:00Z", True),
    ],
)
def test_a_date_is_read_as_its_publisher_meant_it(text: str, moment: str, repaired: bool) -> None:
    read = DateReader().read(text)
    assert read is not None
    assert (read.moment, read.repaired) == (datetime.fromisoformat(moment), repaired)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "31 Feb 2024 09:00", "2024-13-45", "9" * 5000, "0/0/0", "21 Foo 2024 09:00"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert DateReader().read(text) is None


@pytest.mark.parametrize(
    ("language", "text", "moment"),
    [
        ("ko", "2024-10-21 09:00:00", "2024-10-21T00:00Z"),
        ("ja", "Mon, 21 Oct 2024 09:00:00", "2024-10-21T00:00Z"),
        ("ru", "21 октября 2024 г. в 15:04", "2024-10-21T12:04Z"),
        ("ru", "21 окт. 2024, 15:04", "2024-10-21T12:04Z"),
        ("uk", "21 жовтня 2024 р., 15:04", "2024-10-21T12:04Z"),
        ("uk", "21 листопада 2024 року о 15:04", "2024-11-21T13:04Z"),
        ("en", "Mon, 21 Oct 2024 09:00:00", "2024-10-21T09:00Z"),
        ("ko", "Mon, 21 Oct 2024 09:00:00 GMT", "2024-10-21T09:00Z"),
    ],
)
def test_a_date_without_zone_is_local_where_the_language_has_one_home(
    language: str, text: str, moment: str
) -> None:
    read = DateReader.of([text], language).read(text)
    assert read is not None
    assert read.moment == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("others", "language", "expected"),
    [
        (["21/10/2024 09:00"], "en", "2024-04-03T09:00Z"),
        (["10/21/2024 09:00"], "en", "2024-03-04T09:00Z"),
        (["10/21/2024 09:00", "21/10/2024 09:00"], "en", None),
        ([], "en", None),
        ([], None, None),
        ([], "fr", "2024-04-03T09:00Z"),
    ],
)
def test_days_and_months_in_figures_are_told_apart_by_the_other_dates_or_left_unread(
    others: list[str], language: str | None, expected: str | None
) -> None:
    text = "03/04/2024 09:00"
    read = DateReader.of([text, *others], language).read(text)
    assert (read and read.moment) == (datetime.fromisoformat(expected) if expected else None)


@given(st.text(max_size=120))
def test_no_text_makes_it_fail(text: str) -> None:
    read = DateReader().read(text)
    assert read is None or read.moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        (SEEN - timedelta(days=3), (SEEN - timedelta(days=3), "feed")),
        (SEEN + timedelta(minutes=50), (SEEN + timedelta(minutes=50), "feed")),
        (SEEN + timedelta(hours=2), (SEEN, "clamped")),
        (datetime(1970, 1, 1, tzinfo=UTC), (SEEN, "clamped")),
        (None, (SEEN, "first_seen")),
    ],
)
def test_an_impossible_date_becomes_the_moment_we_saw_the_story(
    claimed: datetime | None, expected: tuple[datetime, str]
) -> None:
    source: PublishedSource | None = "feed" if claimed else None
    assert plausible(claimed, source, SEEN) == expected


def test_the_publication_date_goes_before_the_update() -> None:
    first, later = DateReader().read("2024-10-20T00:00:00Z"), DateReader().read("2024-10-21T00:00:00Z")
    assert first is not None
    assert later is not None
    assert claimed_date(first, later) == (first.moment, "feed")
    assert claimed_date(None, later) == (later.moment, "updated")
    assert claimed_date(None, None) == (None, None)
