"""The documents of the bench are as heavy as it says, and new in what it says."""

from datetime import UTC, datetime

import pytest

from services.ingest.parser import parse_feed
from tests.bench.polling.documents import ITEMS, NEW_PER_POLL, RECIPES, Documents

STARTED = datetime(2024, 10, 21, 12, tzinfo=UTC)
TYPE = "application/rss+xml"


@pytest.mark.parametrize(("kind", "kilobytes"), [("small", 40), ("large", 338)])
def test_a_document_has_the_weight_its_kind_names(kind: str, kilobytes: int) -> None:
    body = Documents(RECIPES[kind], STARTED).render("7", 0)
    assert len(body) / 1000 == pytest.approx(kilobytes, rel=0.05)


def test_each_revision_has_a_few_entries_the_last_had_not() -> None:
    documents = Documents(RECIPES["small"], STARTED)
    first, second = (
        {
            entry.guid
            for entry in parse_feed(documents.render("7", number), TYPE, "https://s.example/f").entries
        }
        for number in (0, 1)
    )
    assert (len(first), len(second), len(second - first)) == (ITEMS, ITEMS, NEW_PER_POLL)
