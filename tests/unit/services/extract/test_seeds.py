"""The tagger on the five stories the mission was given."""

import json
from typing import Any

import pytest

from services.extract.tagger import Tagger
from tests.quality.datasets import shared_folder

_SHARED = shared_folder()
_GOLD = _SHARED / "gold" / "seeds_gold.json"


def _seeds() -> dict[str, dict[str, Any]]:
    seeds: dict[str, dict[str, Any]] = json.loads(_GOLD.read_text(encoding="utf-8"))["seeds"]
    return seeds


@pytest.mark.parametrize("seed", ["000", "001", "002", "003", "004"])
def test_every_seed_story_is_relevant_with_evidence_that_stands_in_it(tagger: Tagger, seed: str) -> None:
    gold = _seeds()[seed]
    text = (_SHARED / "seeds" / gold["file"]).read_bytes().decode("utf-8")
    title = gold["title"]["text"]
    tags = tagger.tag(title=title, text=text, story_id=seed)
    assert tags.relevant
    assert tags.tier == "core"
    assert tags.language == gold["language"]
    assert tags.categories
    for span in (*tags.evidence, *(mention for entity in tags.entities for mention in entity.mentions)):
        assert (title if span.section == "title" else text)[span.start : span.end] == span.text


def test_four_fifths_of_the_categories_of_the_seed_stories_are_found(tagger: Tagger) -> None:
    wanted = found = 0
    for seed, gold in _seeds().items():
        text = (_SHARED / "seeds" / gold["file"]).read_bytes().decode("utf-8")
        tags = tagger.tag(title=gold["title"]["text"], text=text, story_id=seed)
        wanted += len(gold["categories"])
        found += len(set(gold["categories"]) & set(tags.categories))
    assert found >= 0.8 * wanted
