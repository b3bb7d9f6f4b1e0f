"""Which feed is polled next."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.timing.agenda import Agenda
from shared.domains import domain_of
from shared.model.feed import Feed

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)
NONE = timedelta()
FIVE = timedelta(seconds=5)


def feed(name: str, domain: str = "") -> Feed:
    url = f"https://{domain or name}.example/{name}.xml"
    return Feed(id=name, url=url, name=name, outlet=name, language=None)


def agenda(*feeds: Feed, concurrency: int = 8, per_domain: int = 2, pause: timedelta = NONE) -> Agenda:
    made = Agenda(
        concurrency=concurrency,
        per_domain=per_domain,
        pause=pause,
        domain_of=lambda feed: domain_of(feed.url),
    )
    for feed_id in made.watch(feeds):
        made.plan(feed_id, NOW)
    return made


def names(feeds: tuple[Feed, ...]) -> str:
    return "".join(feed.name for feed in feeds)


def test_a_feed_is_due_once_until_it_is_done() -> None:
    book = agenda(feed("a"))
    assert names(book.take(NOW)) == "a"
    assert names(book.take(NOW)) == ""
    book.done("a", SOON, NOW)
    assert names(book.take(NOW)) == ""
    assert book.next_at() == SOON
    assert names(book.take(SOON)) == "a"


def test_few_feeds_are_in_flight_and_fewer_of_one_domain() -> None:
    book = agenda(feed("a", "x"), feed("b", "x"), feed("c", "x"), feed("d"), feed("e"), concurrency=4)
    assert sorted(names(book.take(NOW))) == ["a", "b", "d", "e"]
    book.done("d", SOON, NOW)
    assert names(book.take(NOW)) == ""
    book.done("a", SOON, NOW)
    assert names(book.take(NOW)) == "c"


def test_polls_of_one_domain_start_apart_and_do_not_hold_up_others() -> None:
    book = agenda(feed("a", "x"), feed("b", "x"), feed("c", "x"), feed("d"), pause=FIVE)
    assert names(book.take(NOW)) == "ad"
    assert book.next_at() == NOW + FIVE
    assert names(book.take(NOW + FIVE - timedelta(milliseconds=1))) == ""
    assert names(book.take(NOW + FIVE)) == "b"
    assert names(book.take(NOW + 2 * FIVE)) == ""  # two are in flight there
    book.done("a", SOON, NOW + 2 * FIVE)
    assert names(book.take(NOW + 2 * FIVE)) == "c"


def test_hosts_of_one_domain_share_its_pause() -> None:
    one = Feed(id="1", url="https://news.paper.co.uk/a", name="1", outlet="o", language=None)
    two = Feed(id="2", url="https://sport.paper.co.uk/b", name="2", outlet="o", language=None)
    book = agenda(one, two, pause=FIVE)
    assert names(book.take(NOW)) == "1"
    assert names(book.take(NOW + FIVE)) == "2"


def test_a_domain_that_asked_for_patience_is_left_alone_as_a_whole() -> None:
    book = agenda(feed("a", "x"), feed("b", "x"), feed("c"))
    book.hold("x.example", SOON)
    assert names(book.take(NOW)) == "c"
    assert book.next_at() == SOON
    assert sorted(names(book.take(SOON))) == ["a", "b"]


def test_a_hold_that_comes_while_its_feeds_wait_their_turn_counts() -> None:
    book = agenda(feed("a", "x"), feed("b", "x"), concurrency=1)
    assert names(book.take(NOW)) == "a"
    book.hold("x.example", SOON)
    book.done("a", SOON, NOW)
    assert names(book.take(NOW)) == ""
    assert names(book.take(SOON)) == "b"


def test_domains_take_turns_and_inside_one_the_longest_due_comes_first() -> None:
    book = agenda(concurrency=1)
    feeds = [feed(name, "x") for name in "abc"] + [feed("d", "y")]
    book.watch(feeds)
    for name, late in (("c", 3), ("a", 2), ("b", 1), ("d", 0)):
        book.plan(name, NOW - timedelta(minutes=late))
    order = ""
    while taken := book.take(NOW):
        order += names(taken)
        book.done(taken[0].id, SOON, NOW)
    assert order == "cdab"


def test_a_removed_feed_is_not_polled_and_an_added_one_is() -> None:
    book = agenda(feed("a"), feed("b"), per_domain=1)
    assert names(book.take(NOW)) == "ab"
    assert book.watch([feed("b"), feed("c")]) == ("c",)
    book.plan("c", NOW)
    book.done("a", NOW, NOW)
    assert names(book.take(NOW)) == "c"


def test_a_removed_feed_that_waits_for_its_domain_is_forgotten_and_may_come_back() -> None:
    book = agenda(feed("a", "x"), feed("b", "x"), per_domain=1)
    assert names(book.take(NOW)) == "a"
    book.watch([feed("a", "x")])
    book.done("a", SOON, NOW)
    assert names(book.take(NOW)) == ""
    assert book.watch([feed("a", "x"), feed("b", "x")]) == ("b",)
    book.plan("b", NOW)
    assert names(book.take(NOW)) == "b"


def test_a_changed_feed_is_polled_as_it_is_now() -> None:
    book = agenda(feed("a"))
    book.watch([feed("a", "elsewhere")])
    assert [taken.url for taken in book.take(NOW)] == ["https://elsewhere.example/a.xml"]


def test_a_feed_can_be_hastened_whether_it_waits_or_is_in_flight() -> None:
    book = agenda(feed("a"))
    assert names(book.take(NOW)) == "a"
    book.hasten("a", NOW)
    book.done("a", SOON, NOW)
    assert names(book.take(NOW)) == "a"
    book.done("a", SOON, NOW)
    assert names(book.take(NOW)) == ""
    book.hasten("a", NOW)
    assert names(book.take(NOW)) == "a"
    book.done("a", SOON, NOW)
    book.hasten("a", SOON + FIVE)
    assert book.next_at() == SOON
    book.hasten("nobody", NOW)
    assert names(book.take(NOW)) == ""


def test_a_feed_that_was_hastened_before_it_was_planned_is_due_then() -> None:
    book = agenda()
    book.hasten("a", NOW)
    book.watch([feed("a"), feed("b")])
    book.hasten("b", NOW)
    book.plan("a", SOON)
    book.plan("b", SOON)
    assert names(book.take(NOW)) == "ab"
    book.done("a", SOON, NOW)
    assert names(book.take(NOW)) == ""


def test_a_clock_that_was_ahead_keeps_no_feed_silent() -> None:
    ahead = NOW + timedelta(days=365)
    book = agenda(feed("a", "x"), feed("b", "x"), pause=FIVE, per_domain=1)
    assert names(book.take(ahead)) == "a"
    book.done("a", ahead + timedelta(minutes=10), ahead)
    assert names(book.take(NOW)) == ""
    assert names(book.take(NOW + FIVE)) == "b"
    book.done("b", NOW + timedelta(hours=1), NOW + FIVE)
    assert names(book.take(NOW + timedelta(minutes=10))) == "a"


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("xyz")), unique_by=lambda pair: pair[0]),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from([0, 1, 5]),
)
def test_every_due_feed_gets_its_turn_within_the_bounds(
    pairs: list[tuple[str, str]], concurrency: int, per_domain: int, pause: int
) -> None:
    book = agenda(
        *(feed(name, domain) for name, domain in pairs),
        concurrency=concurrency,
        per_domain=per_domain,
        pause=timedelta(seconds=pause),
    )
    now, never, polled, flying = NOW, NOW + timedelta(days=30), list[str](), list[str]()
    starts: dict[str, datetime] = {}
    domain = dict(pairs)
    for _ in range(100):
        for each in book.take(now):
            polled.append(each.id)
            flying.append(each.id)
            last = starts.get(domain[each.id])
            assert last is None or now - last >= timedelta(seconds=pause)
            starts[domain[each.id]] = now
        assert len(flying) <= concurrency
        assert max(Counter(domain[name] for name in flying).values(), default=0) <= per_domain
        if flying:
            book.done(flying.pop(0), never, now)
        at = book.next_at()
        now = max(now, at) if at is not None and at < never else now
    assert sorted(polled) == sorted(domain)


def test_a_step_costs_the_same_with_ten_thousand_feeds_due_as_with_a_hundred() -> None:
    def cost(feeds: int) -> float:
        book = agenda(*(feed(f"{n}", f"d{n % 977}") for n in range(feeds)), concurrency=8, pause=FIVE)
        now, polled, began = NOW, 0, process_time()
        book.take(now)
        began = process_time()
        while polled < min(feeds, 2000):
            now += timedelta(milliseconds=20)
            for each in tuple(book._in_flight):
                book.done(each, now + timedelta(hours=1), now)
                polled += 1
            book.take(now)
        return (process_time() - began) / polled

    cost(100)
    assert cost(10_000) < 10 * cost(100) + 0.0005
