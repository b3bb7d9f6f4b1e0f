"""Consumer groups in SQL: members with leases, owned partitions, committed positions.

Every function is one step of a transaction, so the state seen by others is always whole: a process killed in
the middle leaves nothing behind but a lease that runs out.
"""

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.bus.embedded.assignment import Ownership, assign, hand_over
from shared.bus.embedded.log import Extent, extents
from shared.bus.embedded.progress import Claim
from shared.bus.embedded.schema import micros, moment
from shared.bus.embedded.timings import Timings
from shared.errors import PermanentError
from shared.ports import TopicPartition


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One consumer as the group knows it."""

    id: str
    group: str
    topics: tuple[str, ...]
    timings: Timings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What came of a commit: the partitions refused, and whether others have to look again."""

    refused: tuple[TopicPartition, ...]
    changed: bool


def join(connection: sqlite3.Connection, member: Member, now: datetime) -> bool:
    """Make the group and its positions known, and the member one of it. As `renew` for the rest."""
    connection.execute("INSERT OR IGNORE INTO groups VALUES (?, 0)", (member.group,))
    known = extents(connection, member.topics).values()
    rows = ((member.group, extent.id, extent.first) for partitions in known for extent in partitions)
    connection.executemany("INSERT OR IGNORE INTO positions VALUES (?, ?, ?)", rows)
    return renew(connection, member, busy=(), now=now)


def renew(connection: sqlite3.Connection, member: Member, *, busy: Collection[int], now: datetime) -> bool:
    """Prolong the lease, or join anew if it ran out; let go of draining partitions except the `busy` ones.

    True when anything changed that other members have to know.
    """
    lease = micros(member.timings.lease)
    until = micros(now) + lease
    connection.execute(
        "INSERT INTO members VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET lease_until_us = excluded.lease_until_us",
        (member.id, member.group, json.dumps(member.topics), lease, until),
    )
    _release(connection, member, busy)
    return _rebalance(connection, member, now)


def leave(connection: sqlite3.Connection, member: Member, now: datetime) -> bool:
    """Stop being a member; the others have the partitions when the transaction ends."""
    connection.execute("DELETE FROM members WHERE id = ?", (member.id,))
    return _rebalance(connection, member, now)


def claims(connection: sqlite3.Connection, member: Member) -> tuple[Claim, ...] | None:
    """What the member owns now; None if it is no member any more."""
    if connection.execute("SELECT 1 FROM members WHERE id = ?", (member.id,)).fetchone() is None:
        return None
    rows = connection.execute(
        "SELECT p.id, p.topic, p.number, o.generation, o.drain_until_us IS NOT NULL,"
        "       max(s.next_offset, p.first_offset)"
        " FROM owners o JOIN partitions p ON p.id = o.partition_id"
        " JOIN positions s ON s.partition_id = o.partition_id AND s.group_name = o.group_name"
        " WHERE o.group_name = ? AND o.member_id = ? ORDER BY p.topic, p.number",
        (member.group, member.id),
    )
    return tuple(
        Claim(
            partition=identity,
            source=TopicPartition(topic, number),
            generation=generation,
            draining=bool(draining),
            committed=committed,
        )
        for identity, topic, number, generation, draining, committed in rows
    )


def commit(
    connection: sqlite3.Connection,
    member: Member,
    positions: Mapping[TopicPartition, int],
    *,
    generations: Mapping[TopicPartition, int],
    busy: Collection[int],
    now: datetime,
) -> Settlement:
    """Store the positions of partitions the member owns since the generation it polled them in.

    The others are refused; those it owns are stored all the same, their effects being done. A position only
    moves forward. Raises PermanentError, storing nothing, for one past the end of its partition: that would
    skip records nobody has seen.
    """
    refused: list[TopicPartition] = []
    for source, position in positions.items():
        row = connection.execute(
            "SELECT p.id, p.next_offset, o.generation"
            " FROM partitions p JOIN owners o ON o.partition_id = p.id"
            " WHERE p.topic = ? AND p.number = ? AND o.group_name = ? AND o.member_id = ?",
            (*source, member.group, member.id),
        ).fetchone()
        if row is None or generations.get(source, row[2]) != row[2]:
            refused.append(source)
            continue
        if position > row[1]:
            raise PermanentError(f"position {position} of {source} is past its end, {row[1]}")
        connection.execute(
            "UPDATE positions SET next_offset = max(next_offset, ?)"
            " WHERE group_name = ? AND partition_id = ?",
            (position, member.group, row[0]),
        )
    released = _release(connection, member, busy)
    return Settlement(refused=tuple(refused), changed=released and _rebalance(connection, member, now))


