"""A feed with teasers only: what its pages say reaches the webhook, and a missing page costs no story."""

from pathlib import Path

import pytest

from services.demo.receiver import Receiver
from shared.model.times import utc_now
from tests.e2e.conftest import Engines
from tests.e2e.installation import Installation, installed, subscribe
from tests.e2e.rss import FeedHost, Item
from tests.unit.services.extract.articles.newsdesk import REPORT, TEASER, TITLE, article
from tests.waiting import until

STRANGE = "Sample: Pyongyang and the weather of another port"


def teasers(host: FeedHost, another: FeedHost) -> list[Item]:
    """One whose page is there, one whose is gone, one whose is at a port opened for another feed."""
    there = Item(guid="there", title=TITLE, text=TEASER, published=utc_now(), link=host.url("there.html"))
    gone = Item(
        guid="gone",
        title="Sample: Moscow speaks of the weather",
        text="It rained in Russia…",
        published=utc_now(),
        link=host.url("gone.html"),
    )
    # By another name: the pause between two pages of one domain would keep the first from being asked for.
    link = another.url("there.html").replace("127.0.0.1", "localhost")
    strange = Item(guid="strange", title=STRANGE, text=TEASER, published=utc_now(), link=link)
    return [there, gone, strange]


@pytest.mark.timeout(240)
async def test_a_story_is_told_of_for_what_only_its_page_says(embedded: Engines, tmp_path: Path) -> None:
    async with (
        FeedHost() as host,
        FeedHost() as another,
        Receiver() as receiver,
        installed(
            stream=embedded.stream,
            database=embedded.database,
            folder=tmp_path,
            reachable=(host.port, another.port, receiver.port),
            PACTWATCH_ARTICLES="true",
        ) as installation,
    ):
        host.feeds["wire"] = teasers(host, another)
        host.pages["there.html"] = another.pages["there.html"] = article()
        await installation.start()
        await installation.ready()
        await subscribe(installation, receiver)
        await installation.post("/v1/feeds", {"url": host.url("wire"), "name": "wire", "outlet": "wire"})
        await _told(installation, receiver)
        stories = {story["title"]: story for story in await installation.all("/v1/stories")}
        await installation.stop()
    assert len(stories) == 3
    assert (stories[STRANGE]["text"], stories[STRANGE]["article"]) == (TEASER, None)
    completed, left = stories[TITLE], stories["Sample: Moscow speaks of the weather"]
    assert completed["text"] == "\n".join(REPORT)
    assert completed["article"]["teaser"] == TEASER
    assert (left["text"], left["article"]) == ("It rained in Russia…", None)
    (message,) = receiver.received.alerts.values()
    assert message["data"]["stories"][0]["id"] == completed["id"]


async def _told(installation: Installation, receiver: Receiver) -> None:
    async def told() -> bool:
        stories = await installation.all("/v1/stories")
        return len(stories) == 3 and bool(receiver.received.alerts)

    await until(told, seconds=150, what=f"three stories and an alert\n{installation.tail()}\n")
