"""The five stories the mission was given, from RSS over HTTP to a verified webhook, on both engines."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.demo.receiver import Receiver
from tests.e2e.conftest import Engines
from tests.e2e.installation import Installation, installed, subscribe
from tests.e2e.rss import FeedHost, Item
from tests.quality.datasets import shared_folder
from tests.waiting import until


def seeds() -> list[Item]:
    """The seed stories with the titles and dates of the gold annotation."""
    shared = shared_folder()
    gold = json.loads((shared / "gold" / "seeds_gold.json").read_text(encoding="utf-8"))
    dates = gold["conventions"]["test_published_at"]
    items = []
    for number, seed in gold["seeds"].items():
        published = datetime.fromisoformat(dates[number])
        items.append(
            Item(
                guid=f"seed-{number}",
                title=seed["title"]["text"],
                text=(shared / "seeds" / seed["file"]).read_text(encoding="utf-8"),
                published=published if published.tzinfo else published.replace(tzinfo=UTC),
            )
        )
    return items


async def _everything_told(installation: Installation, receiver: Receiver) -> None:
    async def told() -> bool:
        stories = await installation.all("/v1/stories")
        alerts = await installation.all("/v1/alerts")
        return len(stories) == 5 and bool(alerts) and len(receiver.received.alerts) == len(alerts)

    await until(told, seconds=90, what=f"the last delivery\n{installation.tail()}\n")


def _check_spans(story: dict[str, Any]) -> None:
    assert story["evidence"]
    spans = [*story["evidence"], *(span for entity in story["entities"] for span in entity["mentions"])]
    for span in spans:
        ground = story["title"] if span["section"] == "title" else story["text"]
        assert ground[span["start"] : span["end"]] == span["text"]


async def _seeds_travel(engines: Engines, folder: Path) -> None:
    items = seeds()
    async with (
        FeedHost({f"outlet-{item.guid}": [item] for item in items}) as host,
        Receiver() as receiver,
        installed(
            stream=engines.stream,
            database=engines.database,
            folder=folder,
            reachable=(host.port, receiver.port),
        ) as installation,
    ):
        await installation.start()
        await installation.ready()
        await subscribe(installation, receiver)
        for name in host.feeds:
            await installation.post("/v1/feeds", {"url": host.url(name), "name": name, "outlet": name})
        await _everything_told(installation, receiver)

        stories = await installation.all("/v1/stories")
        assert [story["relevant"] for story in stories] == [True] * 5
        assert {story["title"] for story in stories} == {" ".join(item.title.split()) for item in items}
        for story in stories:
            _check_spans(story)
        alerts = await installation.all("/v1/alerts")
        messages = [message["data"] for message in receiver.received.alerts.values()]
        assert Counter(message["id"] for message in messages) == Counter(alert["id"] for alert in alerts)
        assert receiver.received.requests == receiver.received.verified == len(alerts)
        await installation.stop()


@pytest.mark.timeout(240)
async def test_the_seeds_reach_the_webhook_on_the_embedded_engines(embedded: Engines, tmp_path: Path) -> None:
    await _seeds_travel(embedded, tmp_path)


@pytest.mark.timeout(240)
async def test_the_seeds_reach_the_webhook_on_kafka_and_postgresql(
    distributed: Engines, tmp_path: Path
) -> None:
    await _seeds_travel(distributed, tmp_path)
