"""What the api asks of its stores, as small Protocols, and what its routes are given."""

from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from services.api.coverage import CoverageReader, CoverageStatement
from services.api.sealing import Sealer
from services.api.websub.policy import Intent, Receipt
from shared.http.addresses import AddressPolicy
from shared.http.exchange import HttpRequest, HttpResponse
from shared.metrics import Metrics
from shared.model.alert import Alert
from shared.model.explanation import Explanation
from shared.model.feed import Feed, FeedState, Outage, Poll
from shared.model.origin import Origin
from shared.model.outcome import DeliveryOutcome
from shared.model.subscription import Attempt, Delivery, DeliveryState, Message, Subscription
from shared.model.tag import TaggedStory
from shared.model.times import Clock
from shared.probes import Readiness
from shared.store.delivery_rows import ClaimedDelivery
from shared.store.feed_overview import FeedFilter, FeedGroup


class ListedStory(Protocol):
    """A story at its place in the order of ingest."""

    @property
    def sequence(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def tagged(self) -> TaggedStory: ...
    @property
    def origin(self) -> Origin | None: ...


class ListedAlert(Protocol):
    """An alert at its place in the order of alerts."""

    @property
    def sequence(self) -> int: ...
    @property
    def alert(self) -> Alert: ...


class StoryReader(Protocol):
    """Stories by id, and in the order in which they came in."""

    async def get(self, story_id: str, /) -> ListedStory | None: ...
    async def list(self, after: int, limit: int, relevant: bool | None = None) -> Sequence[ListedStory]: ...


class Explainer(Protocol):
    """Says why a story is judged as it is by the rules of now. Raises UnavailableError, TransientError."""

    async def explain(self, story: TaggedStory, /) -> Explanation: ...


class AlertReader(Protocol):
    """Alerts by id, and in the order in which they were decided."""

    async def get(self, alert_id: str, /) -> Alert | None: ...
    async def list(self, after: int, limit: int, min_severity: int = 1) -> Sequence[ListedAlert]: ...


class LedgerReader(Protocol):
    """How many items ended in each final state."""

    async def counts(self) -> Mapping[str, int]: ...


class FeedRegistry(Protocol):
    """What is watched; adding an address again changes nothing. `update` and `remove` say whether there was
    such a feed."""

    async def add(self, feed: Feed, now: datetime, /) -> Feed: ...
    async def update(self, feed: Feed, /) -> bool: ...
    async def remove(self, feed_id: str, /) -> bool: ...
    async def get(self, feed_id: str, /) -> Feed | None: ...


class FeedStateReader(Protocol):
    """What ingest knows of feeds, for those ever polled, and their last polls, newest first."""

    async def states(self, ids: Sequence[str], /) -> Mapping[str, FeedState]: ...
    async def polls(self, feed_id: str, limit: int) -> Sequence[Poll]: ...
    async def outage(self) -> Outage | None: ...


class FeedFinder(Protocol):
    """Feeds by how they are, in order of id, and counted."""

    async def list(
        self, after_id: str | None, limit: int, which: FeedFilter, /
    ) -> Sequence[tuple[Feed, FeedState | None]]: ...
    async def groups(self, overdue_before: datetime, /) -> Sequence[FeedGroup]: ...


class SubscriptionRegistry(Protocol):
    """Who is told what, as the routes keep it; whether `delete` found one, it says."""

    async def create(self, subscription: Subscription, /) -> None: ...
    async def get(self, subscription_id: str, /) -> Subscription | None: ...
    async def list(self, after_id: str | None, limit: int) -> Sequence[Subscription]: ...
    async def delete(self, subscription_id: str, now: datetime, /) -> bool: ...


class SubscriptionReader(Protocol):
    """Every subscription, enabled or not."""

    async def all(self) -> Sequence[Subscription]: ...


class DeliveryReader(Protocol):
    """What became of messages, oldest first, with their attempts."""

    async def list(
        self,
        *,
        after_id: str | None = None,
        limit: int,
        subscription_id: str | None = None,
        state: DeliveryState | None = None,
    ) -> Sequence[Delivery]: ...
    async def attempts(self, delivery_ids: Iterable[str], /) -> Mapping[str, Sequence[Attempt]]: ...
    async def counts(self) -> Mapping[DeliveryState, int]: ...


class DeliveryInbox(Protocol):
    """Where messages are left for subscriptions; the first call for a message decides, a repeat gives 0."""

    async def enqueue(self, message: Message, subscription_ids: Sequence[str], now: datetime, /) -> int: ...
    async def told(self, message_ids: Iterable[str], /) -> frozenset[str]: ...


class DeliveryQueue(Protocol):
    """What a dispatcher takes under a lease, and where it tells what came of each."""

    async def claim(
        self, *, owner: str, now: datetime, limit: int, lease: timedelta, per_subscription: int
    ) -> Sequence[ClaimedDelivery]: ...
    async def settle(
        self, delivery: Delivery, attempt: Attempt, outcome: DeliveryOutcome, now: datetime, /
    ) -> bool: ...


class HttpSender(Protocol):
    """Sends one request; raises a PactwatchError when no whole answer comes."""

    async def request(self, request: HttpRequest, /) -> HttpResponse: ...


class HubAnswers(Protocol):
    """What hubs are answered. `confirm` gives what to say, None for "no such subscription"."""

    async def confirm(self, token: str, intent: Intent, /) -> str | None: ...
    async def receive(
        self,
        token: str,
        chunks: AsyncIterable[bytes],
        /,
        *,
        signature: str | None,
        content_type: str | None,
        encoded: bool,
    ) -> Receipt: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiState:
    """Everything the routes use, built by a composition root.

    `random_bytes` gives that many bytes from a secure source. `https_only` refuses webhook and feed
    addresses without encryption, except those the operator named. `full_text` serves whole texts of
    stories; without it an excerpt and the evidence, which is what publishers' rights allow by default.
    `hubs` of None asks no hub to push feeds here.
    """

    stories: StoryReader
    alerts: AlertReader
    ledger: LedgerReader
    explainer: Explainer
    feeds: FeedRegistry
    feed_states: FeedStateReader
    feed_overview: FeedFinder
    subscriptions: SubscriptionRegistry
    deliveries: DeliveryReader
    sealer: Sealer
    address_policy: AddressPolicy
    readiness: Readiness
    metrics: Metrics
    clock: Clock
    random_bytes: Callable[[int], bytes]
    https_only: bool
    full_text: bool
    hubs: HubAnswers | None = None


def state_of(request: Request) -> ApiState:
    """What `create_app` was given."""
    return cast(ApiState, request.app.state.api)


State = Annotated[ApiState, Depends(state_of)]


async def coverage_of(request: Request) -> CoverageStatement:
    """The present coverage statement. Raises DatabaseUnavailableError."""
    return await cast(CoverageReader, request.app.state.coverage).read()


Coverage = Annotated[CoverageStatement, Depends(coverage_of)]
