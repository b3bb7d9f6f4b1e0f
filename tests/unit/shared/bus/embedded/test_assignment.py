"""Dividing partitions among members, and handing them over."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.embedded.assignment import Ownership, assign, hand_over
from shared.ports import TopicPartition

NOW = datetime(2024, 10, 8, tzinfo=UTC)
DRAIN = timedelta(seconds=20)
P0, P1 = TopicPartition("stories", 0), TopicPartition("stories", 1)

topics = st.sampled_from(["stories", "alerts", "dead"])
subscriptions = st.dictionaries(st.sampled_from("abcdef"), st.sets(topics, min_size=1), max_size=6)
sources = st.builds(TopicPartition, topics, st.integers(0, 9))
owners = st.dictionaries(sources, st.sampled_from("abcdefxy"), max_size=20)


@given(subscriptions, st.sets(sources, max_size=30), owners)
def test_every_partition_has_one_reader_of_its_topic_and_shares_differ_by_one_at_most(
    subscribed: dict[str, set[str]], partitions: set[TopicPartition], owned: dict[TopicPartition, str]
) -> None:
    target = assign(subscribed, partitions, owned)
    read = {topic for topics in subscribed.values() for topic in topics}
    assert target.keys() == {source for source in partitions if source.topic in read}
    assert all(source.topic in subscribed[member] for source, member in target.items())
    for topic in read:
        shares = Counter({member: 0 for member, topics in subscribed.items() if topic in topics})
        shares.update(member for source, member in target.items() if source.topic == topic)
        assert max(shares.values()) - min(shares.values()) <= 1


@given(subscriptions, st.sets(sources, max_size=30), owners)
def test_a_division_made_is_kept(
    subscribed: dict[str, set[str]], partitions: set[TopicPartition], owned: dict[TopicPartition, str]
) -> None:
    target = assign(subscribed, partitions, owned)
    assert assign(subscribed, partitions, target) == target


@given(st.integers(1, 12), st.integers(1, 6))
def test_a_member_that_joins_moves_only_its_own_share(partitions: int, members: int) -> None:
    everything = {TopicPartition("stories", number) for number in range(partitions)}
    before = assign({str(n): ["stories"] for n in range(members)}, everything, {})
    after = assign({str(n): ["stories"] for n in range(members + 1)}, everything, before)
    moved = {source for source in everything if before[source] != after[source]}
    assert {after[source] for source in moved} <= {str(members)}
    assert len(moved) == partitions // (members + 1)


def test_a_free_partition_goes_to_its_heir_at_once() -> None:
    assert hand_over({}, {P0: "a"}, now=NOW, drain=DRAIN) == {P0: Ownership("a")}


def test_an_owner_keeps_a_promised_partition_until_the_drain_deadline() -> None:
    told = hand_over({P0: Ownership("a")}, {P0: "b"}, now=NOW, drain=DRAIN)
    assert told == {P0: Ownership("a", NOW + DRAIN)}
    later = NOW + DRAIN - timedelta(seconds=1)
    assert hand_over(told, {P0: "b"}, now=later, drain=DRAIN) == told
    assert hand_over(told, {P0: "b"}, now=NOW + DRAIN, drain=DRAIN) == {P0: Ownership("b")}


def test_a_promise_is_withdrawn_when_the_heir_is_gone() -> None:
    promised = {P0: Ownership("a", NOW + DRAIN)}
    assert hand_over(promised, {P0: "a"}, now=NOW, drain=DRAIN) == {P0: Ownership("a")}


def test_a_clock_that_goes_back_does_not_prolong_a_drain() -> None:
    promised = {P0: Ownership("a", NOW + DRAIN)}
    hour_ago = NOW - timedelta(hours=1)
    assert hand_over(promised, {P0: "b"}, now=hour_ago, drain=DRAIN) == {P0: Ownership("a", hour_ago + DRAIN)}


def test_a_partition_nobody_reads_has_no_owner() -> None:
    assert hand_over({P0: Ownership("a"), P1: Ownership("b")}, {P1: "b"}, now=NOW, drain=DRAIN) == {
        P1: Ownership("b")
    }
