"""The lexicon: entities, sides, cues, rules and weights as an analyst wrote them, checked and frozen."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.extract.lexicon_entities import Entity, read_entities
from services.extract.lexicon_mistakes import Mistakes
from services.extract.lexicon_nodes import LexiconNode, read_file, read_node
from services.extract.lexicon_rules import Feature, Model, check_weights, read_model, read_rules
from services.extract.lexicon_taxonomy import read_taxonomy
from services.extract.lexicon_terms import Abbreviation, Term, read_cues, read_sides
from shared.errors import LexiconError
from shared.model.tag import CategoryCodes

FOLDER = Path(__file__).parent / "lexicon"
DERIVED_LABELS = (
    *(
        "kp_troops",
        "kp_arms",
        "kp_pow",
        "kp_to_ru",
        "ru_to_kp",
        "two_sided",
        "listed_only",
        "item",
        "no_text",
    ),
)
"""Labels that come from how other labels stand to each other; see `services.extract.labels`."""

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


def load_lexicon(folder: Path = FOLDER, *, fitted: bool = True) -> Lexicon:
    """Reads and checks the lexicon's files.

    LexiconError has a line for each mistake, which names its file and line. With `fitted` off the weights may
    be those of other features, which is so before they are fitted anew.
    """
    if not folder.is_dir():
        raise LexiconError(f"{folder}: no such folder")
    mistakes = Mistakes()
    contents: dict[str, str] = {}
    roots: dict[str, LexiconNode] = {}
    for name in FILES:
        try:
            contents[name] = read_file(folder / name)
            roots[name] = read_node(contents[name], str(folder / name), mistakes)
        except LexiconError as error:
            mistakes.add(error.detail)
    mistakes.raise_any()  # what the other files refer to may be in one that cannot be read
    try:
        lexicon = _assembled(roots, _version(contents))
        if fitted:
            check_weights(roots["weights.yaml"], roots["rules.yaml"], lexicon.features)
    except LexiconError as error:
        mistakes.add(error.detail)
        mistakes.raise_any()
        raise
    mistakes.raise_any()
    return lexicon


def _assembled(roots: Mapping[str, LexiconNode], version: str) -> Lexicon:
    entities, entity_terms = read_entities(roots["gazetteer.yaml"])
    sides = read_sides(roots["sides.yaml"], frozenset(entities))
    cues = read_cues(roots["cues.yaml"])
    names = (*sides.names, *cues.names, *DERIVED_LABELS)
    labels = {name: bit for bit, name in enumerate(names)}
    return Lexicon(
        entities=entities,
        terms=(*entity_terms, *sides.terms, *cues.terms),
        abbreviations=sides.abbreviations,
        labels=labels,
        features=read_rules(roots["rules.yaml"], labels),
        codes=read_taxonomy(roots["taxonomy.yaml"]),
        model=read_model(roots["weights.yaml"]),
        version=version,
    )


def _version(contents: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(f"{name}\0{contents[name]}\0".encode())
    return digest.hexdigest()[:12]
