"""The figures of the quality gate, and what it calls a fall."""

from shared.model.tag import Tags
from tests.quality.datasets import LabelledStory
from tests.quality.gate import below, category_figures, figures, first_right, report
from tests.quality.scores import score


def _judged(*, relevant: bool, said: bool) -> tuple[LabelledStory, Tags]:
    story = LabelledStory(
        id="s1",
        dataset="stories",
        language="en",
        title="somebody's headline",
        text="somebody's words",
        relevant=relevant,
        categories=("combat",) if relevant else (),
    )
    tags = Tags(
        relevant=said,
        score=0.9 if said else 0.1,
        tier="core" if said else "none",
        language="en",
        categories=("combat", "training") if said else (),
        entities=(),
        claims=(),
        evidence=(),
        version="v",
    )
    return story, tags


def test_figures_count_what_was_right_what_was_a_false_alarm_and_what_was_missed() -> None:
    one = score([True, True, False, False], [True, False, True, False])
    assert (one.right, one.false_alarms, one.missed) == (1, 1, 1)
    assert one.precision == one.recall == one.f1 == 0.5


def test_categories_count_over_the_real_stories_together() -> None:
    table = figures([_judged(relevant=True, said=True), _judged(relevant=True, said=False)])
    counted = table["categories of stories"]
    assert (counted.right, counted.false_alarms, counted.missed) == (1, 1, 1)


def test_each_category_is_counted_by_itself_and_the_first_one_too() -> None:
    judged = [_judged(relevant=True, said=True), _judged(relevant=False, said=True)]
    table = category_figures(judged)
    assert (table["combat"].right, table["combat"].false_alarms, table["combat"].missed) == (1, 1, 0)
    assert table["training"].false_alarms == 2
    assert first_right(judged) == 1.0


def test_a_figure_below_the_baseline_is_named_and_so_is_one_that_is_gone() -> None:
    lines = below({"stories": 0.9}, {"stories": 0.95, "traps": 0.9})
    assert lines == ["stories: F1 0.9000, baseline 0.9500", "traps: F1 0.0000, baseline 0.9000"]
    assert below({"stories": 0.95}, {"stories": 0.95}) == []


def test_the_report_names_errors_by_id_and_quotes_nobody() -> None:
    judged = [_judged(relevant=True, said=False)]
    text = report(figures(judged), judged, "abc")
    assert "`s1` (en): missed" in text
    assert "| combat | 1.000 | 0.000 |" in text
    assert "somebody" not in text
