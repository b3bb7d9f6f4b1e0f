"""Which feed is polled next."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.agenda import Agenda
from shared.model.feed import Feed

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)


def feed(name: str, host: str = "") -> Feed:
    url = f"https://{host or name}.example/{name}.xml"
    return Feed(id=name, url=url, name=name, outlet=name, language=None)


def agenda(*feeds: Feed, concurrency: int = 8, per_host: int = 2) -> Agenda:
    made = Agenda(concurrency=concurrency, per_host=per_host)
    for feed_id in made.watch(feeds):
        made.plan(feed_id, NOW)
    return made


def names(feeds: tuple[Feed, ...]) -> str:
    return "".join(feed.name for feed in feeds)


def test_a_feed_is_due_once_until_it_is_done() -> None:
    book = agenda(feed("a"))
    assert names(book.take(NOW)) == "a"
    assert names(book.take(NOW)) == ""
    book.done("a", SOON)
    assert names(book.take(NOW)) == ""
    assert book.next_at() == SOON
    assert names(book.take(SOON)) == "a"


def test_few_feeds_are_in_flight_and_fewer_of_one_host() -> None:
    book = agenda(feed("a", "x"), feed("b", "x"), feed("c", "x"), feed("d"), feed("e"), concurrency=4)
    assert names(book.take(NOW)) == "abde"
    book.done("d", SOON)
    assert names(book.take(NOW)) == ""
    book.done("a", SOON)
    assert names(book.take(NOW)) == "c"


def test_a_removed_feed_is_not_polled_and_an_added_one_is() -> None:
    book = agenda(feed("a"), feed("b"), per_host=1)
    assert names(book.take(NOW)) == "ab"
    assert book.watch([feed("b"), feed("c")]) == ("c",)
    book.plan("c", NOW)
    book.done("a", NOW)
    assert names(book.take(NOW)) == "c"


def test_a_removed_feed_that_waits_for_its_host_is_forgotten() -> None:
    book = agenda(feed("a", "x"), feed("b", "x"), per_host=1)
    assert names(book.take(NOW)) == "a"
    book.watch([feed("a", "x")])
    book.done("a", SOON)
    assert names(book.take(NOW)) == ""


def test_a_changed_feed_is_polled_as_it_is_now() -> None:
    book = agenda(feed("a"))
    book.watch([feed("a", "elsewhere")])
    assert [taken.url for taken in book.take(NOW)] == ["https://elsewhere.example/a.xml"]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("xy")), unique_by=lambda pair: pair[0]))
def test_every_due_feed_gets_its_turn(pairs: list[tuple[str, str]]) -> None:
    book = agenda(*(feed(name, host) for name, host in pairs), concurrency=2, per_host=1)
    polled = []
    while taken := book.take(NOW):
        assert len(taken) <= 2
        for each in taken:
            polled.append(each.name)
            book.done(each.id, SOON)
    assert sorted(polled) == sorted(name for name, _ in pairs)
