"""The names of topics and consumer groups, and how the topics are made."""

from datetime import timedelta

from shared.ports import TopicSpec

STORIES = "stories"
TAGGED_STORIES = "tagged-stories"
ALERTS = "alerts"

TAG_GROUP = "tag"
CORRELATE_GROUP = "correlate"
DELIVER_GROUP = "deliver"

GROUP_TOPIC = {TAG_GROUP: STORIES, CORRELATE_GROUP: TAGGED_STORIES, DELIVER_GROUP: ALERTS}
"""Which topic each group reads."""

DEAD_SUFFIX = ".dead"
RETENTION = timedelta(days=30)


def dead_letter_topic(topic: str) -> str:
    """Where records of `topic` go that cannot be handled."""
    return topic + DEAD_SUFFIX


def topic_specs(partitions: int) -> tuple[TopicSpec, ...]:
    """Every topic of Pactwatch; work topics get `partitions`, dead-letter topics one, kept for ever."""
    work = (STORIES, TAGGED_STORIES, ALERTS)
    return (
        *(TopicSpec(name=topic, partitions=partitions, retention=RETENTION) for topic in work),
        *(TopicSpec(name=dead_letter_topic(topic), partitions=1) for topic in work),
    )
