"""The stream on Apache Kafka, through aiokafka."""

from shared.bus.kafka.limits import KafkaLimits
from shared.bus.kafka.stream import KafkaStream

__all__ = ["KafkaLimits", "KafkaStream"]
