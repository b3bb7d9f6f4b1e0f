"""What the API says of the page that completed a story."""

from dataclasses import replace

from tests.contract.api.serving import Serving, serving
from tests.samples import a_tagged_story, an_article


async def test_a_completed_story_names_its_page_and_shows_no_more_of_its_teaser_than_it_may(
    api: Serving,
) -> None:
    tagged = replace(a_tagged_story(), article=an_article(teaser="The ship " * 100))
    await api.stories.record(tagged, None)
    whole = (await api.client.get(f"/v1/stories/{tagged.story.id}")).json()["article"]
    async with serving(api.db, full_text=False) as discreet:
        shown = (await discreet.client.get(f"/v1/stories/{tagged.story.id}")).json()["article"]
    assert (whole["credit"], whole["canonical_url"]) == ("Yonhap", "https://wire.example/2024/stories/1")
    assert whole["teaser"] == "The ship " * 100
    assert shown == whole | {"teaser": ("The ship " * 100)[:300]}


async def test_a_story_read_from_its_feed_has_no_page(api: Serving) -> None:
    await api.stories.record(a_tagged_story(), None)
    assert (await api.client.get(f"/v1/stories/{a_tagged_story().story.id}")).json()["article"] is None
