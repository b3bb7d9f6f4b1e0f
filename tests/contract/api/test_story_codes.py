"""What the API says a story's categories are called in other schemes."""

from shared.model.tag import CategoryCodes
from tests.contract.api.serving import Serving
from tests.samples import a_story, a_tagged_story, some_tags

CODES = CategoryCodes(
    category="troop_deployment", plover=("AID", "MOBILIZE-troops"), iptc=("medtop:20000058",)
)


async def test_a_story_shows_the_codes_of_each_of_its_categories(api: Serving) -> None:
    tagged = a_tagged_story(tags=some_tags(codes=(CODES,)))
    await api.stories.record(tagged, None)
    assert (await api.client.get(f"/v1/stories/{tagged.story.id}")).json()["codes"] == [
        {
            "category": "troop_deployment",
            "plover": ["AID", "MOBILIZE-troops"],
            "iptc": ["medtop:20000058"],
        }
    ]


async def test_a_story_tagged_before_there_were_codes_has_none(api: Serving) -> None:
    await api.stories.record(a_tagged_story(a_story(id="old")), None)
    assert (await api.client.get("/v1/stories/old")).json()["codes"] == []
