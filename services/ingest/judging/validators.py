"""Whether a server's validators can be believed: pure.

Some servers answer "not modified" for ever. Therefore one poll in fifty asks without validators, and if it
brings news under the validators we had, they lie and are not sent for the next fifty.
"""

from typing import Final
from zlib import crc32

from shared.model.feed import FeedState, Validators

CHECKED_EVERY: Final = 50
DISTRUSTED_FOR: Final = 50
DISTRUSTED_FROM: Final = 10


def asks_with(state: FeedState) -> Validators:
    """The validators to send with the next poll; the body's hash always stays ours."""
    if _checks(state) or state.polls < state.distrusted_until:
        return Validators(body_hash=state.validators.body_hash)
    return state.validators


def lies(before: Validators, answered: Validators) -> bool:
    """Whether a document with news came under validators to which the server would have answered "not
    modified". An ETag speaks for itself; only without one does the date count."""
    if before.etag is not None:
        return answered.etag == before.etag
    return before.last_modified is not None and answered.last_modified == before.last_modified


def _checks(state: FeedState) -> bool:
    # Each feed in its own turn, the same after a restart; a feed has to be known for a while first.
    return (
        state.polls >= DISTRUSTED_FROM and (state.polls + crc32(state.feed_id.encode())) % CHECKED_EVERY == 0
    )
