"""Whether a page's words are the story's, and how they become its text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.extract.pages.need import without_link
from services.extract.pages.outcomes import ArticleOutcome
from services.extract.pages.reading import LONGEST_TEXT, PageReading
from shared.model.article import Article
from shared.model.story import Story
from shared.model.tag import TaggedStory
from shared.unicode_forms import normalized

OWN_WORDS: Final = 0.4
"""The share of the words of title and teaser that a page about the same thing says as well, at the least."""

REPEATED: Final = 0.85
"""The share of a teaser's words at the beginning of a page that says the teaser again."""

_READ: Final = 20_000
"""Characters of which words are compared; whoever compares them holds up every other story."""

_BEGINNING: Final = 2_000
_STEM: Final = 5
_LOCKED_BELOW: Final = 1_500
_WORD: Final = re.compile(r"[^\W\d_]{4,}|\d{2,}")
_WIDE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
_FOR_SUBSCRIBERS: Final = re.compile(
    "|".join(
        (
            "subscribe (?:now )?to (?:continue|keep|read|unlock)",
            *("(?:for|to) subscribers only", "subscribers[- ]only", "already a subscriber"),
            "(?:sign|log) in to (?:continue|read|keep)",
            "to (?:continue|keep) reading,? (?:please )?(?:subscribe|log|sign)",
            "this (?:article|story) is (?:only )?(?:available )?(?:only )?(?:to|for) (?:subscribers|members)",
            *("только для подписчиков", "оформите подписку"),
            *("лише для передплатників", "оформіть передплату"),
            r"доступ\w{0,4} (?:только )?(?:по подписке|подписчикам)",
            *(r"유료\s?(?:회원|기사|구독)", r"구독자\s?전용", r"로그인\s?후\s?이용"),
            *("有料会員", "会員限定", "订阅后", "訂閱後", "nur für abonnenten", "réservé aux abonnés"),
            *("solo para suscriptores", "tylko dla (?:subskrybentów|prenumeratorów)"),
        )
    ),
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A story with the text there is of it, and the page that text is from; None where it is the feed's."""

    story: Story
    article: Article | None = None


def unfit(story: Story, reading: PageReading | None) -> ArticleOutcome | None:
    """Why this page does not complete the story; None if it does."""
    if reading is None:
        return "not_html"
    if reading.locked or _ends_at_a_paywall(reading.text):
        return "paywall"
    text = _without_title(reading.text, story.title)
    if not text:
        return "no_words"
    if len(text) <= len(without_link(story.text)):
        return "shorter"
    return None if _says(f"{story.title}\n{story.text}", text) >= OWN_WORDS else "other_words"


def article_of(story: Story, reading: PageReading, url: str, now: datetime) -> Completed:
    """The story with the page's text, and what the page said of itself."""
    completed, begins = completed_by(story, _without_title(reading.text, story.title))
    article = Article(
        url=url,
        fetched_at=now,
        teaser=story.text,
        begins=begins,
        canonical_url=reading.canonical_url,
        published_at=reading.published_at,
        modified_at=reading.modified_at,
        authors=reading.authors,
        site_name=reading.site_name,
        credit=reading.credit,
    )
    return Completed(story=completed, article=article)


def stored_as(tagged: TaggedStory) -> Completed:
    """What the story was completed with when it was stored."""
    return Completed(story=tagged.story, article=tagged.article)


def known(story: Story, before: Completed | None) -> Completed | None:
    """What was taken when this very revision was completed before: a replay asks nobody."""
    if before is None or before.article is None:
        return None
    last = before.story
    if (last.revision, last.content_hash) != (story.revision, story.content_hash):
        return None
    return Completed(story=replace(story, text=last.text), article=before.article)


def earlier(story: Story, before: Completed | None) -> Completed | None:
    """The new teaser before the text that an earlier revision was completed with: a page that cannot be had
    again withdraws nothing it said, and its loss must not look like a correction."""
    if before is None or before.article is None or before.story.revision >= story.revision:
        return None
    article = before.article
    completed, begins = completed_by(story, before.story.text[article.begins :])
    return Completed(story=completed, article=replace(article, teaser=story.text, begins=begins))


def completed_by(story: Story, text: str) -> tuple[Story, int]:
    """The story with that text behind its teaser, and where the text begins.

    A teaser that the text says again is left out: whatever the feed said stays said, and once.
    """
    teaser = without_link(story.text)
    # Of a longer teaser, words that the page lacks may stand where nobody reads.
    if not teaser or (len(teaser) <= _READ and _says(teaser, text[:_BEGINNING]) >= REPEATED):
        return replace(story, text=text), 0
    front = f"{teaser}\n\n"
    return replace(story, text=(front + text)[:LONGEST_TEXT].rstrip()), len(front)


def _without_title(text: str, title: str) -> str:
    """Pages say their headline again at the head of the text."""
    first, _, rest = text.partition("\n")
    same = " ".join(first.split()).casefold() == " ".join(title.split()).casefold()
    return rest.lstrip() if same else text


def _ends_at_a_paywall(text: str) -> bool:
    """A whole report may invite its readers to subscribe; a short one that does so was cut there."""
    return len(text) < _LOCKED_BELOW and _FOR_SUBSCRIBERS.search(text) is not None


def _says(words: str, text: str) -> float:
    """The share of the words that the text has too, in whatever form; all of none."""
    wanted = frozenset(_stems(words))
    return len(wanted & frozenset(_stems(text))) / len(wanted) if wanted else 1.0


def _stems(text: str) -> Iterator[str]:
    """The beginnings of its first words, which inflection leaves alone; pairs of characters elsewhere."""
    folded = normalized("NFKC", text[:_READ]).casefold()
    for run in _WIDE.findall(folded):
        yield from (run[at : at + 2] for at in range(max(len(run) - 1, 1)))
    yield from (word[:_STEM] for word in _WORD.findall(_WIDE.sub(" ", folded)))
