"""Every error of ours. The class says what to do: nobody guesses from a message.

PactwatchError
├── RetryableError               the same call may succeed later
│   ├── UnavailableError         a server of ours is gone: wait for it as long as it takes, lose nothing
│   │   ├── StreamUnavailableError
│   │   └── DatabaseUnavailableError
│   └── TransientError           try a few times, then give up
│       ├── FetchError
│       │   └── BodyCutError
│       ├── OverloadedError
│       ├── WorkerCrashedError
│       └── WorkerTimeoutError
├── CommitRefusedError           the partition belongs to somebody else now: drop the work, it is redelivered
└── PermanentError               the same call fails the same way for ever
    ├── MalformedError           bytes from outside that are not what they claim to be
    │   ├── DecodeError
    │   ├── SchemaFromFutureError
    │   └── FeedUnreadableError
    │       └── PageInsteadError
    ├── RecordTooLargeError
    ├── DestinationBlockedError
    ├── BodyTooLargeError
    ├── TooManyRedirectsError
    └── InputError               what a person gave us is wrong; the command line exits with 2
        ├── SettingsError
        └── LexiconError

The default message is the docstring; details that identify the case are the constructor's argument.
Foreign exceptions are mapped once, at the edge, with `from`.
"""

from typing import Literal

WebPage = Literal["robot_check", "login_page", "web_page"]
"""What kind of web page came instead of a feed; `web_page` is a plain one."""


class PactwatchError(Exception):
    """Something in Pactwatch failed."""

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        summary = (self.__doc__ or "").strip().rstrip(".")
        super().__init__(f"{summary}: {detail}" if detail else summary)

    def __reduce__(self) -> tuple[type["PactwatchError"], tuple[str, ...]]:
        """Pickle by what it was made of: errors travel from worker processes."""
        return type(self), (self.detail,)


class RetryableError(PactwatchError):
    """The same call may succeed later."""


class UnavailableError(RetryableError):
    """A server we depend on is unavailable."""


class StreamUnavailableError(UnavailableError):
    """The stream is unavailable."""


class DatabaseUnavailableError(UnavailableError):
    """The database is unavailable."""


class TransientError(RetryableError):
    """The attempt failed and may succeed if repeated."""


class FetchError(TransientError):
    """The request failed before a whole answer arrived."""


class BodyCutError(FetchError):
    """The body stops before its end."""


class OverloadedError(TransientError):
    """Too much is asked for at once."""


class WorkerCrashedError(TransientError):
    """The worker process died while working."""


class WorkerTimeoutError(TransientError):
    """The worker process did not finish before its deadline."""


class CommitRefusedError(PactwatchError):
    """The offsets could not be committed because the partition moved to another consumer."""


class PermanentError(PactwatchError):
    """The same call fails the same way every time."""


class MalformedError(PermanentError):
    """The input is not what it claims to be."""


class DecodeError(MalformedError):
    """The record does not decode."""


class SchemaFromFutureError(MalformedError):
    """The record has a schema version newer than this program knows."""


class FeedUnreadableError(MalformedError):
    """The document is not a feed."""


class PageInsteadError(FeedUnreadableError):
    """The document is a web page, not a feed."""

    def __init__(self, detail: str = "", page: WebPage = "web_page") -> None:
        super().__init__(detail)
        self.page: WebPage = page

    def __reduce__(self) -> tuple[type["PactwatchError"], tuple[str, ...]]:
        return type(self), (self.detail, self.page)


class RecordTooLargeError(PermanentError):
    """The record is larger than the stream accepts."""


class DestinationBlockedError(PermanentError):
    """The address is not a public one, so nothing is sent there."""


class BodyTooLargeError(PermanentError):
    """The body is larger than allowed."""


class TooManyRedirectsError(PermanentError):
    """The address redirects too many times."""


class InputError(PermanentError):
    """The input is wrong."""


class SettingsError(InputError):
    """The setting makes no sense."""


class LexiconError(InputError):
    """The lexicon is wrong."""
