"""The tagger: a pure function from a story's words to its tags."""

import hashlib
from datetime import datetime
from pathlib import Path

from services.extract.categories import Categoriser, CategoryFinding
from services.extract.language import LangidClassifier, LanguageDetector, LatinClassifier
from services.extract.reading.labels import LabelledStory, Reader
from services.extract.reading.mentions import entity_mentions
from services.extract.relevance import Judge, Relevance, evidence_of
from services.extract.rules.lexicon import FOLDER, Lexicon, load_lexicon
from shared.model.tag import Evidence, Tags


class Tagger:
    """Reads a story: language, sections, labels, relevance, categories, entities.

    Immutable once made, so one instance serves any number of stories; loading takes about a second.
    """

    def __init__(
        self, lexicon: Lexicon, classifier: LatinClassifier, categoriser: Categoriser | None = None
    ) -> None:
        self._lexicon = lexicon
        self._categoriser = categoriser or Categoriser.load(lexicon)
        self._language = LanguageDetector(classifier)
        self._reader = Reader(lexicon)
        self._judge = Judge(lexicon.features, lexicon.model)
        versions = f"{lexicon.version} {self._categoriser.version}"
        self._version = hashlib.sha256(versions.encode()).hexdigest()[:12]

    @classmethod
    def load(cls, folder: Path = FOLDER) -> "Tagger":
        """A tagger with the lexicon in `folder`; LexiconError names the file and line of a mistake in it."""
        lexicon = load_lexicon(folder)
        return cls(lexicon, LangidClassifier(), Categoriser.load(lexicon, folder))

    @property
    def version(self) -> str:
        """The hash of the rules that decide, those of the categories among them."""
        return self._version

    @property
    def lexicon(self) -> Lexicon:
        """What it goes by."""
        return self._lexicon

    def tag(
        self,
        *,
        title: str,
        text: str,
        language: str | None = None,
        story_id: str = "",  # noqa: ARG002 - names the story in its claims
        published_at: datetime | None = None,  # noqa: ARG002 - anchors the dates of claims
        outlet: str | None = None,  # noqa: ARG002 - answers for claims nobody else makes
    ) -> Tags:
        """The verdict on one story, the same for the same words.

        `language` is a hint, used where the script leaves it open. Offsets in the verdict count code points
        of `title` where the section is "title", of `text` otherwise.
        """
        detected = self._language.detect(title, text, language)
        story = self._reader.read(title, text, detected)
        relevance = self._judge.verdict(story)
        findings = self._categories(story) if relevance.relevant else ()
        return Tags(
            relevant=relevance.relevant,
            score=relevance.score,
            tier=relevance.tier,
            language=detected,
            categories=tuple(finding.id for finding in findings),
            entities=entity_mentions(story, self._lexicon.entities),
            claims=(),
            evidence=_evidence(relevance, findings),
            version=self._version,
            codes=tuple(self._lexicon.codes[finding.id] for finding in findings),
        )

    def read(self, *, title: str, text: str, language: str | None = None) -> LabelledStory:
        """The story's labelled sentences, as training and explanation need them."""
        return self._reader.read(title, text, self._language.detect(title, text, language))

    def judge(self, story: LabelledStory) -> Relevance:
        """The relevance of a story already read, with every feature that fired."""
        return self._judge.judge(story)

    def _categories(self, story: LabelledStory) -> tuple[CategoryFinding, ...]:
        return self._categoriser.categorise(story)


def _evidence(relevance: Relevance, findings: tuple[CategoryFinding, ...]) -> tuple[Evidence, ...]:
    """What speaks for the verdict, then for each category; nothing for a story that is not relevant."""
    if not relevance.relevant:
        return ()
    return (*evidence_of(relevance), *(evidence for finding in findings for evidence in finding.evidence))
