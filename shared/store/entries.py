"""Entries of feeds as they were last sent to the stream."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shared.db import Database
from shared.model.feed import KnownEntry
from shared.store.chunks import chunks
from shared.store.upsert import upsert_into
from shared.tables import entries


class EntryStore:
    """What tells a revision from a repeat. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(
        self, outlet: str, keys: Sequence[str], link_keys: Sequence[str]
    ) -> tuple[KnownEntry, ...]:
        """All rows of the stories of which any feed of this outlet used one of these keys or links."""
        found: dict[tuple[str, str], KnownEntry] = {}
        async with self._database.read() as connection:
            for column, values in ((entries.c.entry_key, keys), (entries.c.link_key, link_keys)):
                for chunk in chunks(values):
                    named = sa.select(entries.c.story_id).where(entries.c.outlet == outlet, column.in_(chunk))
                    query = sa.select(entries).where(entries.c.story_id.in_(named))
                    for row in (await connection.execute(query)).mappings():
                        found[row["feed_id"], row["entry_key"]] = KnownEntry(**row)
        return tuple(found[name] for name in sorted(found))

    async def hold(self, held: Sequence[KnownEntry]) -> None:
        """Store what is about to be published, all of it or nothing; it replaces what was known."""
        if held:
            async with self._database.write() as connection:
                await connection.execute(upsert_into(connection, entries), entry_rows(held))

    async def forget(self, before: datetime, limit: int) -> int:
        """Delete entries of stories that no feed showed since that moment, at most `limit`; how many."""
        again = entries.alias()
        seen_since = sa.exists().where(again.c.story_id == entries.c.story_id, again.c.last_seen_at >= before)
        oldest = sa.select(entries.c.feed_id, entries.c.entry_key).where(
            entries.c.last_seen_at < before, sa.not_(seen_since)
        )
        chosen = oldest.order_by(entries.c.last_seen_at).limit(limit).subquery()
        names = sa.tuple_(entries.c.feed_id, entries.c.entry_key)
        delete = sa.delete(entries).where(names.in_(sa.select(chosen.c.feed_id, chosen.c.entry_key)))
        async with self._database.write() as connection:
            result = await connection.execute(delete)
        return result.rowcount


def entry_rows(known: Iterable[KnownEntry]) -> list[dict[str, Any]]:
    """One row for each entry, in the order of their keys, so that two writers never wait for each other; of
    several of one entry the last."""
    found = {(entry.feed_id, entry.entry_key): entry for entry in known}
    return [_row(found[name]) for name in sorted(found)]


def _row(entry: KnownEntry) -> dict[str, Any]:
    return {
        "feed_id": entry.feed_id,
        "outlet": entry.outlet,
        "entry_key": entry.entry_key,
        "story_id": entry.story_id,
        "revision": entry.revision,
        "acknowledged": entry.acknowledged,
        "content_hash": entry.content_hash,
        "link_key": entry.link_key,
        "title_key": entry.title_key,
        "published_at": entry.published_at,
        "first_seen_at": entry.first_seen_at,
        "last_seen_at": entry.last_seen_at,
    }
