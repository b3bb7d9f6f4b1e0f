"""Where a feed says it is pushed from (WebSub discovery), and whether that is news. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urljoin

from services.ingest.documents.parsed import ParsedFeed
from shared.errors import InputError
from shared.http.urls import http_url
from shared.model.websub import FeedHub

TOLD_AGAIN: Final = timedelta(days=1)
"""How often what has not changed is told again: whoever missed it, or left and came back, learns it then."""

_LINK: Final = re.compile(
    r"<([^<>]*)>"
    r"""((?: ?; ?[\w!#$%&'*+.^`|~-]+(?: ?= ?(?:"[^"]*"|[^\s",;]*))?)*)"""
)
_REL: Final = re.compile(r"""; ?rel ?= ?(?:"([^"]*)"|([^\s",;]+))""", re.IGNORECASE)


class Hub(NamedTuple):
    """A hub, and the topic by which it knows the feed."""

    address: str
    topic: str


def hub_of(headers: Mapping[str, str], url: str, parsed: ParsedFeed) -> Hub | None:
    """The hub and topic that the answer of `url` names, in its Link headers or else in the document.

    None unless both are there. Of several hubs one asked over https is preferred, else the first is taken.
    """
    links = tuple(_links(headers))
    hubs = _addresses(links, "hub", url) or parsed.hubs
    topics = _addresses(links, "self", url) or ((parsed.self_url,) if parsed.self_url else ())
    if not hubs or not topics:
        return None
    secure = (hub for hub in hubs if hub.lower().startswith("https:"))
    return Hub(next(secure, hubs[0]), topics[0])


class HubNews:
    """Remembers what was told of each feed's hub, so that only news is told."""

    def __init__(self) -> None:
        self._told: dict[str, FeedHub] = {}

    def of(self, feed_id: str, found: Hub | None, now: datetime) -> FeedHub | None:
        """What to tell, None while there is nothing new. Call `told` once it is told."""
        before = self._told.get(feed_id)
        news = FeedHub(
            feed_id=feed_id,
            hub=found.address if found else None,
            topic=found.topic if found else None,
            at=now,
        )
        if before is None:
            return news if found else None
        if (before.hub, before.topic) == (news.hub, news.topic):
            return news if found and now - before.at >= TOLD_AGAIN else None
        return news

    def told(self, news: FeedHub) -> None:
        """Remember it."""
        self._told[news.feed_id] = news

    def forget(self, feed_id: str) -> None:
        """The feed is watched no more."""
        self._told.pop(feed_id, None)


def _links(headers: Mapping[str, str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Each target of a Link header, of which there may be several, with its relations."""
    for name, value in headers.items():
        if name.lower() == "link":
            for target, parameters in _LINK.findall(" ".join(value.split())):
                if rel := _REL.search(parameters):
                    yield target.strip(), frozenset((rel[1] or rel[2] or "").lower().split())


def _addresses(links: Iterable[tuple[str, frozenset[str]]], relation: str, base: str) -> tuple[str, ...]:
    found = (_absolute(base, target) for target, relations in links if relation in relations)
    return tuple(address for address in found if address)


def _absolute(base: str, target: str) -> str | None:
    try:
        address = urljoin(base, target)
        http_url(address)
    except (InputError, ValueError):
        return None
    return address
