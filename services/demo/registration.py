"""What an operator and a subscriber do first, done over the API as they would."""

from typing import Any

import aiohttp

from services.demo.archive import Archive
from services.demo.feeds import FeedServer
from services.demo.receiver import Receiver
from shared.errors import TransientError
from shared.model.feed import Feed

TIMEOUT = aiohttp.ClientTimeout(total=30)


async def register(api: str, server: FeedServer, archive: Archive, receiver: Receiver) -> dict[str, Feed]:
    """Add every sample feed and subscribe the receiver to everything; the feeds by outlet id."""
    async with aiohttp.ClientSession(timeout=TIMEOUT, trust_env=False) as session:
        feeds = {}
        for outlet in archive.outlets:
            wanted = {
                "url": server.url_of(outlet),
                "name": outlet.name,
                "outlet": outlet.id,
                "language": outlet.language,
            }
            added = await _post(session, f"{api}/v1/feeds", wanted)
            feeds[outlet.id] = Feed(
                id=added["id"],
                url=added["url"],
                name=added["name"],
                outlet=added["outlet"],
                language=added["language"],
            )
        wanted = {"url": receiver.url, "description": "the demo's receiver"}
        subscribed = await _post(session, f"{api}/v1/subscriptions", wanted)
        receiver.expect(subscribed["secret"])
        return feeds


async def _post(session: aiohttp.ClientSession, url: str, body: dict[str, str]) -> dict[str, Any]:
    async with session.post(url, json=body) as answer:
        if answer.status not in (200, 201):
            raise TransientError(f"{url} answered {answer.status}: {(await answer.text())[:200]}")
        found: dict[str, Any] = await answer.json()
        return found