def _release(connection: sqlite3.Connection, member: Member, busy: Collection[int]) -> bool:
    """Give up the draining partitions that have nothing at hand; True if there were any."""
    mine = (member.group, member.id)
    draining = connection.execute(
        "SELECT partition_id FROM owners"
        " WHERE group_name = ? AND member_id = ? AND drain_until_us IS NOT NULL",
        mine,
    ).fetchall()
    idle = [(member.group, partition) for (partition,) in draining if partition not in busy]
    connection.executemany("DELETE FROM owners WHERE group_name = ? AND partition_id = ?", idle)
    return bool(idle)


def _rebalance(connection: sqlite3.Connection, member: Member, now: datetime) -> bool:
    """Bury the dead of the group, then bring its owners one step closer to the fair division."""
    group = member.group
    _bury(connection, group, now)
    subscriptions: dict[str, tuple[str, ...]] = {
        identity: tuple(json.loads(topics))
        for identity, topics in connection.execute(
            "SELECT id, topics FROM members WHERE group_name = ?", (group,)
        )
    }
    topics = {topic for topics in subscriptions.values() for topic in topics}
    partitions = {extent.source: extent for found in extents(connection, topics).values() for extent in found}
    before = _owners(connection, group)
    target = assign(subscriptions, partitions, {source: owner.member for source, owner in before.items()})
    after = hand_over(before, target, now=now, drain=member.timings.drain)
    if before != after:
        _store_owners(connection, group, partitions, before, after)
    return before != after


def _bury(connection: sqlite3.Connection, group: str, now: datetime) -> None:
    """Remove members whose lease ran out, or lies so far ahead that the clock must have gone back since."""
    present = micros(now)
    connection.execute(
        "DELETE FROM members WHERE group_name = ?"
        " AND (lease_until_us <= ? OR lease_until_us > ? + 2 * lease_us)",
        (group, present, present),
    )
    connection.execute(
        "DELETE FROM owners WHERE group_name = ?"
        " AND member_id NOT IN (SELECT id FROM members WHERE group_name = ?)",
        (group, group),
    )


def _owners(connection: sqlite3.Connection, group: str) -> dict[TopicPartition, Ownership]:
    rows = connection.execute(
        "SELECT p.topic, p.number, o.member_id, o.drain_until_us FROM owners o"
        " JOIN partitions p ON p.id = o.partition_id WHERE o.group_name = ?",
        (group,),
    )
    return {
        TopicPartition(topic, number): Ownership(owner, None if until is None else moment(until))
        for topic, number, owner, until in rows
    }


def _store_owners(
    connection: sqlite3.Connection,
    group: str,
    partitions: Mapping[TopicPartition, Extent],
    before: Mapping[TopicPartition, Ownership],
    after: Mapping[TopicPartition, Ownership],
) -> None:
    """Write what changed; whoever gets a partition gets it under a new generation."""
    connection.execute("UPDATE groups SET generation = generation + 1 WHERE name = ?", (group,))
    for source in sorted(after):
        owner, present = after[source], before.get(source)
        place = (group, partitions[source].id)
        if present is None or present.member != owner.member:
            connection.execute(
                "INSERT OR REPLACE INTO owners"
                " SELECT name, ?, ?, generation, NULL FROM groups WHERE name = ?",
                (place[1], owner.member, group),
            )
        elif present != owner:
            until = None if owner.drain_until is None else micros(owner.drain_until)
            connection.execute(
                "UPDATE owners SET drain_until_us = ? WHERE group_name = ? AND partition_id = ?",
                (until, *place),
            )
