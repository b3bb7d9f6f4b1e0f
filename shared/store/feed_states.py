"""What ingest knows of each feed between polls, and what its polls were."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa

from shared.db import Database
from shared.model.feed import FeedState, KnownEntry, Outage, Poll
from shared.store.chunks import chunks
from shared.store.entries import entry_rows
from shared.store.feed_state_rows import lasting, passing_row, poll_of, poll_row, state_of, state_row
from shared.store.upsert import upsert_into
from shared.tables import entries, feed_state, outages, polls

KEPT_POLLS: Final = 100
"""How many polls of each feed are remembered."""
PRUNED_EVERY: Final = 20
"""Older polls of a feed are deleted at each poll of it whose number divides by this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What one poll leaves behind. `entries` are the rows it changes, acknowledged; `dropped` the keys of
    this feed under which nothing needs to be known any more. `poll` is None where something else than a poll
    changed what is known: a pushed document, or the time that passed. `stored` is what is stored of the feed
    so far, so that only what differs is written; None writes all."""

    state: FeedState
    poll: Poll | None
    stored: FeedState | None = None
    entries: Sequence[KnownEntry] = ()
    dropped: Sequence[str] = ()


class FeedStateStore:
    """States and polls of feeds. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def states(self, ids: Sequence[str]) -> dict[str, FeedState]:
        """What is known of these feeds, for those ever polled."""
        found: dict[str, FeedState] = {}
        async with self._database.read() as connection:
            for chunk in chunks(ids):
                query = sa.select(feed_state).where(feed_state.c.feed_id.in_(chunk))
                for row in (await connection.execute(query)).mappings():
                    found[row["feed_id"]] = state_of(row)
        return found

    async def polls(self, feed_id: str, limit: int) -> tuple[Poll, ...]:
        """The last polls of this feed, the newest first, at most a hundred."""
        newest_first = sa.select(polls).where(polls.c.feed_id == feed_id).order_by(polls.c.sequence.desc())
        query = newest_first.limit(min(limit, KEPT_POLLS))
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(poll_of(row) for row in rows)

    async def record(self, recordings: Sequence[Recording]) -> None:
        """Store what these polls changed, all of it or nothing; of several of one feed the last state stays.

        Recording again what was recorded does no harm but for a second line in the list of polls.
        """
        if not recordings:
            return
        whole, passing = _states(recordings)
        kept, dropped = _entries(recordings)
        lines = [poll_row(recording.poll) for recording in recordings if recording.poll is not None]
        crowded = sorted(each.state.feed_id for each in recordings if each.state.polls % PRUNED_EVERY == 0)
        async with self._database.write() as connection:
            if whole:
                await connection.execute(upsert_into(connection, feed_state), whole)
            if passing:
                await connection.execute(_PASSING, passing)
            if kept:
                await connection.execute(upsert_into(connection, entries), entry_rows(kept))
            if dropped:
                await connection.execute(_DROPPED_ENTRY, dropped)
            if lines:
                await connection.execute(_POLLS, lines)
            if crowded:
                await connection.execute(_OLD_POLLS, [{"of": feed_id} for feed_id in crowded])

    async def outage(self) -> Outage | None:
        """The outage of ours that has not ended, if there is one."""
        query = sa.select(outages).where(outages.c.ended_at.is_(None)).order_by(outages.c.began_at.desc())
        async with self._database.read() as connection:
            row = (await connection.execute(query.limit(1))).mappings().first()
        return None if row is None else Outage(**row)

    async def save_outage(self, outage: Outage) -> None:
        """Begin or end an outage; `began_at` names it."""
        row = {"began_at": outage.began_at, "ended_at": outage.ended_at, "reason": outage.reason}
        async with self._database.write() as connection:
            await connection.execute(upsert_into(connection, outages), [row])


def _states(recordings: Sequence[Recording]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Whole rows, and of feeds of which nothing lasting changed what changes with every poll; in order of
    feed, so that two who store cannot wait for each other."""
    last: dict[str, Recording] = {}
    twice: set[str] = set()
    for recording in recordings:
        feed_id = recording.state.feed_id
        twice.update([feed_id] if feed_id in last else [])
        last[feed_id] = recording
    whole, passing = [], []
    for feed_id, recording in sorted(last.items(), key=itemgetter(0)):
        state, stored = recording.state, recording.stored
        if stored is None or feed_id in twice or lasting(state) != lasting(stored):
            whole.append(state_row(state))
        else:
            passing.append({"of": feed_id, **passing_row(state)})
    return whole, passing


def _entries(recordings: Sequence[Recording]) -> tuple[list[KnownEntry], list[dict[str, str]]]:
    """What is to be stored and what to be deleted; of one entry the last word counts."""
    last: dict[tuple[str, str], KnownEntry | None] = {}
    for recording in recordings:
        last.update({(recording.state.feed_id, key): None for key in recording.dropped})
        last.update({(entry.feed_id, entry.entry_key): entry for entry in recording.entries})
    dropped = [{"of": feed_id, "key": key} for (feed_id, key), entry in last.items() if entry is None]
    return [entry for entry in last.values() if entry is not None], dropped


def _old_polls() -> sa.Delete:
    mine = polls.c.feed_id == sa.bindparam("of")
    newest_first = sa.select(polls.c.sequence).where(mine).order_by(polls.c.sequence.desc())
    first_forgotten = newest_first.offset(KEPT_POLLS).limit(1).scalar_subquery()
    return sa.delete(polls).where(mine, polls.c.sequence <= first_forgotten)


_PASSING: Final = sa.update(feed_state).where(feed_state.c.feed_id == sa.bindparam("of"))
_POLLS: Final = sa.insert(polls)
_OLD_POLLS: Final = _old_polls()
_DROPPED_ENTRY: Final = sa.delete(entries).where(
    entries.c.feed_id == sa.bindparam("of"), entries.c.entry_key == sa.bindparam("key")
)
