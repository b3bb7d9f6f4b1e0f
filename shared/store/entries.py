"""Entries of feeds as they were last sent to the stream."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from shared.db import Database
from shared.model.feed import KnownEntry
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
        names = {"outlet": outlet, "keys": list(keys), "links": list(link_keys)}
        async with self._database.read() as connection:
            rows = await connection.execute(_KNOWN[connection.dialect.name], names)
            found = [KnownEntry(**dict(zip(_FIELDS, row, strict=True))) for row in rows]
        return tuple(sorted(found, key=lambda entry: (entry.feed_id, entry.entry_key)))

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


def _known(elements: str) -> sa.Select[Any]:
    """`elements` is the database's function from a list in JSON to rows: one parameter costs less than one
    for each of hundreds of names. Made once, which takes longer than to find fifty entries."""

    def names(parameter: str) -> sa.Select[Any]:
        listed = getattr(sa.func, elements)(sa.bindparam(parameter, type_=sa.JSON))
        return sa.select(listed.table_valued("value").c.value)

    ours = entries.c.outlet == sa.bindparam("outlet")
    by_key, by_link = entries.c.entry_key.in_(names("keys")), entries.c.link_key.in_(names("links"))
    # Apart, so that each has its index: for one condition with OR SQLite would look at the whole outlet.
    named = sa.union(*(sa.select(entries.c.story_id).where(ours, by) for by in (by_key, by_link)))
    return sa.select(*(entries.c[field] for field in _FIELDS)).where(entries.c.story_id.in_(named))


_FIELDS: Final = tuple(field.name for field in fields(KnownEntry))
_KNOWN: Final = {"sqlite": _known("json_each"), "postgresql": _known("json_array_elements_text")}
