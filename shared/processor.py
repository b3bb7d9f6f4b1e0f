"""The one consume loop. Every consumer group of Pactwatch runs it with its own handler.

    poll ▸ mark begun ▸ handle (partitions in parallel, in order inside one)
         ▸ publish results and dead letters ▸ commit the next offsets ▸ poll …

Effects first, then the offset: whatever dies in between is done again, and doing it again changes nothing. A
record that cannot be handled becomes one dead letter, and the offset moves only once that letter is on the
stream. When the stream or the database is gone the loop waits, keeps its membership and goes on by itself.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from shared.dead_letter import DeadLetterBudget, Failure, dead_letter
from shared.errors import CommitRefusedError, UnavailableError
from shared.handling import Handling
from shared.metrics import Metrics
from shared.model.times import Clock
from shared.patience import Patience, Stopped
from shared.ports import Consumer, OutgoingRecord, Publisher, Stream, StreamRecord, TopicPartition
from shared.quarantine import UnfinishedRecords, is_killer, is_suspect, quarantine_failure
from shared.retry import Randomness

Positions = Mapping[TopicPartition, int]

POLL_WAIT = timedelta(seconds=1)
MAX_RECORDS = 100
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """What one consumer group does with one topic; `run` it as often as there should be members."""

    stream: Stream
    group: str
    topic: str
    handling: Handling
    unfinished: UnfinishedRecords
    metrics: Metrics
    clock: Clock
    random: Randomness
    budget: DeadLetterBudget = field(default_factory=DeadLetterBudget)

    def patience(self, stop: asyncio.Event) -> Patience:
        """What `run` waits with; its `waiting_for` tells readiness why the group does not move."""
        return Patience(name=self.group, metrics=self.metrics, random=self.random, stop=stop)

    async def run(self, patience: Patience) -> None:
        """Consume until `patience.stop` is set; the batch in hand is finished, unless a server is gone."""
        consumer = publisher = None
        try:
            publisher = await patience.insist(self.stream.publisher)
            consumer = await patience.insist(self._join)
            patience.meanwhile = consumer.hold
            member = _Member(self, consumer, publisher, patience)
            while not patience.stop.is_set():
                await member.step()
        except Stopped:
            log.info("stopped_waiting", group=self.group, waiting_for=patience.waiting_for)
        finally:
            for side in (consumer, publisher):
                if side is not None:
                    await side.close()

    async def _join(self) -> Consumer:
        return await self.stream.consumer(group=self.group, topics=(self.topic,))


@dataclass(frozen=True, slots=True)
class _Member:
    """One running member of the group: the loop's body."""

    group: Processor
    consumer: Consumer
    publisher: Publisher
    patience: Patience

    async def step(self) -> None:
        """Poll once and see the batch through."""
        batch = await self.patience.insist(
            lambda: self.consumer.poll(max_records=MAX_RECORDS, wait=POLL_WAIT)
        )
        touched = {record.source for record in batch}
        try:
            await self._batch(batch)
        except CommitRefusedError as error:
            # Somebody else has the partition and does these records again; what we did is idempotent.
            self.group.metrics.commits.labels(self.group.group, "refused").inc()
            log.info("commit_refused", group=self.group.group, error=str(error))
            await self.patience.insist(lambda: self.group.unfinished.done(touched))
            await self.patience.insist(self.consumer.rewind)
        except Stopped:
            await self._give_back(touched)
            raise

    async def _give_back(self, touched: Collection[TopicPartition]) -> None:
        """Alive and leaving: the marks must not count as deaths. Without a database they stay."""
        try:
            await self.group.unfinished.done(touched)
        except UnavailableError as error:
            log.debug("marks_left", group=self.group.group, error=str(error))

    async def _batch(self, batch: Sequence[StreamRecord]) -> None:
        partitions: dict[TopicPartition, list[StreamRecord]] = defaultdict(list)
        for record in batch:
            partitions[record.source].append(record)
        if not partitions:
            return
        starts = await self._begin({source: records[0].offset for source, records in partitions.items()})
        sound = [records for source, records in partitions.items() if not is_suspect(starts[source])]
        suspects = [records for source, records in partitions.items() if is_suspect(starts[source])]
        # Only one of them is begun at a time: what dies now must not be blamed on the others, who wait.
        waiting = [records[0].source for records in suspects[1:]]
        if waiting:
            await self.patience.insist(lambda: self.group.unfinished.done(waiting))
        results = await self._in_parallel(sound)
        await self._finish(results, {records[-1].source: records[-1].next_offset for records in sound})
        for records in suspects:
            first = records[0].source
            await self._carefully(records, None if first in waiting else starts[first])

    async def _in_parallel(self, partitions: Sequence[Sequence[StreamRecord]]) -> list[OutgoingRecord]:
        outcomes = await asyncio.gather(
            *(self._handle_all(records) for records in partitions),
            return_exceptions=True,  # so that none is still running when one has failed
        )
        results: list[OutgoingRecord] = []
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            results.extend(outcome)
        return results

    async def _carefully(self, records: Sequence[StreamRecord], starts: int | None) -> None:
        """One record at a time, each marked and committed by itself: one of them may kill this process.

        `starts` is how often the first was begun, None if it is not begun yet.
        """
        for record in records:
            if starts is None:
                starts = (await self._begin({record.source: record.offset}))[record.source]
            if is_killer(starts):
                results = [self._bury(record, quarantine_failure(starts, self.group.clock()))]
            else:
                results = await self._handle_all([record])
            await self._finish(results, {record.source: record.next_offset})
            starts = None

    async def _handle_all(self, records: Sequence[StreamRecord]) -> list[OutgoingRecord]:
        results: list[OutgoingRecord] = []
        for record in records:
            results.extend(await self._handle(record))
        return results

    async def _handle(self, record: StreamRecord) -> Sequence[OutgoingRecord]:
        with self.group.metrics.record_seconds.labels(self.group.group).time():
            outcome = await self.patience.insist(lambda: self.group.handling.run(record))
        if isinstance(outcome, Failure):
            return (self._bury(record, outcome),)
        self.group.metrics.records.labels(self.group.group, "handled").inc()
        return outcome

    def _bury(self, record: StreamRecord, failure: Failure) -> OutgoingRecord:
        self.group.metrics.records.labels(self.group.group, "dead").inc()
        self.group.metrics.dead_letters.labels(record.topic, failure.error).inc()
        self.group.budget.spend(self.group.clock())
        log.error(
            "record_dead_lettered",
            group=self.group.group,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            error=failure.error,
            message=failure.message,
        )
        return dead_letter(record, failure, group=self.group.group)

    async def _begin(self, offsets: Positions) -> Positions:
        return await self.patience.insist(lambda: self.group.unfinished.begin(offsets, self.group.clock()))

    async def _finish(self, results: Sequence[OutgoingRecord], positions: Positions) -> None:
        while self.group.budget.exhausted(self.group.clock()):
            await self.patience.pause("too many dead letters", tries=5)
        if results:
            await self.patience.insist(lambda: self.publisher.publish(results))
        if positions:
            await self.patience.insist(lambda: self.consumer.commit(positions))
            self.group.metrics.commits.labels(self.group.group, "committed").inc()
