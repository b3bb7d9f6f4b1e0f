"""The lexicon: entities, sides, cues, rules and weights as an analyst wrote them, checked and frozen."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from services.extract.rules.entities import Entity, read_entities
from services.extract.rules.features import Feature, Model, check_weights, read_model, read_rules
from services.extract.rules.mistakes import Mistakes
from services.extract.rules.nodes import LexiconNode, read_file, read_node
from services.extract.rules.taxonomy import read_taxonomy
from services.extract.rules.terms import Abbreviation, Term, TermFile, read_cues, read_sides
from shared.errors import LexiconError
from shared.model.tag import CategoryCodes

T = TypeVar("T")

FOLDER = Path(__file__).parent.parent / "lexicon"
DERIVED_LABELS = (
    *(
        "kp_troops",
        "kp_arms",
        "kp_pow",
        "kp_to_ru",
        "ru_to_kp",
        "two_sided",
        "close",
        "listed_only",
        "item",
        "no_text",
    ),
)
"""Labels that come from how other labels stand to each other; see `services.extract.reading.labels`."""

FILES = ("gazetteer.yaml", "sides.yaml", "cues.yaml", "taxonomy.yaml", "rules.yaml", "weights.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Everything that relevance is decided by; `version` is the hash of the files it was read from.

    `codes` has every category of the taxonomy.
    """

    entities: Mapping[str, Entity]
    terms: tuple[Term, ...]
    abbreviations: tuple[Abbreviation, ...]
    labels: Mapping[str, int]
    features: tuple[Feature, ...]
    codes: Mapping[str, CategoryCodes]
    model: Model
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLexicon:
    """As much of a lexicon as could be read; what mistakes stand in the way of is None."""

    labels: Mapping[str, int] | None
    codes: Mapping[str, CategoryCodes] | None
    whole: Lexicon | None


def load_lexicon(folder: Path = FOLDER, *, fitted: bool = True) -> Lexicon:
    """Reads and checks the lexicon's files.

    LexiconError has a line for each mistake, which names its file and line. With `fitted` off the weights may
    be those of other features, which is so before they are fitted anew.
    """
    mistakes = Mistakes()
    lexicon = read_lexicon(folder, mistakes, fitted=fitted).whole
    mistakes.raise_any()
    if lexicon is None:
        raise LexiconError(f"{folder}: cannot be read")
    return lexicon


def read_lexicon(folder: Path, mistakes: Mistakes, *, fitted: bool = True) -> ReadLexicon:
    """As `load_lexicon`, but what is wrong is added to `mistakes`, and what does not rest on it is read.

    Raises LexiconError for a folder that is not there.
    """
    if not folder.is_dir():
        raise LexiconError(f"{folder}: no such folder")
    files = _Files(folder, mistakes)
    gazetteer = files.read("gazetteer.yaml", read_entities)
    entities, entity_terms = gazetteer or (None, ())
    sides = files.read("sides.yaml", read_sides, entities if entities is None else frozenset(entities))
    cues = files.read("cues.yaml", read_cues, frozenset())
    labels = None if sides is None or cues is None else _labels(sides, cues)
    codes = files.read("taxonomy.yaml", read_taxonomy)
    features = files.read("rules.yaml", read_rules, labels)
    model = files.read("weights.yaml", read_model)
    if fitted and features is not None and model is not None:
        with mistakes.kept():
            check_weights(files.roots["weights.yaml"], files.roots["rules.yaml"], features)
    if entities is None or sides is None or cues is None or labels is None:
        return ReadLexicon(labels=labels, codes=codes, whole=None)
    if codes is None or features is None or model is None:
        return ReadLexicon(labels=labels, codes=codes, whole=None)
    whole = Lexicon(
        entities=entities,
        terms=(*entity_terms, *sides.terms, *cues.terms),
        abbreviations=sides.abbreviations,
        labels=labels,
        features=features,
        codes=codes,
        model=model,
        version=_version(files.contents),
    )
    return ReadLexicon(labels=labels, codes=codes, whole=whole)


class _Files:
    """The lexicon's files, each read as far as it can be."""

    def __init__(self, folder: Path, mistakes: Mistakes) -> None:
        self._mistakes = mistakes
        self.contents: dict[str, str] = {}
        self.roots: dict[str, LexiconNode] = {}
        for name in FILES:
            with mistakes.kept():
                self.contents[name] = read_file(folder / name)
                self.roots[name] = read_node(self.contents[name], str(folder / name), mistakes)

    def read(self, name: str, reader: Callable[..., T], *needed: object) -> T | None:
        """What `reader` makes of a file; None where that, or what it needs, cannot be had."""
        if name in self.roots and None not in needed:
            with self._mistakes.kept():
                return reader(self.roots[name], *needed)
        return None


def _labels(sides: TermFile, cues: TermFile) -> dict[str, int]:
    names = (*sides.names, *cues.names, *DERIVED_LABELS)
    return {name: bit for bit, name in enumerate(names)}


def _version(contents: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(f"{name}\0{contents[name]}\0".encode())
    return digest.hexdigest()[:12]
