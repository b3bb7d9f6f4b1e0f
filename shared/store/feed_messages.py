"""Word of feeds on its way to subscriptions: one message for each change, one for many when many change.

Both are decided in the transaction that stores the change's own message, and that message is what tells a
replay: a change is never told twice to one subscription, alone or among others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import Database
from shared.model.ids import feed_digest_id, message_id
from shared.model.subscription import Message
from shared.store.enqueuing import Switch, delivery_row, lock_switches, store_message
from shared.tables import deliveries, messages

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """More than `most` messages about feeds to one subscription within a `period`, and the rest become one
    of another `type`.

    `extend` gives the body of that one: the first, or the given one with the change added.
    """

    type: str
    extend: Callable[[bytes | None], bytes]
    most: int = 20
    period: timedelta = timedelta(minutes=5)


class FeedMessageStore:
    """Leaves word of feeds for subscriptions; may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enqueue(
        self, message: Message, subscription_ids: Sequence[str], now: datetime, grouping: Grouping
    ) -> int:
        """Store the message and one delivery for each subscription that exists and is not told too much
        already; those are told at the end of the period, of everything at once.

        The first call for a message decides: a repeat changes nothing and returns 0. Returns how many
        deliveries are new, those at the end of a period among them.
        """
        async with self._database.write() as connection:
            switches = await lock_switches(connection, subscription_ids)
            if not await store_message(connection, message):
                return 0
            told = await _told(connection, message.type, [switch.id for switch in switches], now, grouping)
            rows = []
            for switch in switches:
                if told.get(switch.id, 0) < grouping.most:
                    rows.append(delivery_row(message.id, switch, now))
                else:
                    rows += await _grouped(connection, message, switch, now, grouping)
            if rows:
                await connection.execute(sa.insert(deliveries), rows)
        return len(rows)


async def _told(
    connection: AsyncConnection, kind: str, subscription_ids: Sequence[str], now: datetime, grouping: Grouping
) -> Mapping[str, int]:
    """How many single messages about feeds each of the subscriptions was sent of late."""
    family = kind.partition(".")[0] + "."
    alike = sa.and_(messages.c.type.startswith(family), messages.c.type != grouping.type)
    query = (
        sa.select(deliveries.c.subscription_id, sa.func.count().label("told"))
        .join(messages, messages.c.id == deliveries.c.message_id)
        .where(
            deliveries.c.subscription_id.in_(subscription_ids),
            messages.c.created_at > now - grouping.period,
            alike,
        )
        .group_by(deliveries.c.subscription_id)
    )
    return {row.subscription_id: row.told for row in await connection.execute(query)}


async def _grouped(
    connection: AsyncConnection, message: Message, switch: Switch, now: datetime, grouping: Grouping
) -> list[dict[str, object]]:
    """Add the change to what the subscription is told at the end of this period; the rows that are new."""
    began = _EPOCH + (now - _EPOCH) // grouping.period * grouping.period
    subject = feed_digest_id(switch.id, began.isoformat())
    digest = Message(
        id=message_id(subject),
        type=grouping.type,
        subject_id=subject,
        body=grouping.extend(None),
        created_at=now,
    )
    if await store_message(connection, digest):
        return [delivery_row(digest.id, switch, now, due_at=began + grouping.period)]
    body = await _still_open(connection, digest.id, now)
    if body is None:
        return [delivery_row(message.id, switch, now)]
    extended = sa.update(messages).where(messages.c.id == digest.id).values(body=grouping.extend(body))
    await connection.execute(extended)
    return []


async def _still_open(connection: AsyncConnection, digest: str, now: datetime) -> bytes | None:
    """The body, locked; None once it may have been sent: those exact bytes were signed."""
    query = (
        sa.select(messages.c.body)
        .join(deliveries, deliveries.c.message_id == messages.c.id)
        .where(
            messages.c.id == digest, deliveries.c.state.in_(("pending", "held")), deliveries.c.due_at > now
        )
        .with_for_update()
    )
    body: bytes | None = (await connection.execute(query)).scalar_one_or_none()
    return body
