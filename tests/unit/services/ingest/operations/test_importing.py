"""What importing a list changes in what is watched."""

from dataclasses import replace
from datetime import timedelta

from services.ingest.operations.importing import plan_import
from services.ingest.opml import ListedFeed

LISTED = ListedFeed(
    place="line 3",
    url="https://one.example/feed",
    name="One",
    outlet="One Daily",
    language="ko",
    owner="One Group",
    country="KR",
    tier=2,
)
WATCHED = LISTED.value()


def test_a_feed_not_watched_yet_is_new() -> None:
    plan = plan_import([LISTED], {})
    assert (plan.new, plan.updated, plan.unchanged, plan.faults) == ((WATCHED,), (), 0, ())


def test_a_feed_watched_as_listed_stays_unchanged() -> None:
    plan = plan_import([LISTED], {WATCHED.id: WATCHED})
    assert (plan.new, plan.updated, plan.unchanged, plan.faults) == ((), (), 1, ())


def test_what_the_list_says_otherwise_is_updated() -> None:
    listed = replace(LISTED, name="First", owner="Two Group", tier=1, interval=timedelta(minutes=5))
    plan = plan_import([listed], {WATCHED.id: WATCHED})
    assert plan.updated == (
        replace(WATCHED, name="First", owner="Two Group", tier=1, interval=timedelta(minutes=5)),
    )
    assert (plan.new, plan.unchanged) == ((), 0)


def test_what_the_list_does_not_say_stays() -> None:
    bare = ListedFeed(place="line 3", url=LISTED.url)
    plan = plan_import([bare], {WATCHED.id: WATCHED})
    assert (plan.updated, plan.unchanged, plan.faults) == ((), 1, ())


def test_a_paused_feed_stays_paused_when_a_list_has_it() -> None:
    paused = replace(WATCHED, enabled=False)
    assert plan_import([LISTED], {paused.id: paused}).updated == ()


def test_another_outlet_is_not_taken_over_in_silence() -> None:
    """Its stories would all get new ids and be told again."""
    listed = replace(LISTED, outlet="Two Daily", tier=1)
    plan = plan_import([listed], {WATCHED.id: WATCHED})
    assert plan.updated == (replace(WATCHED, tier=1),)
    (fault,) = plan.faults
    assert fault.startswith("line 3: 'https://one.example/feed'")
    assert "'One Daily'" in fault
    assert "'Two Daily'" in fault
