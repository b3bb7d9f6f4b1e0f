"""Where a story's words come from, as `/v1/stories` says it, on both databases."""

from shared.model.alert import Decision
from shared.model.origin import Credit, Origin
from tests.contract.api.serving import Serving
from tests.samples import NOON, a_story, a_tagged_story, some_tags

CREDIT = Credit(
    agency="ORG-YONHAP", kind="credit", rule="tail.source", section="text", start=8, end=14, text="Yonhap"
)
COPY = Origin(copy_of="wire", copy_kind="excerpt", containment=0.875, agency="ORG-YONHAP", credits=(CREDIT,))


def _suppressed(story_id: str) -> Decision:
    return Decision(
        story_id=story_id,
        revision=1,
        outcome="suppressed",
        reason="copy",
        because="it is a copy",
        event_id="event-1",
        alert_id=None,
        decided_at=NOON,
    )


async def test_a_copy_names_its_original_and_the_agency_with_the_words_that_credit_it(api: Serving) -> None:
    tagged = a_tagged_story(a_story(id="paper", text="Source: Yonhap"))
    await api.stories.record(tagged, _suppressed("paper"), origin=COPY)
    shown = (await api.client.get("/v1/stories/paper")).json()
    assert shown["origin"]["copy_of"] == "wire"
    assert (shown["origin"]["copy_kind"], shown["origin"]["containment"]) == ("excerpt", 0.875)
    (credit,) = shown["origin"]["credits"]
    assert shown["text"][credit["start"] : credit["end"]] == credit["text"] == "Yonhap"


async def test_an_irrelevant_story_has_no_origin(api: Serving) -> None:
    await api.stories.record(a_tagged_story(a_story(id="other"), some_tags(relevant=False)), None)
    assert (await api.client.get("/v1/stories/other")).json()["origin"] is None
