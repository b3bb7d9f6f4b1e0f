"""JSON Feed where it is not quite as the standard has it."""

import pytest

from services.ingest.documents.parsed import ParsedFeed
from services.ingest.parser import parse_feed

URL = "https://sample.example/feed.json"


def parsed(items: str, more: str = "") -> ParsedFeed:
    document = f'{{"version": "https://jsonfeed.org/version/1.1", {more} "items": [{items}]}}'
    return parse_feed(document.encode(), "application/feed+json", URL)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 40, "9" * 5_000])
def test_a_number_out_of_every_range_loses_nothing(number: str) -> None:
    sound = '{"id": "a", "content_text": "A ship."}'
    odd = f'{{"id": "b", "content_text": "A train.", "size": {number}, "more": [{{"deep": {number}}}]}}'
    feed = parsed(f"{sound}, {odd}", more=f'"count": {number},')
    assert [entry.guid for entry in feed.entries] == ["a", "b"]
    assert (feed.complete, feed.undecodable) == (True, 0)


@pytest.mark.parametrize("number", ["1e999", "9" * 40, "9" * 5_000])
def test_an_item_named_by_such_a_number_goes_by_its_digits(number: str) -> None:
    feed = parsed(f'{{"id": {number}, "content_text": "A ship."}}')
    assert [entry.guid for entry in feed.entries] == [number]


def test_an_item_whose_name_is_no_name_costs_no_other() -> None:
    feed = parsed('{"id": ["a"], "content_text": "One."}, {"id": 2, "content_text": "Two."}')
    assert [entry.guid for entry in feed.entries] == ["2"]
    assert feed.undecodable == 1
