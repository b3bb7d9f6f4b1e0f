"""The documents that the load origin serves: made once, put together at each request by joining strings.

Texts are random words of ours; only sizes and markup are like those of real feeds.
"""

import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Final

ITEMS: Final = 50
NEW_PER_POLL: Final = 3
_VARIANTS: Final = 16
_WORDS: Final = re.findall(
    r"\w+",
    "harbour minister convoy shells train border delegation factory officer winter report railway talks"
    " satellite barge crane depot visit crew engine signal bridge market river station grain council",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How heavy one item is: characters of its summary, and of its text as HTML (0 for none)."""

    summary: int
    content: int


RECIPES: Final = {
    "small": Recipe(summary=560, content=0),  # 50 of them are 40 KB
    "large": Recipe(summary=300, content=6160),  # 338 KB
}


class Documents:
    """Feed documents by feed and revision. A revision has `NEW_PER_POLL` items more than the last."""

    def __init__(self, recipe: Recipe, started: datetime) -> None:
        self._bodies = tuple(_item_body(recipe, random.Random(seed)) for seed in range(_VARIANTS))
        self._oldest = started - timedelta(days=7)

    def render(self, feed: str, revision: int, items: int = ITEMS) -> bytes:
        """The document: its newest items first."""
        first = revision * NEW_PER_POLL
        newest_first = (self._item(feed, number) for number in range(first + items - 1, first - 1, -1))
        return "".join((_HEAD, *newest_first, _TAIL)).encode()

    def _item(self, feed: str, number: int) -> str:
        return (
            f"<item><title>Sample {number} of feed {feed}: the convoy left the harbour</title>"
            f"<link>https://sample.example/{feed}/{number}</link>"
            f'<guid isPermaLink="false">{feed}-{number}</guid>'
            f"<pubDate>{_date(self._oldest, number)}</pubDate>{self._bodies[number % _VARIANTS]}</item>"
        )


def served_items(revision: int) -> int:
    """How many distinct items all revisions up to this one had."""
    return ITEMS + NEW_PER_POLL * revision


@cache
def _date(oldest: datetime, number: int) -> str:
    return format_datetime(oldest.astimezone(UTC) + timedelta(seconds=30 * number), usegmt=True)


def _item_body(recipe: Recipe, source: random.Random) -> str:
    summary = f"<description>&lt;p&gt;{_words(source, recipe.summary)}&lt;/p&gt;</description>"
    if not recipe.content:
        return summary
    paragraphs = "".join(
        f'<p>{_words(source, 500)} <a href="https://sample.example/{number}">{source.choice(_WORDS)}</a></p>'
        for number in range(recipe.content // 560)
    )
    picture = '<figure><img src="https://sample.example/p.jpg" alt="A ship"/></figure>'
    return f"{summary}<content:encoded><![CDATA[{picture}{paragraphs}]]></content:encoded>"


def _words(source: random.Random, characters: int) -> str:
    text = ""
    while len(text) < characters:
        text += source.choice(_WORDS) + " "
    return text[:characters]


_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>The Sample</title>'
    "<link>https://sample.example/</link><description>Samples</description><language>en</language>"
)
_TAIL: Final = "</channel></rss>"
