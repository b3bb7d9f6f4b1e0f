"""The names of topics and consumer groups, and how the topics are made."""

from datetime import timedelta

from shared.ports import TopicSpec

STORIES = "stories"
TAGGED_STORIES = "tagged-stories"
ALERTS = "alerts"
FEED_EVENTS = "feed-events"
FEED_HUBS = "feed-hubs"
FEED_PUSHES = "feed-pushes"

TAG_GROUP = "tag"
CORRELATE_GROUP = "correlate"
DELIVER_GROUP = "deliver"
REPORT_GROUP = "report"
WEBSUB_GROUP = "websub"
PUSH_GROUP = "push"

GROUP_TOPIC = {
    TAG_GROUP: STORIES,
    CORRELATE_GROUP: TAGGED_STORIES,
    DELIVER_GROUP: ALERTS,
    REPORT_GROUP: FEED_EVENTS,
    WEBSUB_GROUP: FEED_HUBS,
    PUSH_GROUP: FEED_PUSHES,
}
"""Which topic each group reads."""

DEAD_SUFFIX = ".dead"
RETENTION = timedelta(days=30)
PUSH_RETENTION = timedelta(days=1)
"""Pushed documents are large, and polls see what they said."""


def dead_letter_topic(topic: str) -> str:
    """Where records of `topic` go that cannot be handled."""
    return topic + DEAD_SUFFIX


def topic_specs(partitions: int) -> tuple[TopicSpec, ...]:
    """Every topic of Pactwatch; work topics get `partitions`, dead-letter topics one, kept for ever."""
    work = (STORIES, TAGGED_STORIES, ALERTS, FEED_EVENTS, FEED_HUBS, FEED_PUSHES)
    return (
        *(TopicSpec(name=topic, partitions=partitions, retention=_retention(topic)) for topic in work),
        *(TopicSpec(name=dead_letter_topic(topic), partitions=1) for topic in work),
    )


def _retention(topic: str) -> timedelta:
    return PUSH_RETENTION if topic == FEED_PUSHES else RETENTION
