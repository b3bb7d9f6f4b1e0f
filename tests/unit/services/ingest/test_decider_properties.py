"""What holds whatever publishers do and wherever we die."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.documents.parsed import ParsedEntry
from shared.model.story import Story
from tests.unit.services.ingest.newsroom import Crash, Newsroom, entry, feed

FEEDS = (feed("all"), feed("politics"))
CRASHES: tuple[Crash, ...] = ("none", "before_hold", "before_publish", "before_record")


@dataclass(frozen=True)
class Shown:
    """An article as a document shows it: which one, in which words, under which guid and kind of link."""

    number: int
    text: str
    guid: int
    link: int

    def entry(self) -> ParsedEntry:
        place = f"sample.example/articles/{self.number}"
        return entry(
            self.number,
            guid=(None, f"g{self.number}", f"urn:{self.number}", f"https://{place}")[self.guid],
            url=(f"https://{place}", f"http://{place}/", f"https://{place}?utm_source=rss")[self.link],
            text=self.text,
        )


@dataclass(frozen=True)
class Served:
    """One document of one of the feeds, perhaps with its entries twice, and where the poll of it ends."""

    feed: int
    articles: tuple[Shown, ...]
    crash: Crash

    @property
    def document(self) -> tuple[ParsedEntry, ...]:
        return tuple(article.entry() for article in self.articles)


ARTICLES = tuple(
    Shown(number=number, text=text, guid=guid, link=link)
    for number, text, guid, link in product(range(3), "ABC", range(4), range(3))
)
DOCUMENTS = st.lists(st.sampled_from(ARTICLES), max_size=3, unique_by=lambda article: article.number)


def scripts(feeds: int, crashes: Sequence[Crash] = CRASHES) -> st.SearchStrategy[list[Served]]:
    """Days of polls; a document may list all its entries twice."""
    endings = st.sampled_from(tuple(product(range(feeds), crashes, (1, 1, 2))))
    served = st.tuples(DOCUMENTS, endings).map(
        lambda drawn: Served(feed=drawn[1][0], articles=tuple(drawn[0] * drawn[1][2]), crash=drawn[1][1])
    )
    return st.lists(served, max_size=8)


def played(script: Iterable[Served]) -> Newsroom:
    room = Newsroom()
    for each in script:
        room.poll(FEEDS[each.feed], *each.document, crash=each.crash)
    return room


def by_story(stories: Iterable[Story]) -> dict[str, list[Story]]:
    found: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        found[story.id].append(story)
    return found


@settings(max_examples=100)
@given(scripts(feeds=2))
def test_every_article_is_one_story_published_as_new_exactly_once(script: list[Served]) -> None:
    room = played(script)
    recorded = {article.number for each in script if each.crash == "none" for article in each.articles}
    assert room.totals["published"] == len(recorded)
    assert all(len({story.title for story in told}) == 1 for told in by_story(room.stream).values())
    assert len({story.title for story in room.stream}) == len({story.id for story in room.stream})
    assert {f"Ship {number} leaves" for number in recorded} <= {story.title for story in room.stream}


@settings(max_examples=100)
@given(scripts(feeds=2))
def test_the_ledger_sums_to_what_was_served(script: list[Served]) -> None:
    room = Newsroom()
    for each in script:
        decision = room.poll(FEEDS[each.feed], *each.document, crash=each.crash)
        assert sum(decision.counts.values()) == len(each.document)
        told = decision.counts.get("published", 0) + decision.counts.get("revised", 0)
        assert told == len(decision.stories)
    assert room.totals.total() == room.served


@settings(max_examples=100)
@given(scripts(feeds=2))
def test_one_revision_is_never_told_in_two_ways_and_later_ones_are_higher(script: list[Served]) -> None:
    room = played(script)
    for told in by_story(room.stream).values():
        revisions = [story.revision for story in told]
        assert revisions == sorted(revisions)
        assert len({(story.revision, story.content_hash) for story in told}) == len(set(revisions))


@settings(max_examples=100)
@given(scripts(feeds=1))
def test_a_consumer_ends_up_with_what_the_feed_says_wherever_we_died(script: list[Served]) -> None:
    room = Newsroom()
    for each in script:
        room.poll(FEEDS[0], *each.document, crash=each.crash)
        if each.crash == "none":
            said = {article.entry().title: article.text for article in each.articles}
            heard = {story.title: story.text for story in room.newest().values()}
            assert {title: heard.get(title) for title in said} == said


@settings(max_examples=100)
@given(scripts(feeds=2, crashes=("none",)))
def test_two_feeds_in_any_order_tell_each_change_once_and_come_to_rest(script: list[Served]) -> None:
    room = played(script)
    for told in by_story(room.stream).values():
        assert all(later.revision == earlier.revision + 1 for earlier, later in pairwise(told))
        assert all(later.content_hash != earlier.content_hash for earlier, later in pairwise(told))
    last = {each.feed: each for each in script}
    for _ in range(2):
        for each in last.values():
            assert room.poll(FEEDS[each.feed], *each.document).stories == ()


anything = st.lists(
    st.builds(
        entry,
        st.integers(0, 2),
        guid=st.sampled_from([None, "g1", "g2", "http://x.example/1", "https://x.example/1"]),
        url=st.sampled_from([None, "https://x.example/1", "http://x.example/1#a", "https://x.example/"]),
        title=st.sampled_from([" ", "a", "b"]),
        text=st.sampled_from(["", "a", "b"]),
    ),
    max_size=6,
)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 1), anything), max_size=6))
def test_any_document_is_counted_whole_and_tells_nothing_the_second_time(
    polls: list[tuple[int, list[ParsedEntry]]],
) -> None:
    room = Newsroom()
    for which, document in polls:
        decision = room.poll(FEEDS[which], *document)
        assert sum(decision.counts.values()) == len(document)
        assert room.poll(FEEDS[which], *document).stories == ()
    assert len(room.stream) == len(room.arrived)
