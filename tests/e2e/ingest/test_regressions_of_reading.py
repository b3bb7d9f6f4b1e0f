"""Documents that other readers lose, cut or read wrongly, each as a test with its name."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.ingest.play import Play
from tests.origin.answers import Answer
from tests.origin.newsroom import Entry
from tests.unit.services.ingest.desk import NOW
from tests.unit.services.ingest.rss_documents import item, rss

UNDEFINED = "<item><title>&ldquo;Peace&rdquo; &amp; &bogus; war</title><guid>2</guid></item>"
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Sample</title><id>f</id>'
    "<entry><title>One</title><id>1</id></entry>"
    "<entry><title>&ldquo;Two&rdquo;</title><id>2</id></entry>"
    "<entry><title>Three</title><id>3</id></entry></feed>"
)
RUSSIAN = "Министерство сообщило о переговорах в Пхеньяне и о приезде делегации из Владивостока"
KOREAN = "북한 외무성은 러시아 대표단이 평양에 도착했다고 발표하였으며 회담은 내일 열린다"


async def read(play: Play, body: bytes, content_type: str = "application/rss+xml") -> None:
    room, feed = await play.newsroom()
    room.override = lambda *_: Answer(body=body, headers={"Content-Type": content_type})
    await play.poll(feed)


def titles(play: Play) -> list[str]:
    return [story.title for story in play.stories]


async def test_one_undefined_entity_does_not_reject_an_rss_feed(play: Play) -> None:
    await read(play, rss(item("One", guid="1"), UNDEFINED, item("Three", guid="3")).encode())
    first, second, third = sorted(titles(play), key=lambda title: ("war" in title, title))
    assert (first, second) == ("One", "Three")
    assert "“Peace” &" in third


async def test_one_undefined_entity_does_not_reject_an_atom_feed(play: Play) -> None:
    await read(play, ATOM.encode(), "application/atom+xml")
    assert sorted(titles(play)) == ["One", "Three", "“Two”"]


@pytest.mark.parametrize(
    "flaw", ["bare & ampersand", "a \x0b control", "a \x00 zero byte", "a \x1b[31m colour"]
)
async def test_a_character_that_xml_forbids_costs_nothing_but_itself(play: Play, flaw: str) -> None:
    body = rss(item("One", guid="1"), f"<item><title>{flaw}</title><guid>2</guid></item>").encode()
    await read(play, body)
    assert len(play.stories) == 2
    assert all(title.isprintable() for title in titles(play))


async def test_blanks_before_the_prolog_cost_nothing(play: Play) -> None:
    await read(play, b"\r\n  " + rss(item("One", guid="1")).encode())
    assert titles(play) == ["One"]


@pytest.mark.parametrize(
    ("zone", "hours"), [("KST", 9), ("MSK", 3), ("JST", 9), ("EET", 2), ("EST", -5), ("GMT", 0)]
)
async def test_a_zone_name_is_not_taken_for_utc(play: Play, zone: str, hours: int) -> None:
    await read(play, rss(item("One", guid="1", date=f"Mon, 21 Oct 2024 09:00:00 {zone}")).encode())
    (story,) = play.stories
    wanted = datetime(2024, 10, 21, 9, tzinfo=UTC) - timedelta(hours=hours)
    assert story.published_at == min(wanted, NOW)


@pytest.mark.parametrize(
    "date",
    [
        "2024/10/21 09:00",
        "2024년 10월 21일 09:00",
        "21.10.2024 09:00",
        "Пн, 21 окт 2024 09:00:00 +0000",
        "Mon, 21 Oct 2024 09:00:00",
    ],
    ids=["slashes", "korean", "dots", "russian", "no zone"],
)
async def test_a_date_in_another_form_is_that_day(play: Play, date: str) -> None:
    await read(play, rss(item("One", guid="1", date=date)).encode())
    (story,) = play.stories
    day = datetime(2024, 10, 21, 9, tzinfo=UTC)
    assert abs(story.published_at - day) <= timedelta(hours=9), story.published_source


@pytest.mark.parametrize("date", ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2099 00:00:00 GMT", "soon"])
async def test_an_impossible_date_is_not_believed(play: Play, date: str) -> None:
    await read(play, rss(item("One", guid="1", date=date)).encode())
    (story,) = play.stories
    assert story.published_at == NOW
    assert story.published_source in {"clamped", "first_seen"}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        (KOREAN, "euc-kr"),
        (KOREAN, "cp949"),
        (KOREAN, "utf-16"),
    ],
)
@pytest.mark.parametrize("declared", ["nowhere", "wrongly", "in the prolog", "in the header"])
async def test_no_mojibake_passes(play: Play, text: str, encoding: str, declared: str) -> None:
    prolog = {"in the prolog": encoding, "wrongly": "utf-8"}.get(declared, "")
    header = f"; charset={encoding}" if declared == "in the header" else ""
    items = (item(f"{text} ({number})", guid=str(number), text=text) for number in range(3))
    await read(play, rss(*items, declared=prolog).encode(encoding), "text/xml" + header)
    assert sorted(titles(play)) == [f"{text} ({number})" for number in range(3)]


async def test_the_43rd_and_the_101st_entry_are_published_and_those_over_the_cap_counted(play: Play) -> None:
    room, feed = await play.newsroom()
    room.keeps = 5_000
    room.publish(*(Entry(name=str(n), title=f"Report {n}", guid=str(n)) for n in range(2_050)))
    poll = await play.poll(feed)
    assert len({story.id for story in play.stories}) == 2_000
    assert poll.entries == {"published": 2_000, "over_cap": 50}


async def test_a_date_before_the_oldest_allowed_is_counted_and_not_published(play: Play) -> None:
    room, feed = await play.newsroom()
    room.publish(
        Entry(name="old", title="Old", guid="old", published=NOW - timedelta(days=400)),
        Entry(name="new", title="New", guid="new", published=NOW),
    )
    poll = await play.poll(feed)
    assert titles(play) == ["New"]
    assert poll.entries == {"published": 1, "too_old": 1}


async def test_two_entries_with_one_guid_in_a_document_are_both_accounted_for(play: Play) -> None:
    room, feed = await play.newsroom()
    room.publish(
        Entry(name="one", title="The first report", guid="same", link="https://sample.example/1"),
        Entry(name="two", title="Another matter altogether", guid="same", link="https://sample.example/2"),
    )
    poll = await play.poll(feed)
    assert sum(poll.entries.values()) == 2
    assert len(play.stories) == poll.entries.get("published", 0) >= 1
