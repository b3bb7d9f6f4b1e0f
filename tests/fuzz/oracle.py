"""What must hold of any story, however hostile: it is read in time, and spans are what stands there."""

import time
from collections.abc import Iterator
from typing import Final

from services.extract.origins.copies import sign
from services.extract.rules.agencies import load_agencies
from services.extract.tagger import Tagger
from shared.model.tag import Tags

SECONDS: Final = 1.0
"""Of processor time, for a story of up to a megabyte."""


class FaultError(Exception):
    """What does not hold, in words."""


class Oracle:
    """Reads stories with every pure reader of stories there is."""

    def __init__(self, tagger: Tagger, seconds: float = SECONDS) -> None:
        self._tagger = tagger
        self._agencies = load_agencies()
        self._seconds = seconds

    def check(self, title: str, text: str) -> None:
        """Raises FaultError, or whatever a reader raises."""
        began = time.process_time()
        tags = self._tagger.tag(title=title, text=text)
        tagged = time.process_time()
        named = self._agencies.credits(title, text)
        sign(title, text, "sample")
        done = time.process_time()
        if tagged - began > self._seconds:
            raise FaultError(f"tagging took {tagged - began:.1f} s")
        if done - tagged > self._seconds:
            raise FaultError(f"signing and crediting took {done - tagged:.1f} s")
        if not 0 <= tags.score <= 1:
            raise FaultError(f"the score is {tags.score}")
        for section, start, end, words in (
            *_spans(tags),
            *((c.section, c.start, c.end, c.text) for c in named),
        ):
            source = title if section == "title" else text
            if not words or source[start:end] != words:
                raise FaultError(f"{words!r} is not what stands at {start}:{end} of the {section}")


def _spans(tags: Tags) -> Iterator[tuple[str, int, int, str]]:
    mentions = (mention for entity in tags.entities for mention in entity.mentions)
    for each in (*tags.evidence, *mentions):
        yield each.section, each.start, each.end, each.text
    for claim in tags.claims:
        for piece in claim.evidence:
            yield piece.section, piece.start, piece.end, piece.text
