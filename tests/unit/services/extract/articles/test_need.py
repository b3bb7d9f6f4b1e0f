"""When a story's page is worth asking for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extract.pages.need import shortfall, wants_article, without_link
from services.extract.pages.policy import ArticlePolicy
from tests.samples import NOON, a_story

WHOLE = "The sample agency said that the ship sailed at dawn with its containers. " * 12


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("", "no_text"),
        (" \n\u00a0", "no_text"),
        ("The ship sailed.", "short"),
        ("배가 항구를 떠났다고 표본통신이 전했다. " * 10, "short"),
        ("배가 항구를 떠났다고 표본통신이 전했다. " * 20, None),
        (WHOLE, None),
        (WHOLE + "And then the…", "cut"),
        (WHOLE + "And then the [&#8230;]", "cut"),
        (WHOLE + "And then the (...)", "cut"),
        (WHOLE + "Continue reading", "cut"),
        (WHOLE + "Continue reading...", "cut"),
        (WHOLE + "Read more »", "cut"),
        (WHOLE + "Читать далее", "cut"),
        (WHOLE + "전문 보기", "cut"),
        (WHOLE + "And then [...]\n\nThe post A ship appeared first on Sample.", "cut"),
        (WHOLE + "\n\nThe post A ship appeared first on Sample.", None),
        (WHOLE + "It waited... and then it sailed. " * 8, None),
        (WHOLE + "Children will read more.", None),
    ],
)
def test_a_teaser_is_known_by_its_length_and_its_end(text: str, lacks: str | None) -> None:
    assert shortfall(text) == lacks


@pytest.mark.parametrize("sides", [{"KP"}, {"RU"}, {"KP", "RU"}])
def test_a_teaser_that_names_either_side_is_worth_its_page(sides: set[str]) -> None:
    assert wants_article(a_story(text="The ship sailed…"), sides) == "cut"


@pytest.mark.parametrize("url", [None, "", "mailto:desk@sample.example", "/stories/1"])
def test_a_story_without_an_address_has_no_page(url: str | None) -> None:
    assert wants_article(a_story(text="", url=url), {"KP"}) is None


@pytest.mark.parametrize(
    ("teaser", "own"),
    [
        ("The ship sailed.", "The ship sailed."),
        ("The ship sailed. Continue reading...", "The ship sailed."),
        ("The ship sailed with […]", "The ship sailed with"),
        ("The ship […] The post A ship appeared first on Sample.", "The ship"),
        ("Read more", ""),
    ],
)
def test_a_teasers_own_words_are_those_before_the_link(teaser: str, own: str) -> None:
    assert without_link(teaser) == own


@given(st.text(max_size=2_000))
def test_own_words_are_always_the_beginning_of_the_teaser(teaser: str) -> None:
    assert teaser.strip().startswith(without_link(teaser))


def test_a_late_story_has_less_time_for_its_page_than_one_just_seen() -> None:
    policy, story = ArticlePolicy(), a_story(first_seen_at=NOON)
    budgets = [policy.budget(story, NOON + timedelta(seconds=after)) for after in (-5, 0, 8, 60)]
    assert [budget.total_seconds() for budget in budgets] == [20, 20, 12, 8]
