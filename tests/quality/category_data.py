"""Stories with their categories, and the features of each, for fitting and scoring the categories."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.extract.categories import Categoriser
from services.extract.language import LangidClassifier
from services.extract.rules.category_rules import CATEGORY_ZONES, CategoryRules, load_category_rules
from services.extract.rules.lexicon import load_lexicon
from services.extract.tagger import Tagger
from tests.quality.datasets import LabelledStory, load_dev

Matrix = NDArray[np.float64]
_BORDERLINE = "borderline"


def load_categorised(folder: Path) -> tuple[LabelledStory, ...]:
    """Every dev story that has categories: the relevant ones, borderline ones, the five seeds."""
    dev = (story for story in load_dev(folder) if story.relevant and story.categories)
    return (*dev, *_borderline(folder), *_seeds(folder))


def _borderline(folder: Path) -> Iterable[LabelledStory]:
    for line in (folder / "gold" / "stories_dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["relevant"] == "borderline" and row["categories"]:
            yield LabelledStory(
                id=row["id"],
                dataset=_BORDERLINE,
                language=row["lang"],
                title=row["title"],
                text=row["text"],
                relevant=True,
                categories=tuple(row["categories"]),
            )


def _seeds(folder: Path) -> Iterable[LabelledStory]:
    gold = json.loads((folder / "gold" / "seeds_gold.json").read_text(encoding="utf-8"))["seeds"]
    for name, seed in gold.items():
        yield LabelledStory(
            id=name,
            dataset="seeds",
            language=seed["language"],
            title=seed["title"]["text"],
            text=(folder / "seeds" / seed["file"]).read_bytes().decode("utf-8"),
            relevant=True,
            categories=tuple(seed["categories"]),
        )


def column_names(rules: CategoryRules) -> tuple[str, ...]:
    """The features in their zones, in the order of the rules."""
    return tuple(f"{feature.name}.{zone}" for feature in rules.features for zone in CATEGORY_ZONES)


def build(stories: tuple[LabelledStory, ...]) -> tuple[CategoryRules, Matrix, Matrix, NDArray[np.bool_]]:
    """The rules, what their features are worth in each story, its categories, and those it has words for."""
    lexicon = load_lexicon(fitted=False)
    rules = load_category_rules(lexicon, fitted=False)
    categoriser = Categoriser(lexicon, rules)
    tagger = Tagger(lexicon, LangidClassifier(), categoriser)
    columns = {name: column for column, name in enumerate(column_names(rules))}
    values = np.zeros((len(stories), len(columns)))
    spoken = np.zeros((len(stories), len(rules.categories)), dtype=bool)
    for row, story in enumerate(stories):
        fired = categoriser.fire(categoriser.read(tagger.read(title=story.title, text=story.text)))
        for one in fired:
            values[row, columns[one.name]] = one.value
        names = {one.feature.name for one in fired}
        spoken[row] = [bool(names & rule.speaks_for) for rule in rules.categories]
    truth = [[float(rule.id in story.categories) for rule in rules.categories] for story in stories]
    return rules, values, np.array(truth), spoken


def without_dataset(story: LabelledStory) -> LabelledStory:
    """The story as the folds need it: what set it is from must not part copies."""
    return replace(story, dataset="")
