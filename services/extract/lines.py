"""The lines that `pactwatch tag` reads and writes."""

import json
import re
from codecs import BOM_UTF8
from datetime import UTC, datetime
from typing import Any

import msgspec

from shared.errors import InputError
from shared.model.story import Story
from shared.model.tag import EntityMention, Evidence, Tags

LINE_LIMIT = 8_000_000
"""Bytes of one input line; a longer one is refused unread."""


class TagRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One story to be tagged. Keys beside these are ignored."""

    id: str
    title: str = ""
    text: str = ""
    url: str | None = None
    published_at: datetime | None = None
    """Aware; a time without zone is read as UTC, a day as its beginning."""
    outlet: str | None = None
    language: str | None = None


class _RawRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A line as archives write it: null for what is missing, times with and without zone, days."""

    id: str | int
    title: str | None = None
    text: str | None = None
    url: str | None = None
    published_at: str | None = None
    outlet: str | None = None
    language: str | None = None


_LONE_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DECODER = msgspec.json.Decoder(_RawRequest)


def read_request(line: bytes, number: int, source: str = "standard input") -> TagRequest:
    """The request on one line; InputError names source and line when it is none."""
    if len(line) > LINE_LIMIT:
        raise InputError(f"{source}:{number}: the line is longer than {LINE_LIMIT} bytes")
    try:
        return _request(_decoded(line.removeprefix(BOM_UTF8)))
    except RecursionError as error:
        raise InputError(f"{source}:{number}: nested too deeply") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{source}:{number}: not UTF-8: {error.reason}") from error
    except (msgspec.DecodeError, ValueError, OverflowError) as error:
        raise InputError(f"{source}:{number}: {error}") from error


def _decoded(line: bytes) -> _RawRequest:
    """Half a surrogate pair, which some programs write, is read as U+FFFD: so every offset stays."""
    try:
        return _DECODER.decode(line)
    except msgspec.DecodeError:
        if not _LONE_SURROGATE.search(line):
            raise
        return msgspec.convert(_mended(json.loads(line)), _RawRequest)


def _mended(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        key: _SURROGATE.sub("\ufffd", text) if isinstance(text, str) else text for key, text in value.items()
    }


def _request(raw: _RawRequest) -> TagRequest:
    return TagRequest(
        id=str(raw.id),
        title=raw.title or "",
        text=raw.text or "",
        url=raw.url,
        published_at=_moment(raw.published_at) if raw.published_at else None,
        outlet=raw.outlet,
        language=raw.language,
    )


def request_of(story: Story) -> TagRequest:
    """What tagging this story asks."""
    return TagRequest(
        id=story.id,
        title=story.title,
        text=story.text,
        url=story.url,
        published_at=story.published_at,
        outlet=story.outlet,
        language=story.language,
    )


def _moment(text: str) -> datetime:
    """Raises ValueError naming the text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"published_at {text[:60]!r} is no date or time in ISO 8601") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def to_line(story_id: str, tags: Tags) -> dict[str, Any]:
    """The answer for one story, as plain values ready for JSON."""
    return {
        "id": story_id,
        "relevant": tags.relevant,
        "score": tags.score,
        "tier": tags.tier,
        "language": tags.language,
        "categories": list(tags.categories),
        "entities": [_entity(entity) for entity in tags.entities],
        "claims": [msgspec.to_builtins(claim) for claim in tags.claims],
        "evidence": [_evidence(evidence) for evidence in tags.evidence],
        "version": tags.version,
        "codes": [msgspec.to_builtins(codes) for codes in tags.codes],
    }


def _entity(entity: EntityMention) -> dict[str, Any]:
    return {
        "id": entity.id,
        "name": entity.name,
        "type": entity.type,
        "qid": entity.qid,
        "mentions": [_evidence(mention) for mention in entity.mentions],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "text": evidence.text,
        "start": evidence.start,
        "end": evidence.end,
        "section": evidence.section,
        "rule": evidence.rule,
    }
