"""The list of feeds we ship."""

import csv
import os
from collections import defaultdict
from pathlib import Path

import pytest

from services.ingest.opml import OpmlReading, read_opml
from shared.http.addresses import AddressPolicy, check_url

ROOT = Path(__file__).parents[5]
GIVEN = Path(os.environ.get("PACTWATCH_SHARED", ROOT.parent / "shared")) / "gold" / "feeds.tsv"


@pytest.fixture(scope="module")
def shipped() -> OpmlReading:
    return read_opml((ROOT / "deploy" / "feeds.opml").read_bytes())


def test_every_feed_says_whose_it_is_and_where_it_is(shipped: OpmlReading) -> None:
    assert shipped.faults == ()
    for feed in shipped.listed:
        assert all((feed.name, feed.outlet, feed.owner, feed.language, feed.country, feed.tier)), feed.url
        check_url(feed.url, AddressPolicy())


def test_it_is_the_list_of_addresses_we_were_given(shipped: OpmlReading) -> None:
    with GIVEN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [feed.url for feed in shipped.listed] == [row["url"] for row in rows]
    assert [feed.language for feed in shipped.listed] == [row["lang"] for row in rows]
    assert len({feed.url for feed in shipped.listed}) == 78


def test_an_outlet_has_one_owner_one_country_and_never_two_spellings(shipped: OpmlReading) -> None:
    facts: defaultdict[str, set[tuple[str | None, str | None]]] = defaultdict(set)
    for feed in shipped.listed:
        facts[(feed.outlet or "").casefold()].add((feed.owner, feed.country))
    assert {outlet for outlet, found in facts.items() if len(found) > 1} == set()


def test_outlets_of_one_state_have_one_owner(shipped: OpmlReading) -> None:
    owners = {feed.outlet: feed.owner for feed in shipped.listed}
    state = {owners[outlet] for outlet in ("TASS", "RIA Novosti", "Rossiyskaya Gazeta", "RT")}
    assert len(state) == 1
