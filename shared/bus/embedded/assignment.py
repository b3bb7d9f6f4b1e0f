"""Who reads which partition: pure decisions, the same for every member that makes them on the same state.

A partition changes hands in two steps, so that a rebalance redelivers nothing: first its owner is told to
drain (no new records, finish those at hand); once it has let go, died, or taken too long, the heir gets it.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.ports import TopicPartition


class Ownership(NamedTuple):
    """A member that may read and commit a partition; `drain_until` is set when it must let go."""

    member: str
    drain_until: datetime | None = None


def assign(
    subscriptions: Mapping[str, Collection[str]],
    partitions: Collection[TopicPartition],
    owned: Mapping[TopicPartition, str],
) -> dict[TopicPartition, str]:
    """The member each partition should have, given the topics each live member reads.

    Within a topic the shares differ by one at most, and no more partitions move than that needs. A topic
    nobody reads is left out. Applied to its own outcome it changes nothing.
    """
    target: dict[TopicPartition, str] = {}
    for topic in sorted({source.topic for source in partitions}):
        readers = sorted(member for member, topics in subscriptions.items() if topic in topics)
        if readers:
            sources = sorted(source for source in partitions if source.topic == topic)
            target |= _assign_topic(readers, sources, owned, Counter(target.values()))
    return target


def _assign_topic(
    readers: Sequence[str],
    sources: Sequence[TopicPartition],
    owned: Mapping[TopicPartition, str],
    load: Counter[str],
) -> dict[TopicPartition, str]:
    held = Counter(owned[source] for source in sources if source in owned)
    ranked = sorted(readers, key=lambda member: (-held[member], load[member], member))
    share, extra = divmod(len(sources), len(readers))
    room = {member: share + (rank < extra) for rank, member in enumerate(ranked)}
    kept: dict[TopicPartition, str] = {}
    for source in sources:
        owner = owned.get(source)
        if owner is not None and room.get(owner, 0) > 0:
            kept[source] = owner
            room[owner] -= 1
    free = (member for member in ranked for _ in range(room[member]))
    return kept | {source: next(free) for source in sources if source not in kept}


def hand_over(
    owned: Mapping[TopicPartition, Ownership],
    target: Mapping[TopicPartition, str],
    *,
    now: datetime,
    drain: timedelta,
) -> dict[TopicPartition, Ownership]:
    """The owners from now on: free partitions go to their heirs at once, others once they are drained."""
    return {source: _heir(owned.get(source), heir, now + drain, now) for source, heir in target.items()}


def _heir(present: Ownership | None, heir: str, deadline: datetime, now: datetime) -> Ownership:
    if present is None or present.member == heir:
        return Ownership(heir)
    if present.drain_until is None:
        return Ownership(present.member, deadline)
    if present.drain_until <= now:
        return Ownership(heir)
    return Ownership(present.member, min(present.drain_until, deadline))  # min: the clock may have gone back
