"""Does a subscription want an alert, or word of a feed?"""

from shared.model.alert import Alert
from shared.model.health import FeedEvent
from shared.model.subscription import Filter


def matches(wanted: Filter, alert: Alert) -> bool:
    """Every criterion of the filter must hold; an empty one asks for all.

    - `min_severity`: the alert is at least as severe.
    - `categories`: they share one.
    - `languages`: a story behind the alert is in one of them.
    - `reasons`: the alert's reason is among them.
    """
    languages = {alert.original_language, *alert.coverage.languages}
    return (
        alert.severity >= wanted.min_severity
        and _overlap(wanted.categories, set(alert.categories))
        and _overlap(wanted.languages, languages)
        and _overlap(wanted.reasons, {alert.reason})
    )


def owed_to_all_told(alert: Alert) -> bool:
    """Whoever was told something is told when it is corrected or withdrawn, whatever the filter says."""
    return alert.reason in ("correction", "retraction")


def wants_feed(wanted: Filter, event: FeedEvent) -> bool:
    """`feeds` is set, and the feed is in one of the `languages`, or in none that we know of.

    The other criteria are about alerts.
    """
    return wanted.feeds and (event.language is None or _overlap(wanted.languages, {event.language}))


def _overlap(wanted: tuple[str, ...], found: set[str]) -> bool:
    return not wanted or not found.isdisjoint(wanted)
