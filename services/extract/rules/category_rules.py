"""What parts one category from another: cue words, features over labels, fitted weights; read and checked."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from services.extract.rules.features import Condition, read_condition
from services.extract.rules.lexicon import FOLDER, Lexicon
from services.extract.rules.mistakes import Mistakes, likely
from services.extract.rules.nodes import LexiconNode, read_file, read_node
from services.extract.rules.terms import Term, read_cues
from shared.errors import LexiconError
from shared.model.tag import CategoryCodes

CategoryZone = Literal["title", "head", "body"]
"""The headline; headline and lead read as one; the sentences of the text, each with the one before it."""

CATEGORY_ZONES: tuple[CategoryZone, ...] = get_args(CategoryZone)
ANY_LANGUAGE = ""
_TIED = ("pl", "sv", "de")
"""Words of these look like others of English: they count in stories of their own language only."""

CATEGORY_FILES = ("category_cues.yaml", "category_features.yaml", "category_weights.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryFeature:
    """A condition on labels; it counts once for each zone it holds in."""

    name: str
    condition: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRule:
    """A category and the names of the features that speak for it and against it.

    Only what speaks for it is its evidence; weights of other features merely move its probability.
    """

    id: str
    speaks_for: frozenset[str]
    speaks_against: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryFit:
    """The fitted weights of a category by "feature.zone"; `rank` is how often it leads where it is given."""

    bias: float
    rank: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRules:
    """Everything that categories are decided by.

    `terms` are those that count in a story, by its language; other languages share those of ANY_LANGUAGE.
    `labels` are the reader's with those of `terms` after them. A category is given from `threshold` on.
    """

    terms: Mapping[str, tuple[Term, ...]]
    labels: Mapping[str, int]
    features: tuple[CategoryFeature, ...]
    categories: tuple[CategoryRule, ...]
    fits: Mapping[str, CategoryFit]
    threshold: float
    version: str


def load_category_rules(lexicon: Lexicon, folder: Path = FOLDER, *, fitted: bool = True) -> CategoryRules:
    """Reads and checks the files of the categories, which are those of the lexicon's taxonomy.

    LexiconError has a line for each mistake, which names its file and line. With `fitted` off the weights are
    not read: there are none that fit before training.
    """
    mistakes = Mistakes()
    rules = read_category_rules(folder, mistakes, labels=lexicon.labels, codes=lexicon.codes, fitted=fitted)
    mistakes.raise_any()
    if rules is None:
        raise LexiconError(f"{folder}: cannot be read")
    return rules


def read_category_rules(
    folder: Path,
    mistakes: Mistakes,
    *,
    labels: Mapping[str, int] | None,
    codes: Mapping[str, CategoryCodes] | None,
    fitted: bool = True,
) -> CategoryRules | None:
    """As `load_category_rules`, but what is wrong is added to `mistakes`; None where they stand in the way.

    Without the lexicon's labels or categories, only what can be said without them is.
    """
    contents: dict[str, str] = {}
    roots: list[LexiconNode] = []
    files = CATEGORY_FILES[: 3 if fitted else 2]
    for name in files:
        with mistakes.kept():
            contents[name] = read_file(folder / name)
            roots.append(read_node(contents[name], str(folder / name), mistakes))
    if len(roots) < len(files) or labels is None or codes is None:
        return None
    rules: CategoryRules | None = None
    with mistakes.kept():
        rules = _assembled(roots[0], roots[1], labels, codes, _version(contents))
        if fitted:
            rules = _with_weights(rules, roots[2])
    return rules


def _assembled(
    cues: LexiconNode,
    rules: LexiconNode,
    labels: Mapping[str, int],
    codes: Mapping[str, CategoryCodes],
    version: str,
) -> CategoryRules:
    words = {
        language: read_cues(cues, without=frozenset(_TIED) - {language})
        for language in (ANY_LANGUAGE, *_TIED)
    }
    known = dict(labels)
    for name in words[ANY_LANGUAGE].names:
        if name in known:
            cues.note(f"{name!r} is the name of another label already")
        known[name] = len(known)
    fields = rules.fields(frozenset({"version", "features", "categories"}), frozenset())
    features = tuple(
        CategoryFeature(name=name, condition=read_condition(node, known))
        for name, node in fields["features"].mapping().items()
    )
    names = frozenset(feature.name for feature in features)
    categories = fields["categories"].mapping()
    for name, node in categories.items():
        if name not in codes:
            node.note(f"the taxonomy has no category {name!r}; {likely(name, codes)}")
    return CategoryRules(
        terms={language: one.terms for language, one in words.items()},
        labels=known,
        features=features,
        categories=tuple(_rule(name, node, names) for name, node in categories.items()),
        fits={},
        threshold=0.5,
        version=version,
    )


def _with_weights(rules: CategoryRules, root: LexiconNode) -> CategoryRules:
    fields = root.fields(frozenset({"version", "threshold", "categories"}), frozenset({"trained_on"}))
    names = frozenset(feature.name for feature in rules.features)
    fits = {name: _fit(node, names) for name, node in fields["categories"].mapping().items()}
    for rule in rules.categories:
        if rule.id not in fits:
            fields["categories"].note(f"no weights for {rule.id!r}")
    return replace(rules, fits=fits, threshold=fields["threshold"].number())


def _rule(name: str, node: LexiconNode, features: frozenset[str]) -> CategoryRule:
    entry = node.fields(frozenset({"for"}), frozenset({"against"}))
    speaking = {
        side: _features(entry[side], features) if side in entry else () for side in ("for", "against")
    }
    return CategoryRule(
        id=name, speaks_for=frozenset(speaking["for"]), speaks_against=frozenset(speaking["against"])
    )


def _features(node: LexiconNode, features: frozenset[str]) -> tuple[str, ...]:
    names = node.texts()
    for name in names:
        if name not in features:
            node.fail(f"unknown feature {name!r}; {likely(name, features)}")
    return names


def _fit(node: LexiconNode, features: frozenset[str]) -> CategoryFit:
    entry = node.fields(frozenset({"bias", "rank", "weights"}), frozenset())
    weights: dict[str, float] = {}
    for name, weight in entry["weights"].mapping().items():
        feature, _, zone = name.rpartition(".")
        if feature not in features or zone not in CATEGORY_ZONES:
            weight.note(f"weight of an unknown feature {name!r}")
        weights[name] = weight.number()
    return CategoryFit(bias=entry["bias"].number(), rank=entry["rank"].number(), weights=weights)


def _version(contents: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(f"{name}\0{content}\0".encode())
    return digest.hexdigest()[:12]
