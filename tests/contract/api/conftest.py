"""The stores, and the api, on a migrated database of each kind."""

from collections.abc import AsyncIterator

import pytest

from shared.db import Database
from shared.store.deliveries import DeliveryStore
from shared.store.subscriptions import SubscriptionStore
from tests.contract.api.serving import Serving, serving


@pytest.fixture
def deliveries(database: Database) -> DeliveryStore:
    return DeliveryStore(database)


@pytest.fixture
def subscriptions(database: Database) -> SubscriptionStore:
    return SubscriptionStore(database)


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Serving]:
    """The api on that database."""
    async with serving(database) as served:
        yield served
