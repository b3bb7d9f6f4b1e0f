"""Which pages are taken for a story, and what text the story has then."""

from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from services.extract.pages.need import without_link
from services.extract.pages.reading import LONGEST_TEXT, PageReading
from services.extract.pages.taking import article_of, completed_by, unfit
from tests.samples import NOON, a_story
from tests.unit.services.extract.articles.newsdesk import REPORT, TEASER, TITLE

STORY = a_story(title=TITLE, text=TEASER)
PAGE = "\n".join(REPORT)
OTHER = (
    "The weather service expects rain over the mountains on Monday. Farmers welcomed the forecast, since the "
    "fields have been dry for weeks. Schools will stay open, the regional governor announced on television."
)


def test_a_page_about_something_else_is_not_taken() -> None:
    assert unfit(STORY, PageReading(text=OTHER)) == "other_words"
    assert unfit(STORY, PageReading(text=f"{TITLE}\n{OTHER}")) == "other_words"
    assert unfit(STORY, PageReading(text=PAGE)) is None


def test_inflected_words_are_the_same_words() -> None:
    story = a_story(title="Военные КНДР прибыли в российский порт", text="Северокорейские солдаты прибыли…")
    page = "О прибытии северокорейских солдат в порт сообщили военным российские источники. " * 3
    assert unfit(story, PageReading(text=page)) is None


def test_a_headline_that_the_page_says_again_is_left_out() -> None:
    reading = PageReading(text=f"{TITLE.upper()}\n\n{PAGE}")
    completed = article_of(STORY, reading, "https://a.example", NOON)
    assert completed.article is not None
    assert (completed.story.text, completed.article.begins) == (PAGE, 0)


def test_a_whole_report_may_invite_its_readers_to_subscribe() -> None:
    invitation = "Already a subscriber? Log in to continue reading."
    assert unfit(STORY, PageReading(text=f"{PAGE}\n{invitation}")) == "paywall"
    assert unfit(STORY, PageReading(text=f"{PAGE * 5}\n{invitation}")) is None


TEASERS = st.text(max_size=400) | st.sampled_from((TEASER, f"{REPORT[1]} Read more", OTHER))
PAGES = st.text(min_size=1, max_size=3_000) | st.just(PAGE) | st.just(PAGE * 300)


@given(teaser=TEASERS, page=PAGES)
def test_a_completed_story_has_the_whole_page_and_before_it_the_teasers_own_words_or_nothing(
    teaser: str, page: str
) -> None:
    story, begins = completed_by(a_story(text=teaser), page)
    if begins == 0:
        assert story.text == page
    else:
        assert story.text[:begins].rstrip() == without_link(teaser)
        assert story.text[begins:] == page[: LONGEST_TEXT - begins].rstrip()
    assert len(story.text) <= max(LONGEST_TEXT, len(page))


def test_a_teaser_is_left_out_only_where_the_page_says_it_again() -> None:
    for teaser, own in ((f"{REPORT[1]} Read more", ""), (f"{OTHER} Read more", OTHER)):
        story, begins = completed_by(a_story(text=teaser), PAGE)
        assert story.text[:begins].strip() == own


def test_the_end_of_a_teaser_longer_than_what_is_compared_stays_said() -> None:
    teaser = f"{REPORT[1]} " * 300 + OTHER
    story, begins = completed_by(a_story(text=teaser), PAGE)
    assert story.text[:begins].strip() == teaser


def _seconds(text: str) -> float:
    began = process_time()
    unfit(a_story(title=TITLE, text=text), PageReading(text=text + text))
    return process_time() - began


def test_a_text_of_combining_marks_takes_no_more_time_than_it_has_characters() -> None:
    marks = "\u0301\u0316" * 50_000
    assert _seconds(f"a{marks}") < 0.05 + 20 * _seconds("word " * 20_000)
