"""aiokafka's clients with the settings of ours, none of them started."""

from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from shared.bus.kafka.limits import KafkaLimits, milliseconds
from shared.bus.kafka.records import MAX_BATCH_BYTES, MAX_RECORD_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """Makes clients of the brokers named by `servers` ("host:port,host:port")."""

    servers: str
    limits: KafkaLimits

    def producer(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **self._common(),
            acks="all",
            enable_idempotence=True,
            linger_ms=10,
            request_timeout_ms=milliseconds(self.limits.request),
            compression_type="gzip",
            # Measured before compression, with what Kafka puts around the record.
            max_request_size=(MAX_RECORD_BYTES + MAX_BATCH_BYTES) // 2,
        )

    def member(self, group: str) -> AIOKafkaConsumer:
        """A member of the group; which topics, it learns from `subscribe`."""
        return AIOKafkaConsumer(
            **self._common(),
            **_FETCH,
            group_id=group,
            session_timeout_ms=milliseconds(self.limits.session),
            heartbeat_interval_ms=milliseconds(self.limits.heartbeat),
            rebalance_timeout_ms=milliseconds(self.limits.rebalance),
            request_timeout_ms=milliseconds(self.limits.member_request),
            max_poll_interval_ms=milliseconds(self.limits.idle),
        )

    def reader(self) -> AIOKafkaConsumer:
        """A consumer without a group."""
        return AIOKafkaConsumer(
            **self._common(), **_FETCH, request_timeout_ms=milliseconds(self.limits.request)
        )

    def admin(self) -> AIOKafkaAdminClient:
        return AIOKafkaAdminClient(**self._common(), request_timeout_ms=milliseconds(self.limits.request))

    def prober(self) -> AIOKafkaAdminClient:
        """One that tries every broker within the limit of a check, be they silent."""
        each = self.limits.check / (len(self.servers.split(",")) + 1)
        return AIOKafkaAdminClient(bootstrap_servers=self.servers, request_timeout_ms=milliseconds(each))

    def _common(self) -> dict[str, object]:
        return {"bootstrap_servers": self.servers, "client_id": "pactwatch", "metadata_max_age_ms": 30_000}


_FETCH: dict[str, object] = {
    "enable_auto_commit": False,
    "auto_offset_reset": "earliest",
    "max_poll_records": 100,
    "fetch_max_bytes": 8 * 1024 * 1024,
    "max_partition_fetch_bytes": MAX_BATCH_BYTES,
    "isolation_level": "read_committed",
}
