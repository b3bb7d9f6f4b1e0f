"""Letting the batch in hand finish before its partitions go to another member.

aiokafka calls `on_partitions_revoked` in a task of its own while the batch is still being handled; the member
keeps its heartbeat meanwhile, and the group waits as long as `rebalance_timeout_ms`. Waiting here for the
commit means that a member who joins or leaves in good order makes nobody do a record twice.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

import structlog
from aiokafka import ConsumerRebalanceListener

from shared.ports import StreamRecord, TopicPartition

log = structlog.get_logger()


class Drain(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka publishes no types
    """Knows which positions were handed out and not yet committed."""

    def __init__(self, limit: timedelta) -> None:
        self._limit = limit
        self._in_hand: dict[TopicPartition, int] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def busy(self) -> bool:
        """Is anything in hand?"""
        return bool(self._in_hand)

    def handed_out(self, records: Sequence[StreamRecord]) -> None:
        """Call before anybody else runs, or a rebalance may slip between."""
        for record in records:
            self._in_hand[record.source] = record.next_offset
        if records:
            self._empty.clear()

    def committed(self, positions: Mapping[TopicPartition, int]) -> None:
        for source, position in positions.items():
            if self._in_hand.get(source, 0) <= position:
                self._in_hand.pop(source, None)
        if not self._in_hand:
            self._empty.set()

    def settled(self) -> None:
        """Nothing is in hand any more, committed or given up."""
        self._in_hand.clear()
        self._empty.set()

    async def on_partitions_revoked(self, revoked: Collection[object]) -> None:
        """Called by aiokafka."""
        try:
            async with asyncio.timeout(self._limit.total_seconds()):
                await self._empty.wait()
        except TimeoutError:
            log.warning("batch_not_finished_before_rebalance", partitions=len(revoked))

    async def on_partitions_assigned(self, assigned: Collection[object]) -> None:
        """Called by aiokafka."""
        log.info("partitions_assigned", partitions=len(assigned))
