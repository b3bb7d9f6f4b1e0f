"""The project's own probes: what can be said about the pact, and what only sounds like it, by language."""

from collections import Counter

import pytest

from services.extract.tagger import Tagger
from tests.quality.datasets import load_probes
from tests.quality.scores import score

_AT_LEAST = {"ko": 40, "ru": 40, "uk": 40, "en": 30, "pl": 20, "sv": 15, "de": 10, "ja": 10, "zh": 10}


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load()


def test_every_language_has_its_probes_of_both_kinds_each_once() -> None:
    probes = load_probes()
    counts = Counter(probe.language for probe in probes)
    assert {language: counts[language] >= least for language, least in _AT_LEAST.items()} == dict.fromkeys(
        _AT_LEAST, True
    )
    assert {(probe.language, probe.relevant) for probe in probes} == {
        (language, relevant) for language in _AT_LEAST for relevant in (True, False)
    }
    assert len({probe.title for probe in probes}) == len(probes)


@pytest.mark.parametrize("language", sorted(_AT_LEAST))
def test_nine_in_ten_probes_of_a_language_are_read_right(tagger: Tagger, language: str) -> None:
    probes = [probe for probe in load_probes() if probe.language == language]
    guesses = [tagger.tag(title=probe.title, text=probe.text).relevant for probe in probes]
    assert score(guesses, [probe.relevant for probe in probes]).f1 >= 0.9
