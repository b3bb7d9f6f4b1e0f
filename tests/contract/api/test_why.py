"""`/v1/stories/{id}/why`: everything for and against a stored story, on both databases."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from services.extract.__main__ import open_explainer
from services.extract.explaining.explainer import MOST_WAITING, StoryExplainer
from shared.errors import OverloadedError, PactwatchError, UnavailableError, WorkerTimeoutError
from shared.model.tag import TaggedStory
from shared.workers import WorkerPool
from tests.contract.api.serving import Serving
from tests.samples import a_story, a_tagged_story, some_tags

OFF_TOPIC = a_story(
    id="off-topic",
    title="Mayor opens the harvest fair",
    text="The fair runs all week.\n\nRead also: North Korea sends soldiers to Russia",
)


async def record(api: Serving, tagged: TaggedStory) -> TaggedStory:
    await api.stories.record(tagged, None)
    return tagged


async def test_an_irrelevant_story_is_explained_with_what_was_left_out_and_what_it_lacks(
    api: Serving,
) -> None:
    await record(api, a_tagged_story(OFF_TOPIC, some_tags(relevant=False, score=0.1, tier="none")))
    why = (await api.client.get("/v1/stories/off-topic/why")).json()
    assert not why["verdict"]["relevant"]
    assert why["verdict"]["score"] < why["threshold"]
    (left_out,) = why["left_out"]
    assert left_out["section"] == "related"
    assert OFF_TOPIC.text[left_out["start"] :].startswith("Read also")
    assert {one["side"] for one in why["rejected"]} == {"KP", "RU"}
    assert any("link to another story" in sentence for sentence in why["lacking"])


async def test_the_contributions_and_the_bias_make_the_score(api: Serving) -> None:
    await record(api, a_tagged_story(a_story(id="relevant")))
    why = (await api.client.get("/v1/stories/relevant/why")).json()
    total = why["bias"] + sum(feature["contribution"] for feature in why["features"])
    assert why["verdict"]["score"] == pytest.approx(1 / (1 + 2.718281828**-total), abs=1e-3)
    assert why["lacking"] == []


async def test_a_story_stored_under_other_rules_says_so_beside_the_verdict_of_now(api: Serving) -> None:
    await record(api, a_tagged_story(OFF_TOPIC, some_tags(version="rules-of-then")))
    why = (await api.client.get("/v1/stories/off-topic/why")).json()
    assert why["rules_changed"]
    assert why["stored"]["verdict"]["version"] == "rules-of-then"
    assert (why["stored"]["verdict"]["relevant"], why["verdict"]["relevant"]) == (True, False)


async def test_a_story_that_is_not_there_cannot_be_explained(api: Serving) -> None:
    answer = await api.client.get("/v1/stories/nothing/why")
    assert (answer.status_code, answer.json()["detail"]) == (404, "no such story")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (WorkerTimeoutError("explain"), "the explanation was not ready in time"),
        (OverloadedError("16 wait"), "too many explanations are asked for at once"),
        (UnavailableError("the database"), "A server we depend on is unavailable."),
    ],
)
async def test_an_explanation_that_cannot_be_had_now_is_to_be_asked_for_again(
    api: Serving, fault: PactwatchError, told: str
) -> None:
    await record(api, a_tagged_story(OFF_TOPIC))
    api.world.explainer_fault = fault
    answer = await api.client.get("/v1/stories/off-topic/why")
    assert (answer.status_code, answer.json()["detail"]) == (503, told)
    assert int(answer.headers["Retry-After"]) > 0


async def test_who_asks_beyond_what_can_wait_is_sent_away_and_the_others_are_answered() -> None:
    async with open_explainer() as explainer:
        asked = [explainer.explain(a_tagged_story(OFF_TOPIC)) for _ in range(MOST_WAITING + 1)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert [type(error) for error in refused] == [OverloadedError]


async def test_the_explainers_own_process_explains_a_text_of_a_million_characters() -> None:
    text = "Kim spoke of the Korean War. North Korea and Russia. " * 20_000
    story = a_tagged_story(replace(OFF_TOPIC, text=text))
    async with open_explainer() as explainer:
        explanation = await explainer.explain(story)
    assert explanation.unread == len(text) - 60_000
    assert {one.label: one.count for one in explanation.labels}["KP"] > 1_000


def _never_ready() -> None:
    threading.Event().wait()


async def test_who_has_waited_long_for_the_explanations_before_is_told_so() -> None:
    workers = WorkerPool(workers=1)
    before = asyncio.create_task(workers.run(_never_ready, deadline=timedelta(seconds=60)))
    await asyncio.wait({before}, timeout=0)  # it takes the only worker
    with pytest.raises(WorkerTimeoutError):
        await StoryExplainer(workers, longest_wait=timedelta(milliseconds=200)).explain(
            a_tagged_story(OFF_TOPIC)
        )
    before.cancel()
    await workers.close()
