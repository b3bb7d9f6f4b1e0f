"""`/v1/stories`: what was read and how it was judged."""

from fastapi import APIRouter, HTTPException

from services.api.dependencies import Coverage, State
from services.api.problems import RETRY_SECONDS
from services.api.routes.parameters import AfterSequence, Id, Limit, page_of
from services.api.schemas.explanations import ExplanationOut
from services.api.schemas.page import Page
from services.api.schemas.stories import StoryOut
from shared.errors import OverloadedError, TransientError

router = APIRouter(prefix="/v1/stories", tags=["stories"])


@router.get("")
async def list_stories(
    state: State,
    coverage: Coverage,
    after: AfterSequence = 0,
    limit: Limit = 50,
    relevant: bool | None = None,
) -> Page[StoryOut]:
    """Stories in the order in which they came in."""
    found = await state.stories.list(after, limit + 1, relevant)
    return page_of(
        found,
        limit,
        after=after,
        cursor=lambda listed: listed.sequence,
        show=lambda listed: StoryOut.of(listed, full_text=state.full_text),
        coverage=coverage,
    )


@router.get("/{story_id}")
async def get_story(state: State, story_id: Id) -> StoryOut:
    """One story, with the evidence for its verdict."""
    found = await state.stories.get(story_id)
    if found is None:
        raise HTTPException(404, "no such story")
    return StoryOut.of(found, full_text=state.full_text)


@router.get("/{story_id}/why")
async def explain_story(state: State, story_id: Id) -> ExplanationOut:
    """Everything for and against one story, relevant or not, under the rules of now."""
    found = await state.stories.get(story_id)
    if found is None:
        raise HTTPException(404, "no such story")
    try:
        explanation = await state.explainer.explain(found.tagged)
    except OverloadedError as error:
        raise _later("too many explanations are asked for at once") from error
    except TransientError as error:
        raise _later("the explanation was not ready in time") from error
    return ExplanationOut.of(explanation)


def _later(detail: str) -> HTTPException:
    return HTTPException(503, detail, headers={"Retry-After": str(RETRY_SECONDS)})
