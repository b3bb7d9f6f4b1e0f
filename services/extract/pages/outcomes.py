"""What came of looking for a story's page, in words that metrics and logs share."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, Literal

from shared.errors import (
    BodyTooLargeError,
    DestinationBlockedError,
    PactwatchError,
    TooManyRedirectsError,
)

ArticleOutcome = Literal[
    "taken",  # the page's text was taken
    "known",  # it was taken before, when the same revision was tagged
    "kept",  # not taken, so the text taken for an earlier revision stays
    "not_now",  # the domain's next turn, or the page, came later than a story waits
    "held",  # the domain asked for patience before
    "silent",  # the domain did not answer a moment ago
    "robots",  # robots.txt does not want us there
    "paywall",  # the page is for subscribers
    "refused",
    "gone",
    "busy",  # the server asks for patience now
    "not_modified",  # an answer to a question that was not asked
    "http_error",
    "blocked",  # the address is not a public one
    "unreachable",
    "too_large",
    "not_html",
    "unreadable",  # it cost a worker more than a page may
    "no_words",  # a page without a report in it
    "shorter",  # it says less than the teaser
    "other_words",  # a page about something else, such as consent
    "failed",  # a mistake of ours
]

HTML: Final = ("text/html", "application/xhtml+xml")
_STATUSES: Final[Mapping[int, ArticleOutcome]] = {
    HTTPStatus.NOT_MODIFIED: "not_modified",
    HTTPStatus.UNAUTHORIZED: "refused",
    HTTPStatus.PAYMENT_REQUIRED: "paywall",
    HTTPStatus.FORBIDDEN: "refused",
    HTTPStatus.NOT_FOUND: "gone",
    HTTPStatus.GONE: "gone",
    HTTPStatus.TOO_MANY_REQUESTS: "busy",
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: "refused",
    HTTPStatus.SERVICE_UNAVAILABLE: "busy",
}


def refusal(status: int, content_type: str) -> ArticleOutcome | None:
    """Why an answer holds no page of ours; None if it does."""
    if status != HTTPStatus.OK:
        return _STATUSES.get(status, "http_error")
    kind = content_type.partition(";")[0].strip().lower()
    return None if not kind or kind in HTML else "not_html"


def fault(error: PactwatchError) -> ArticleOutcome:
    """What a request that brought no answer came to."""
    match error:
        case DestinationBlockedError():
            return "blocked"
        case BodyTooLargeError():
            return "too_large"
        case TooManyRedirectsError():
            return "http_error"
        case _:
            return "unreachable"
