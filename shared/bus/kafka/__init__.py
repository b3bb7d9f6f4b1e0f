"""The stream on Apache Kafka, through aiokafka."""

from shared.bus.kafka.stream import KafkaStream

__all__ = ["KafkaStream"]
