"""A process that tags: ours, or spaCy's tokenizer with a PhraseMatcher of as many phrases.

Tells what it weighs once it is loaded, then answers each task with the processor time of every story.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import psutil

from services.extract.language import LangidClassifier
from services.extract.reading.labels import Reader
from services.extract.rules.lexicon import FOLDER, load_lexicon
from services.extract.rules.terms import Term
from services.extract.tagger import Tagger
from tests.bench.tagging.texts import Kind, Text, stories

MEGABYTE: Final = 1_000_000


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """Resident memory in MB: of what the phrases take, and of the whole process."""

    phrases: int
    phrases_mb: float
    process_mb: float


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Stories to tag."""

    kind: Kind
    characters: int
    count: int
    seed: int


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds of processor time of each story."""

    milliseconds: list[float]


def _ours() -> tuple[Callable[[Text], object], Weight]:
    before = _resident()
    lexicon = load_lexicon(FOLDER)
    reader = Reader(lexicon)
    phrases_mb = _resident() - before
    del reader
    tagger = Tagger(lexicon, LangidClassifier())
    weight = Weight(phrases=len(_surfaces(lexicon.terms)), phrases_mb=phrases_mb, process_mb=_resident())
    return lambda text: tagger.tag(title=text.title, text=text.body), weight


def _spacy() -> tuple[Callable[[Text], object], Weight]:
    # Here because ours must not pay for its memory.
    import spacy
    from spacy.matcher import PhraseMatcher

    surfaces = _surfaces(load_lexicon(FOLDER).terms)
    before = _resident()
    pipeline = spacy.blank("en")
    matcher = PhraseMatcher(pipeline.vocab, attr="LOWER")
    matcher.add("phrase", [pipeline.make_doc(surface) for surface in surfaces])
    weight = Weight(phrases=len(surfaces), phrases_mb=_resident() - before, process_mb=_resident())
    return lambda text: matcher(pipeline(f"{text.title}\n{text.body}")), weight


def _surfaces(terms: tuple[Term, ...]) -> list[str]:
    return sorted({term.surface for term in terms})


def _resident() -> float:
    return float(psutil.Process().memory_info().rss / MEGABYTE)


def _timed(work: Callable[[Text], object], text: Text) -> float:
    began = time.process_time_ns()
    work(text)
    return (time.process_time_ns() - began) / 1e6


def main(name: str) -> None:
    work, weight = {"ours": _ours, "spacy": _spacy}[name]()
    output = sys.stdout.buffer
    output.write(msgspec.json.encode(weight) + b"\n")
    output.flush()
    for line in sys.stdin.buffer:
        task = msgspec.json.decode(line, type=Task)
        texts = list(stories(task.kind, task.characters, task.count, task.seed))
        found = Times(milliseconds=[_timed(work, text) for text in texts])
        output.write(msgspec.json.encode(found) + b"\n")
        output.flush()


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main(sys.argv[1])
