"""aiokafka's own log, which during an outage repeats itself several times a second."""

import logging

REPEAT_SECONDS = 60.0
LOGGERS = (
    "aiokafka",
    "aiokafka.cluster",
    "aiokafka.conn",
    "aiokafka.consumer.consumer",
    "aiokafka.consumer.fetcher",
    "aiokafka.consumer.group_coordinator",
    "aiokafka.producer.producer",
    "aiokafka.producer.sender",
)


class OncePerMinute(logging.Filter):
    """Lets each kind of message through once a minute, then with the number of those held back."""

    def __init__(self) -> None:
        super().__init__()
        self._passed: dict[object, float] = {}
        self._held_back: dict[object, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.msg  # aiokafka's are constant texts with arguments
        if record.created - self._passed.get(kind, -REPEAT_SECONDS) < REPEAT_SECONDS:
            self._held_back[kind] = self._held_back.get(kind, 0) + 1
            return False
        self._passed[kind] = record.created
        if held_back := self._held_back.pop(kind, 0):
            record.msg, record.args = f"{record.getMessage()} (and {held_back} more like it)", None
        return True


def hush() -> None:
    """Have aiokafka say each thing once a minute, from WARNING up; calling again changes nothing."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, OncePerMinute) for known in logger.filters):
            logger.addFilter(OncePerMinute())
            logger.setLevel(max(logger.level, logging.WARNING))
