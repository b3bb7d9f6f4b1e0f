"""Which revision of its story an entry is to be sent as, if any. Pure."""

from services.ingest.entries.matching import Match
from shared.model.feed import KnownEntry


def sending(content_hash: str, match: Match) -> int | None:
    """The revision to send this content as; None if the stream has it, or only what another feed said.

    - The newest content again is nothing new, or the same revision again if it may not have arrived.
    - What this feed showed last time is nothing new, though another feed has been ahead since.
    - What another feed brought first is nothing new when this feed shows it for the first time, in whatever
      words: one has teasers, the other full texts.
    - All else is the next revision, and so is what was being sent when we died if another feed went on since.
    """
    own, rows = match.own, match.rows
    newest = max((row.revision for row in rows), default=0)
    acknowledged = max((row.acknowledged for row in rows), default=0)
    contents = {row.content_hash for row in rows if row.revision == newest}
    if newest and contents == {content_hash}:
        return None if acknowledged >= newest else newest
    if acknowledged and (match.certain if own is None else _settled(own, content_hash)):
        return None
    return newest + 1


def _settled(own: KnownEntry, content_hash: str) -> bool:
    """The feed shows what it showed, and nothing of it was under way."""
    return own.content_hash == content_hash and own.revision == own.acknowledged
