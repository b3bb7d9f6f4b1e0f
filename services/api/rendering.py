"""An alert as the body of a webhook message."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from shared.model.alert import Alert

MAX_BODY_BYTES: Final = 64 * 1024
MAX_STORIES: Final = 20
_THIN_FIELDS: Final = (
    *("id", "event_id", "watch", "sequence", "reason", "severity", "certainty"),
    *("published_at", "first_seen_at", "alerted_at"),
)
_THIN_TEXT, _THIN_WORD, _THIN_LIST, _THIN_REFERENCES = 500, 100, 10, 20


def message_type(alert: Alert) -> str:
    """The `type` of the message, such as `alert.correction`; receivers filter by it."""
    return f"alert.{alert.reason}"


def render(alert: Alert) -> bytes:
    """`{"type", "timestamp", "data"}` as Standard Webhooks has it, at most 64 KiB of UTF-8 JSON.

    `data` is the alert. What does not fit is left out and counted, never silently: stories first
    (`stories_left_out`), then claims (`claims_left_out`), at last everything but the alert's identity.
    """
    return next(body for body in _ever_smaller(alert) if len(body) <= MAX_BODY_BYTES)


def _ever_smaller(alert: Alert) -> Iterator[bytes]:
    whole: dict[str, Any] = msgspec.to_builtins(alert)
    stories = min(len(alert.stories), MAX_STORIES)
    yield _body(alert, whole, stories=stories, claims=len(alert.claims))
    for fewer in range(stories - 1, 0, -1):
        yield _body(alert, whole, stories=fewer, claims=len(alert.claims))
    claims = len(alert.claims)
    while claims > 0:
        claims //= 2
        yield _body(alert, whole, stories=1, claims=claims)
    yield _body(alert, _thin(alert, whole), stories=0, claims=0)


def _body(alert: Alert, content: dict[str, Any], *, stories: int, claims: int) -> bytes:
    content = content | {
        "stories": content["stories"][:stories],
        "stories_left_out": len(alert.stories) - min(stories, len(alert.stories)),
        "claims": content["claims"][:claims],
        "claims_left_out": len(alert.claims) - claims,
    }
    envelope = {"type": message_type(alert), "timestamp": content["alerted_at"], "data": content}
    return msgspec.json.encode(envelope)


def _thin(alert: Alert, whole: dict[str, Any]) -> dict[str, Any]:
    """What every alert has room for, whatever a feed put into its texts."""
    return (
        {name: _cut(whole[name]) for name in _THIN_FIELDS}
        | {name: _cut(whole[name], _THIN_TEXT) for name in ("headline", "because", "original_headline")}
        | {
            "original_language": _cut(alert.original_language),
            "categories": _some(alert.categories),
            "coverage": {
                "outlets": _some(alert.coverage.outlets),
                "origins": alert.coverage.origins,
                "languages": _some(alert.coverage.languages),
            },
            "references": _some(alert.references, _THIN_REFERENCES),
            "stories": [],
            "claims": [],
        }
    )


def _some(words: Sequence[str], most: int = _THIN_LIST) -> list[str]:
    return [_cut(word) for word in words[:most]]


def _cut(value: Any, longest: int = _THIN_WORD) -> Any:
    return value[:longest] if isinstance(value, str) else value
