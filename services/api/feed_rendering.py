"""A change of a feed's health as the body of a webhook message, alone or among many."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, cast

import msgspec

from services.api.rendering import MAX_BODY_BYTES
from shared.model.health import FeedCause, FeedEvent, HealthState

DIGEST_TYPE: Final = "feed.changes"
"""The type of a message about many feeds."""
MEANINGS: Final[Mapping[HealthState, str]] = {
    "healthy": "is read again",
    "slow": "answers late",
    "stale": "has not been read for several of its intervals",
    "silent": "has brought nothing new for longer than is usual for it",
    "partial": "sends documents that end early",
    "failing": "could not be read several times in a row",
    "blocked": "is refused to us",
    "gone": "is no more, says its server",
    "moved": "is read at another address than configured",
}
"""What each state means to a newsroom; the feed's name comes before."""
CAUSES: Final[Mapping[FeedCause, str]] = {
    "refused": "refuses us",
    "robot_check": "shows us a page that checks for robots",
    "login_page": "shows us a page to log in or consent",
    "own_guard": "has an address that our own guard refuses",
    "web_page": "gives a web page instead of a feed",
    "not_a_feed": "gives something that is no feed",
    "not_found": "is not there, says its server",
    "unreachable": "cannot be reached",
    "server_error": "answers with errors",
    "busy": "keeps asking us for patience",
    "too_large": "is larger than we read",
    "parse_timeout": "takes too long to be understood",
}
"""The same where the cause is known, which says more."""

_LONGEST: Final = {
    "feed_url": 2048,
    "name": 300,
    "outlet": 200,
    "language": 40,
    "reason": 1000,
    "before_reason": 1000,
}
_UNITS: Final = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))


def feed_message_type(event: FeedEvent) -> str:
    """`feed.unhealthy` or `feed.recovered`; receivers filter by it."""
    return f"feed.{event.kind}"


def render_feed_event(event: FeedEvent) -> bytes:
    """`{"type", "timestamp", "data"}` as for alerts, at most 64 KiB of UTF-8 JSON.

    `data` is the event, with its reason called `because` and the whole in words as `headline`.
    """
    content = _content(event)
    return msgspec.json.encode(
        {"type": feed_message_type(event), "timestamp": content["at"], "data": content}
    )


def render_digest(event: FeedEvent, before: bytes | None) -> bytes:
    """The body of a message about many changes: `before` with one more, or the first.

    `data` has `changes`, each like the data of a single message, in the order in which they were told, how
    many were `unhealthy` and `recovered`, and `left_out`, how many of them 64 KiB have no room for.
    """
    content = _content(event)
    digest = _empty() if before is None else cast(dict[str, Any], msgspec.json.decode(before))["data"]
    digest[event.kind] += 1
    digest["headline"] = f"Feeds: {digest['unhealthy']} became unhealthy, {digest['recovered']} recovered"
    digest["changes"].append(content)
    body = _digest_body(digest, content["at"])
    if len(body) > MAX_BODY_BYTES:
        digest["changes"].pop()
        digest["left_out"] += 1
        body = _digest_body(digest, content["at"])
    return body


def _empty() -> dict[str, Any]:
    return {"headline": "", "unhealthy": 0, "recovered": 0, "left_out": 0, "changes": []}


def _digest_body(digest: dict[str, Any], at: str) -> bytes:
    return msgspec.json.encode({"type": DIGEST_TYPE, "timestamp": at, "data": digest})


def _content(event: FeedEvent) -> dict[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(event)
    for name, longest in _LONGEST.items():
        whole[name] = whole[name] and whole[name][:longest]
    reason, old_reason = whole.pop("reason"), whole["before_reason"]
    because = _recovery(event, old_reason) if event.kind == "recovered" else reason
    return {"headline": f"{whole['name']} {_meaning(event)}", "because": because or reason} | whole


def _meaning(event: FeedEvent) -> str:
    return MEANINGS[event.health] if event.cause is None else CAUSES[event.cause]


def _recovery(event: FeedEvent, reason: str | None) -> str | None:
    """What a feed recovered from; None for an event of before that was told."""
    if event.before is None or event.before_since is None:
        return None
    return f"after {_in_words(event.at - event.before_since)} {event.before}: {reason}"


def _in_words(time: timedelta) -> str:
    """The time in its largest whole unit, such as "7 minutes"."""
    for unit, name in _UNITS:
        count = time // unit
        if count > 0:
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "less than a minute"
