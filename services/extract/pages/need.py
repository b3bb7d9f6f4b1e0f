"""Whether a story's own page is worth asking for: a teaser of something that may concern the watch."""

import re
from collections.abc import Collection
from typing import Final, Literal

from services.extract.rules.watch import SIDES
from shared.model.story import Story

Need = Literal["no_text", "cut", "short"]
"""What is wrong with the feed's text: there is none, it breaks off, or it is too short to be a report."""

SHORT: Final = 600
"""Letters; a report has more, a feed's summary less. A Han or Hangul character says as much as two."""

_END: Final = 400
_WIDE: Final = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_MORE: Final = "|".join(
    (
        *("continue reading", "keep reading", "full (?:story|article)"),
        *("more here", "click here", "learn more"),
        r"read (?:the )?(?:more|full|whole|rest|article|story)(?: (?:story|article))?",
        r"чита(?:ть|йте) (?:далее|дал[іi]|полностью|повн[іi]стю|б[іi]льше|больше|продолжение)",
        *("подробнее", "докладн[іi]ше", "дал[іi]", "далее"),
        *(r"자세히\s?보기", r"더\s?보기", r"전문\s?보기", r"기사\s?보기"),
        *("続きを読む", "全文を読む", "もっと見る", "阅读全文", "閱讀全文", "查看更多"),
        *("weiterlesen", "mehr lesen", "lire la suite", "en savoir plus", "leer más", "seguir leyendo"),
        *("czytaj (?:dalej|więcej)", "läs mer", "leggi (?:tutto|di più)", "continua a leggere"),
    )
)
_LINK: Final = re.compile(
    rf"(^|\n|[.…!?。»”\"\])]|&#8230;|&hellip;)\s*[\[(]?\s*(?:{_MORE})\b[^\w\n]{{0,8}}$", re.IGNORECASE
)
"""A sentence of its own: children may read more, too."""

_SIGNATURE: Final = re.compile(r"\s*(?:the post|the article|статья|запись|допис) .{1,300}$", re.IGNORECASE)
_CUT: Final = re.compile(r"[\[(]?\s*(?:…|\.{3,}|&hellip;|&#8230;)\s*[\])»”\"]?\s*$")


def wants_article(story: Story, sides: Collection[str]) -> Need | None:
    """Why the story's page is wanted; None if its text is whole, it names neither side, or it has no page.

    `sides` are those of the watch that its title and text name.
    """
    if not any(side in sides for side in SIDES) or not has_page(story):
        return None
    return shortfall(story.text)


def has_page(story: Story) -> bool:
    """Whether the story names an address that can be asked."""
    return story.url is not None and story.url.lower().startswith(("http://", "https://"))


def shortfall(text: str) -> Need | None:
    """What this text lacks to be a whole report; None if nothing. A look at its length and its end."""
    if not text.strip():
        return "no_text"
    if _breaks_off(text[-_END:]):
        return "cut"
    beginning = text[: SHORT + 1]
    return "short" if len(beginning) + len(_WIDE.findall(beginning)) <= SHORT else None


def without_link(teaser: str) -> str:
    """The teaser's own words: without what leads to the rest of the report, and the dots before it."""
    text = _SIGNATURE.sub("", teaser[-_END:].rstrip())
    text = _CUT.sub("", _LINK.sub(r"\1", text.rstrip()).rstrip())
    return (teaser.rstrip()[:-_END] + text).strip()


def _breaks_off(end: str) -> bool:
    end = end.rstrip()
    if _LINK.search(end):
        return True
    return _CUT.search(end) is not None or _CUT.search(_SIGNATURE.sub("", end).rstrip()) is not None
