"""The project's own probes of the categories: sentences in our own words that no weight was fitted on."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.extract.categories import Categoriser
from services.extract.language import LangidClassifier
from services.extract.rules.lexicon import load_lexicon
from services.extract.tagger import Tagger
from tests.quality.scores import score

Probe = dict[str, Any]
Found = list[tuple[Probe, tuple[str, ...]]]


@pytest.fixture(scope="module")
def found() -> Found:
    """Each probe with its categories, taken to be relevant."""
    lexicon = load_lexicon()
    categoriser = Categoriser.load(lexicon)
    tagger = Tagger(lexicon, LangidClassifier(), categoriser)
    content = (Path(__file__).parent / "category_probes.jsonl").read_text(encoding="utf-8")
    probes = [json.loads(line) for line in content.splitlines()]
    return [
        (
            probe,
            tuple(
                one.id
                for one in categoriser.categorise(tagger.read(title=probe["title"], text=probe["text"]))
            ),
        )
        for probe in probes
    ]


def test_every_category_has_its_probes(found: Found) -> None:
    assert {one for probe, _ in found for one in probe["categories"]} == load_lexicon().codes.keys()


@pytest.mark.parametrize("language", ["en", "ko", "ru", "uk", "pl", "sv"])
def test_the_categories_of_a_language_are_mostly_right(found: Found, language: str) -> None:
    guesses: list[bool] = []
    truths: list[bool] = []
    for probe, given in found:
        if probe["lang"] == language:
            for category in {*probe["categories"], *given}:
                guesses.append(category in given)
                truths.append(category in probe["categories"])
    assert score(guesses, truths).f1 >= 0.7


def test_a_word_of_one_language_does_not_count_in_a_story_of_another() -> None:
    tagger = Tagger.load()
    english = tagger.tag(
        title="Photographs list North Korean soldiers in Russia, present and past, officials in Seoul say",
        text="",
    )
    assert "visits_diplomacy" not in english.categories  # "list" is a letter in Polish
    assert "russia_to_dprk_materiel" not in english.categories  # "present" is a gift in Swedish
    polish = tagger.tag(
        title="Kim Dzong Un wysłał list do Putina, chwali żołnierzy w wojnie z Ukrainą", text=""
    )
    assert "visits_diplomacy" in polish.categories
