"""What other rules would change about stored stories."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from services.extract.explaining.retagging import ChangeKind, Retagger, change_kind
from services.extract.rules.lexicon import FOLDER
from services.extract.tagger import Tagger
from shared.model.tag import Evidence, TaggedStory, Tags
from tests.samples import a_story, a_tagged_story, some_tags

FAIR = a_story(id="fair", title="Mayor opens the harvest fair", text="It runs all week.")
OFF = some_tags(relevant=False, score=0.1, tier="none", categories=(), evidence=())


@pytest.fixture(scope="module")
def retagger() -> Retagger:
    return Retagger.load()


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (OFF, some_tags(), "gained"),
        (some_tags(), OFF, "lost"),
        (some_tags(), some_tags(categories=("training",)), "categories"),
        (some_tags(), some_tags(tier="passing"), "tier"),
        (some_tags(), some_tags(score=0.91, version="other", entities=()), None),
        (OFF, replace(OFF, score=0.4), None),
        (some_tags(categories=("a", "b")), some_tags(categories=("b", "a")), None),
    ],
)
def test_a_change_is_what_a_reader_would_notice(before: Tags, after: Tags, kind: ChangeKind | None) -> None:
    assert change_kind(before, after) == kind


def stored(tagger: Tagger, **changes: str) -> TaggedStory:
    """A story as it is stored by the rules of now."""
    story = a_story(**changes)
    return a_tagged_story(story, tagger.tag(title=story.title, text=story.text, language=story.language))


def test_the_same_rules_change_nothing(retagger: Retagger, tagger: Tagger) -> None:
    assert retagger.compare(stored(tagger)) is None
    assert retagger.compare(stored(tagger, title=FAIR.title, text=FAIR.text)) is None


def test_a_lost_story_is_told_with_what_spoke_for_it_then_and_against_it_now(retagger: Retagger) -> None:
    spoke = Evidence(text="North Korea", start=0, end=11, section="title", rule="relevance.gone.title")
    change = retagger.compare(a_tagged_story(FAIR, some_tags(evidence=(spoke,))))
    assert change is not None
    assert (change.id, change.kind, change.removed) == ("fair", "lost", ("troop_deployment",))
    assert (change.before.score, change.before.version) == (0.97, "sample")
    assert change.after.score < change.before.score
    then, *now = change.because
    assert then == "gone.title holds no more: “North Korea”"
    assert now
    assert all(" −" in reason for reason in now)


def test_a_gained_story_is_told_with_the_words_that_speak_for_it(retagger: Retagger) -> None:
    change = retagger.compare(a_tagged_story(a_story(), OFF))
    assert change is not None
    assert change.kind == "gained"
    assert any("“North Korea”" in reason for reason in change.because)


def test_edited_rules_are_tried_from_their_folder(tmp_path: Path, tagger: Tagger) -> None:
    rules = tmp_path / "rules"
    copytree(FOLDER, rules)
    weights = rules / "weights.yaml"
    kept = weights.read_text(encoding="utf-8")
    weights.write_text(kept.replace("bias: -", "bias: -9", 1), encoding="utf-8")
    change = Retagger.load(rules).compare(stored(tagger))
    assert change is not None
    assert change.kind == "lost"
    assert change.after.version != change.before.version
