"""Which subscriptions get an alert."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.alerts_handler import recipients
from services.api.matching import matches
from shared.model.alert import Alert, Coverage
from shared.model.subscription import Filter
from tests.unit.services.api.samples import alert, subscription

CATEGORIES = st.lists(st.sampled_from(["troop_deployment", "arms", "diplomacy"]), max_size=3).map(tuple)
LANGUAGES = st.lists(st.sampled_from(["en", "ko", "ru"]), max_size=3).map(tuple)
REASONS = st.lists(st.sampled_from(["first_report", "development", "correction"]), max_size=3).map(tuple)
FILTERS = st.builds(
    Filter,
    min_severity=st.integers(1, 5),
    categories=CATEGORIES,
    languages=LANGUAGES,
    reasons=REASONS,
)


@st.composite
def alerts(draw: st.DrawFn) -> Alert:
    return alert(
        severity=draw(st.integers(1, 5)),
        categories=draw(CATEGORIES),
        original_language=draw(st.sampled_from(["en", "ko", "ru"])),
        coverage=Coverage(outlets=(), origins=1, languages=draw(LANGUAGES)),
        reason=draw(st.sampled_from(["first_report", "development", "correction"])),
    )


@given(alerts())
def test_an_empty_filter_asks_for_everything(sample: Alert) -> None:
    assert matches(Filter(), sample)


@given(FILTERS, alerts())
def test_each_criterion_alone_must_hold(wanted: Filter, sample: Alert) -> None:
    parts = (
        Filter(min_severity=wanted.min_severity),
        Filter(categories=wanted.categories),
        Filter(languages=wanted.languages),
        Filter(reasons=wanted.reasons),
    )
    assert matches(wanted, sample) == all(matches(part, sample) for part in parts)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(min_severity=4), True),
        (Filter(min_severity=5), False),
        (Filter(categories=("arms", "troop_deployment")), True),
        (Filter(categories=("arms",)), False),
        (Filter(languages=("en",)), True),
        (Filter(languages=("ko",)), True),
        (Filter(languages=("ru",)), False),
        (Filter(reasons=("first_report",)), True),
        (Filter(reasons=("correction",)), False),
    ],
)
def test_a_filter_selects_by_severity_category_language_and_reason(wanted: Filter, expected: bool) -> None:
    sample = alert(coverage=Coverage(outlets=(), origins=2, languages=("ko",)), original_language="en")
    assert matches(wanted, sample) is expected


def test_whoever_was_told_is_told_of_the_correction_whatever_the_filter_says() -> None:
    picky = subscription("picky", filter=Filter(min_severity=5))
    stranger = subscription("stranger", filter=Filter(min_severity=5))
    told = frozenset({"sub-picky", "sub-deleted-since"})
    assert recipients(alert(reason="correction"), (picky, stranger), told) == ("sub-picky",)


def test_a_disabled_subscription_is_a_recipient_too_so_that_its_alerts_are_held() -> None:
    assert recipients(alert(), (subscription(enabled=False),), frozenset()) == ("sub-desk",)
