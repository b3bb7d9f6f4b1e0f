"""Feeds as rows: what the operator configured, what ingest knows of each, and the polls of late."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from shared.db import Database
from shared.model.feed import Feed, FeedState, KnownEntry, Poll, Validators
from shared.store.upsert import insert_into
from shared.tables import entries, feed_state, feeds, polls

KEPT_POLLS: Final = 100
"""How many polls of each feed are remembered."""

_CHUNK: Final = 500  # databases bound the number of parameters of a statement


class FeedStore:
    """Feeds, their states, entries and polls. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, feed: Feed, now: datetime) -> Feed:
        """Watch this feed; if one with its address exists, nothing changes and that one is returned."""
        async with self._database.write() as connection:
            insert = insert_into(connection, feeds).values(**_feed_row(feed), created_at=now)
            await connection.execute(insert.on_conflict_do_nothing())
            found = await connection.execute(sa.select(feeds).where(feeds.c.url == feed.url))
            row = found.mappings().one()
        return _feed(row)

    async def remove(self, feed_id: str) -> bool:
        """Stop watching; whether there was such a feed. What is known of it stays, should it come back."""
        async with self._database.write() as connection:
            result = await connection.execute(sa.delete(feeds).where(feeds.c.id == feed_id))
        return result.rowcount > 0

    async def get(self, feed_id: str) -> Feed | None:
        found = await self._feeds(sa.select(feeds).where(feeds.c.id == feed_id))
        return found[0] if found else None

    async def list(self, after_id: str | None, limit: int) -> tuple[Feed, ...]:
        """Feeds in order of id, from the first after `after_id`."""
        query = sa.select(feeds).where(feeds.c.id > (after_id or "")).order_by(feeds.c.id).limit(limit)
        return await self._feeds(query)

    async def enabled(self) -> tuple[Feed, ...]:
        return await self._feeds(sa.select(feeds).where(feeds.c.enabled).order_by(feeds.c.id))

    async def states(self, ids: Sequence[str]) -> dict[str, FeedState]:
        """What is known of these feeds, for those ever polled."""
        found: dict[str, FeedState] = {}
        async with self._database.read() as connection:
            for chunk in _chunks(ids):
                query = sa.select(feed_state).where(feed_state.c.feed_id.in_(chunk))
                for row in (await connection.execute(query)).mappings():
                    found[row["feed_id"]] = _state(row)
        return found

    async def known_entries(self, feed_id: str, keys: Sequence[str]) -> dict[str, KnownEntry]:
        """Entries of this feed that were published before, by key."""
        found: dict[str, KnownEntry] = {}
        async with self._database.read() as connection:
            for chunk in _chunks(keys):
                query = sa.select(entries).where(entries.c.feed_id == feed_id, entries.c.entry_key.in_(chunk))
                for row in (await connection.execute(query)).mappings():
                    found[row["entry_key"]] = KnownEntry(**row)
        return found

    async def record_poll(self, state: FeedState, poll: Poll, published: Sequence[KnownEntry]) -> None:
        """Store what a poll changed, all of it or nothing; recording again what was recorded does no harm
        but for a second line in the list of polls."""
        async with self._database.write() as connection:
            save = insert_into(connection, feed_state).values(**_state_row(state))
            await connection.execute(
                save.on_conflict_do_update(
                    index_elements=["feed_id"], set_=_excluded(save.excluded, "feed_id")
                )
            )
            if published:
                keep = insert_into(connection, entries)
                keep = keep.on_conflict_do_update(
                    index_elements=["feed_id", "entry_key"],
                    set_=_excluded(keep.excluded, "feed_id", "entry_key"),
                )
                await connection.execute(keep, [asdict(entry) for entry in published])
            await connection.execute(sa.insert(polls).values(**_poll_row(poll)))
            await connection.execute(_forget_old_polls(poll.feed_id))

    async def polls(self, feed_id: str, limit: int) -> tuple[Poll, ...]:
        """The last polls of this feed, the newest first."""
        query = (
            sa.select(polls).where(polls.c.feed_id == feed_id).order_by(polls.c.sequence.desc()).limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(_poll(row) for row in rows)

    async def _feeds(self, query: sa.Select[Any]) -> tuple[Feed, ...]:
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(_feed(row) for row in rows)


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def _excluded(row: sa.ColumnCollection[str, Any], *keys: str) -> dict[str, Any]:
    return {column.name: column for column in row if column.name not in keys}


def _forget_old_polls(feed_id: str) -> sa.Delete:
    mine = polls.c.feed_id == feed_id
    newest_first = sa.select(polls.c.sequence).where(mine).order_by(polls.c.sequence.desc())
    first_forgotten = newest_first.offset(KEPT_POLLS).limit(1).scalar_subquery()
    return sa.delete(polls).where(mine, polls.c.sequence <= first_forgotten)


def _feed(row: sa.RowMapping) -> Feed:
    seconds = row["interval_seconds"]
    return Feed(
        id=row["id"],
        url=row["url"],
        name=row["name"],
        outlet=row["outlet"],
        language=row["language"],
        enabled=row["enabled"],
        interval=None if seconds is None else timedelta(seconds=seconds),
    )


def _feed_row(feed: Feed) -> dict[str, Any]:
    return {
        "id": feed.id,
        "url": feed.url,
        "name": feed.name,
        "outlet": feed.outlet,
        "language": feed.language,
        "enabled": feed.enabled,
        "interval_seconds": None if feed.interval is None else int(feed.interval.total_seconds()),
    }


def _state(row: sa.RowMapping) -> FeedState:
    columns: dict[str, Any] = {**row}
    validators = Validators(**{name: columns.pop(name) for name in ("etag", "last_modified", "body_hash")})
    return FeedState(validators=validators, **columns)


def _state_row(state: FeedState) -> dict[str, Any]:
    columns = asdict(state)
    return {**columns.pop("validators"), **columns}


def _poll(row: sa.RowMapping) -> Poll:
    return Poll(
        feed_id=row["feed_id"],
        at=row["at"],
        outcome=row["outcome"],
        status=row["status"],
        elapsed=timedelta(milliseconds=row["elapsed_ms"]),
        entries=row["entries"],
        error=row["error"],
    )


def _poll_row(poll: Poll) -> dict[str, Any]:
    return {
        "feed_id": poll.feed_id,
        "at": poll.at,
        "outcome": poll.outcome,
        "status": poll.status,
        "elapsed_ms": round(poll.elapsed.total_seconds() * 1000),
        "entries": poll.entries,
        "error": poll.error,
    }
