"""Ids are derived from what they name (uuid5 of a natural key): doing a thing twice changes nothing."""

from hashlib import sha256
from uuid import UUID, uuid5

PACTWATCH = UUID("6f0f4d0e-5f0b-5b6e-9d6c-0a3c1d6b7f10")


def derive_id(kind: str, *parts: str) -> str:
    """The id of the `kind` of thing that `parts` name; equal parts give equal ids, on every machine.

    Parts are length-prefixed: ("a", "bc") and ("ab", "c") are different things.
    """
    name = "".join(f"{len(part)}:{part}" for part in (kind, *parts))
    return str(uuid5(PACTWATCH, name))


def feed_id(url: str) -> str:
    """The feed at that address."""
    return derive_id("feed", url)


def story_id(outlet: str, entry_key: str) -> str:
    """One outlet's entry, in whichever of its feeds it appears."""
    return derive_id("story", outlet, entry_key)


def feed_event_id(feed: str, change: int, health: str) -> str:
    """A change of a feed's health, its first is 0, to that state: whoever died between telling and storing it
    may find another one under the same number."""
    return derive_id("feed-event", feed, str(change), health)


def alert_id(event_id: str, reason: str, story: str, revision: int) -> str:
    """The alert that this revision of a story caused in an event, for this reason."""
    return derive_id("alert", event_id, reason, story, str(revision))


def delivery_id(message_id: str, subscription_id: str) -> str:
    """One message on its way to one subscription."""
    return derive_id("delivery", message_id, subscription_id)


def message_id(subject: str) -> str:
    """The webhook-id under which word of an alert, or of a change of a feed's health, is delivered: the same
    for every endpoint, retry and replay.

    Standard Webhooks forbids a full stop in it.
    """
    return "msg_" + derive_id("message", subject).replace("-", "")


def feed_digest_id(subscription: str, period: str) -> str:
    """What a subscription is told at once of the many feeds that changed in a period."""
    return derive_id("feed-digest", subscription, period)


def websub_id(feed: str, hub: str, topic: str) -> str:
    """Our subscription for a feed, at one hub, to one topic."""
    return derive_id("websub", feed, hub, topic)


def push_id(feed: str, at: str, body: bytes | None) -> str:
    """What a hub sent for a feed, at that moment."""
    return derive_id("push", feed, at, sha256(body or b"").hexdigest())
