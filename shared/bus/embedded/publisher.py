"""Puts records into the embedded log."""

from collections.abc import Callable, Sequence
from functools import partial

from shared.bus.embedded import log
from shared.bus.embedded.bell import Bell
from shared.bus.embedded.file import LogFile
from shared.errors import RecordTooLargeError
from shared.messages import MAX_VALUE_BYTES
from shared.model.times import Clock
from shared.ports import OutgoingRecord


class EmbeddedPublisher:
    """Publishes each batch in one transaction: all of it is durable, or nothing. Built by EmbeddedStream."""

    def __init__(self, *, file: LogFile, bell: Bell, clock: Clock, on_published: Callable[[], None]) -> None:
        self._file = file
        self._bell = bell
        self._clock = clock
        self._on_published = on_published

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        """As the port says; also PermanentError, nothing being written, when a topic does not exist."""
        batch = tuple(records)
        for record in batch:
            if len(record.value) > MAX_VALUE_BYTES:
                raise RecordTooLargeError(f"{len(record.value)} bytes for {record.topic}, key {record.key!r}")
        if not batch:
            return
        await self._file.write(partial(log.append, records=batch, now=self._clock()))
        self._bell.ring()
        self._on_published()

    async def close(self) -> None:
        """The file belongs to the stream."""
