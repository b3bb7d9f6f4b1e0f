"""The soak's feeds: which are healthy, and how each of the others fails. Origin and service know it."""

from typing import Final

from tests.bench.polling.hosts import host
from tests.bench.soak.troubles import TROUBLES

REFUSED: Final = "refused"
HEALTHY: Final = "healthy"
KINDS: Final = (*TROUBLES, REFUSED)


def kind(number: int) -> str:
    """Two of three feeds are healthy; the others take turns in failing."""
    return HEALTHY if number % 3 else KINDS[number // 3 % len(KINDS)]


def url(number: int, port: int) -> str:
    return f"http://{host(number)}:{port}/{kind(number)}/{number}"


def healthy_count(feeds: int) -> int:
    return sum(kind(number) == HEALTHY for number in range(feeds))
