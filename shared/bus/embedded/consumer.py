"""A member of a consumer group on the embedded log."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from shared.bus.embedded import groups, log
from shared.bus.embedded.bell import Bell
from shared.bus.embedded.file import LogFile
from shared.bus.embedded.groups import Member
from shared.bus.embedded.progress import (
    Claim,
    Progress,
    ProgressBySource,
    adopt,
    advance,
    busy_partitions,
    rotated,
    settle,
)
from shared.errors import CommitRefusedError, StreamUnavailableError
from shared.model.times import Clock
from shared.ports import StreamRecord, TopicPartition

POLL_BYTES = 8_000_000
CLOSE_SECONDS = 5

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a member saw in one look at the log; `stale` if it must tell the group something first."""

    progress: ProgressBySource
    records: Sequence[StreamRecord]
    stale: bool


class EmbeddedConsumer:
    """Keeps its lease by a task of its own, however long the records take. Built by EmbeddedStream."""

    def __init__(
        self,
        member: Member,
        *,
        file: LogFile,
        bell: Bell,
        clock: Clock,
        on_close: Callable[["EmbeddedConsumer"], None],
    ) -> None:
        self._member = member
        self._file = file
        self._bell = bell
        self._clock = clock
        self._on_close = on_close
        self._woken = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._progress: ProgressBySource = {}
        self._turn = 0
        self._closed = False
        self._heart: asyncio.Task[None] | None = None

    async def join(self) -> None:
        """Become a member. Raises StreamUnavailableError, and PermanentError for an unknown topic."""
        changed = await self._file.write(partial(groups.join, member=self._member, now=self._clock()))
        self._bell.listen(self._woken)
        self._ring_if(changed)
        self._heart = asyncio.create_task(self._beat())

    async def poll(self, *, max_records: int, wait: timedelta) -> Sequence[StreamRecord]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait.total_seconds()
        recheck = self._member.timings.recheck.total_seconds()
        while True:
            self._woken.clear()  # before looking, so that what comes after the look is not slept through
            records = await self._take(max_records)
            remaining = deadline - loop.time()
            if records or remaining <= 0:
                return records
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(remaining, recheck)):
                    await self._woken.wait()

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        async with self._one_at_a_time:
            self._require_open()
            settled = settle(self._progress, positions)
            settlement = await self._file.write(
                partial(
                    groups.commit,
                    member=self._member,
                    positions=dict(positions),
                    generations={source: known.generation for source, known in self._progress.items()},
                    busy=busy_partitions(settled),
                    now=self._clock(),
                )
            )
            self._progress = {
                source: progress for source, progress in settled.items() if source not in settlement.refused
            }
        self._ring_if(settlement.changed)
        if settlement.refused:
            raise CommitRefusedError(", ".join(f"{s.topic}[{s.partition}]" for s in settlement.refused))

    async def rewind(self) -> None:
        async with self._one_at_a_time:
            self._progress = {}  # the next look starts at what is committed

    async def hold(self) -> None:
        async with self._one_at_a_time:
            self._require_open()
            await self._renew()

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._bell.forget(self._woken)
        self._woken.set()
        if self._heart is not None:
            self._heart.cancel()
        leaving = partial(groups.leave, member=self._member, now=self._clock())
        try:
            async with asyncio.timeout(CLOSE_SECONDS), self._one_at_a_time:
                self._ring_if(await self._file.write(leaving))
        except (StreamUnavailableError, TimeoutError) as error:
            _log.warning("stream_leave_failed", group=self._member.group, error=str(error))
        self._on_close(self)

    async def _take(self, max_records: int) -> Sequence[StreamRecord]:
        """The records at hand now, counted as handed out."""
        async with self._one_at_a_time:
            self._require_open()
            glance = await self._glance(max_records)
            if glance.stale:
                await self._renew()
                glance = await self._glance(max_records)
            self._turn += 1
            self._progress = advance(glance.progress, glance.records)
            return glance.records

    async def _glance(self, max_records: int) -> Glance:
        looking = partial(
            _look, member=self._member, known=self._progress, turn=self._turn, max_records=max_records
        )
        return await self._file.read(looking)

    async def _renew(self) -> None:
        busy = busy_partitions(self._progress)
        renewing = partial(groups.renew, member=self._member, busy=busy, now=self._clock())
        self._ring_if(await self._file.write(renewing))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._member.timings.renew.total_seconds())
            try:
                async with self._one_at_a_time:
                    await self._renew()
            except StreamUnavailableError as error:
                _log.warning("stream_renewal_failed", group=self._member.group, error=str(error))

    def _ring_if(self, changed: bool) -> None:
        if changed:
            self._bell.ring()

    def _require_open(self) -> None:
        if self._closed:
            raise StreamUnavailableError("this consumer is closed")


def _look(
    connection: sqlite3.Connection,
    *,
    member: Member,
    known: ProgressBySource,
    turn: int,
    max_records: int,
) -> Glance:
    claims = groups.claims(connection, member)
    if claims is None:
        return Glance(progress=known, records=(), stale=True)
    progress = adopt(known, claims)
    return Glance(
        progress=progress,
        records=_records(connection, rotated(claims, turn), progress, max_records),
        stale=any(claim.draining and not progress[claim.source].busy for claim in claims),
    )


def _records(
    connection: sqlite3.Connection,
    claims: Sequence[Claim],
    progress: Mapping[TopicPartition, Progress],
    max_records: int,
) -> Sequence[StreamRecord]:
    """The next records of what is not draining, up to `max_records` or POLL_BYTES, but one at least."""
    records: list[StreamRecord] = []
    room = POLL_BYTES
    for claim in claims:
        if claim.draining:
            continue
        start = progress[claim.source].next_offset
        limit = max_records - len(records)
        for record in log.read(connection, claim.partition, claim.source, start=start, limit=limit):
            if len(record.value) > room and records:
                return records
            room -= len(record.value)
            records.append(record)
    return records
