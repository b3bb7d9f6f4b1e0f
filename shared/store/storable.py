"""Values as both databases can hold them. PostgreSQL holds no NUL character, in text or in JSON."""

from typing import Any

import msgspec

REPLACEMENT = "\ufffd"


def storable_text(text: str) -> str:
    """The text with each NUL replaced by one other character, so that spans still fit."""
    return text.replace("\0", REPLACEMENT)


def storable_json(value: object) -> Any:
    """A value of ours as plain JSON types, for a JSON column; `msgspec.convert` reads it back."""
    return _without_nul(msgspec.to_builtins(value, builtin_types=()))


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nul(item) for item in value]
    return value
