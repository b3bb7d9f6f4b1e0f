"""What the sample archive promises to everybody who shows or tests Pactwatch with it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.demo.archive import Archive, FeedFormat, Revision, SampleStory, load_archive
from shared.errors import InputError

FIRST_DAY = datetime(2024, 10, 8, tzinfo=UTC)
AFTER_LAST_DAY = datetime(2024, 11, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def archive() -> Archive:
    return load_archive()


def words(story: SampleStory) -> list[str]:
    return re.findall(r"\w+", re.sub(r"<[^>]*>|&\w+;", " ", story.text))


def told(archive: Archive, pattern: str, days: str = "") -> list[SampleStory]:
    """Relevant stories whose title or text matches, published on a date that matches `days`."""
    return [
        story
        for story in archive.stories
        if story.relevant
        and re.match(days, story.published.isoformat())
        and re.search(pattern, f"{story.title}\n{story.text}")
    ]


def languages(stories: list[SampleStory]) -> set[str]:
    return {story.language for story in stories}


def test_it_has_eight_outlets_of_which_five_publish_rss_and_three_atom(archive: Archive) -> None:
    formats = [outlet.format for outlet in archive.outlets]
    assert (formats.count(FeedFormat.RSS), formats.count(FeedFormat.ATOM)) == (5, 3)
    assert {outlet.language for outlet in archive.outlets} == {"en", "ko", "ru", "uk"}


def test_no_outlet_can_be_taken_for_a_real_one(archive: Archive) -> None:
    for outlet in archive.outlets:
        assert re.match("Sample|샘플|Пример|Зразок", outlet.name)
        assert outlet.domain.endswith(".example")
        assert outlet.feed_path == f"/{outlet.id}/feed"


def test_it_has_enough_stories_in_every_language(archive: Archive) -> None:
    assert len(archive.stories) >= 48
    for language in ("en", "ko", "ru", "uk"):
        assert sum(story.language == language for story in archive.stories) >= 8


def test_everything_happens_between_8_october_and_5_november_2024(archive: Archive) -> None:
    for story in archive.stories:
        for moment in (story.published, *(revision.at for revision in story.revisions)):
            assert FIRST_DAY <= moment < AFTER_LAST_DAY


def test_guids_and_links_are_unique_and_links_stay_on_the_outlets_domain(archive: Archive) -> None:
    domains = {outlet.id: outlet.domain for outlet in archive.outlets}
    assert len({story.guid for story in archive.stories}) == len(archive.stories)
    assert len({story.url for story in archive.stories}) == len(archive.stories)
    assert all(story.url.startswith(f"https://{domains[story.outlet_id]}/") for story in archive.stories)


def test_a_quarter_of_the_stories_are_irrelevant_for_many_different_reasons(archive: Archive) -> None:
    irrelevant = [story for story in archive.stories if not story.relevant]
    assert len(irrelevant) >= 16
    assert len({story.why for story in irrelevant}) >= 6
    assert languages(irrelevant) == {"en", "ko", "ru", "uk"}


def test_some_irrelevant_stories_name_the_cooperation_in_a_related_line_only(archive: Archive) -> None:
    related = re.compile(r"^(Related|Читайте також): (North Korea|Північна Корея)", re.MULTILINE)
    found = [story for story in archive.stories if not story.relevant and related.search(story.text)]
    assert languages(found) == {"en", "uk"}


def test_one_wire_story_is_carried_nearly_word_for_word_by_five_outlets(archive: Archive) -> None:
    original = next(story for story in archive.stories if story.guid == "sw-20241018-0003")
    shingles = {tuple(words(original)[i : i + 5]) for i in range(len(words(original)) - 4)}

    def is_copy(story: SampleStory) -> bool:
        own = [tuple(words(story)[i : i + 5]) for i in range(len(words(story)) - 4)]
        return bool(own) and sum(shingle in shingles for shingle in own) / len(own) >= 0.8

    copies = [story for story in archive.stories if is_copy(story)]
    assert len({story.outlet_id for story in copies}) >= 5
    assert all("Sample Wire" in story.text for story in copies)
    assert len({story.text for story in copies}) >= 4


ZELENSKY = "Zelensky|젤렌스키|Зеленс"


@pytest.mark.parametrize(
    ("pattern", "days", "in_languages"),
    [
        ("1,?500", "2024-10-18", {"en", "ko", "ru"}),
        ("12,000|1만2000명|12 тысяч", "2024-10-18", {"en", "ko", "ru"}),
        ("11,000 .*infantrymen(.|\n)*Budanov", "2024-10-17", {"en"}),
        ("10 тисяч", "2024-10-17", {"uk"}),
        (ZELENSKY, "2024-10-2[01]", {"en", "ko", "ru", "uk"}),
        ("13,000 containers|1만3000개", "2024-10-1[89]", {"en", "ko"}),
        ("8,000 (North|of them)|до 8 тисяч", "2024-(10-31|11-01)", {"en", "uk"}),
        ("11,000|1만1000명|11 тисяч", "2024-11-04", {"en", "ko", "uk"}),
        ("cannot confirm|not yet able to confirm|확인해줄 수 없", "2024-10-(19|2.)", {"en", "ko"}),
        ("Peskov|Песков", "2024-10-(10|21)", {"en", "ru"}),
        ("groundless rumours", "2024-10-22", {"en"}),
    ],
    ids=[
        "the first 1,500",
        "12,000 planned",
        "Budanov's 11,000",
        "Zelensky's 10,000",
        "the address of 20 October",
        "13,000 containers",
        "Blinken's 8,000",
        "11,000 in Kursk",
        "could not confirm",
        "the Kremlin deflects",
        "the envoy denies",
    ],
)
def test_the_facts_of_the_month_are_told(
    archive: Archive, pattern: str, days: str, in_languages: set[str]
) -> None:
    assert languages(told(archive, pattern, days)) == in_languages


def test_the_address_of_20_october_is_told_by_several_outlets(archive: Archive) -> None:
    assert len({story.outlet_id for story in told(archive, ZELENSKY, "2024-10-2[01]")}) >= 5


def test_a_correction_changes_a_number_in_a_story_already_published(archive: Archive) -> None:
    story = next(story for story in archive.stories if any(revision.text for revision in story.revisions))
    revision = story.revisions[0]
    assert "20,000" in story.text
    assert revision.text is not None
    assert "About 12,000" in revision.text
    assert "Correction:" in revision.text
    assert revision.at > story.published


def test_a_copy_moves_its_date_and_nothing_else(archive: Archive) -> None:
    bumps = [
        revision
        for story in archive.stories
        for revision in story.revisions
        if revision.published and revision.title is None and revision.text is None
    ]
    assert bumps


def test_some_relevant_stories_are_only_a_teaser(archive: Archive) -> None:
    teasers = [story for story in archive.stories if story.relevant and len(story.text.splitlines()) == 1]
    assert len(teasers) >= 2


def test_one_outlet_alone_writes_html(archive: Archive) -> None:
    assert {story.outlet_id for story in archive.stories if "<" in story.text} == {"sample-monitor"}


def a_story(
    *, relevant: bool = True, why: str | None = None, revisions: tuple[Revision, ...] = ()
) -> SampleStory:
    return SampleStory(
        outlet_id="sample-wire",
        guid="sw-1",
        published=FIRST_DAY,
        language="en",
        title="A title",
        text="A text.",
        url="https://sample-wire.example/1",
        relevant=relevant,
        why="sport" if why else None,
        revisions=revisions,
    )


def test_an_irrelevant_story_without_a_reason_is_refused() -> None:
    with pytest.raises(InputError, match="sw-1"):
        a_story(relevant=False)


def test_a_relevant_story_with_a_reason_against_it_is_refused() -> None:
    with pytest.raises(InputError, match="sw-1"):
        a_story(relevant=True, why="sport")


def test_a_revision_before_the_story_is_refused() -> None:
    with pytest.raises(InputError, match="order of time"):
        a_story(revisions=(Revision(at=FIRST_DAY, title="Too early"),))


def test_a_revision_dated_after_itself_is_refused() -> None:
    bump = Revision(at=datetime(2024, 10, 9, tzinfo=UTC), published=datetime(2024, 10, 10, tzinfo=UTC))
    with pytest.raises(InputError, match="future"):
        a_story(revisions=(bump,))


OUTLETS = """
outlets:
  - {id: one, name: Sample One, domain: one.example, language: en, format: rss, feed_path: /one/feed,
     markup: plain}
"""
STORIES = """
outlet: one
stories:
  - {guid: a, published: 2024-10-08T00:00:00Z, language: en, title: T, text: X, url: "https://one.example/a",
     relevant: true}
"""


def folder_of(tmp_path: Path, stories: str) -> Path:
    (tmp_path / "outlets.yaml").write_text(OUTLETS, encoding="utf-8")
    (tmp_path / "one.yaml").write_text(stories, encoding="utf-8")
    return tmp_path


def test_an_archive_in_another_folder_loads(tmp_path: Path) -> None:
    assert [story.guid for story in load_archive(folder_of(tmp_path, STORIES)).stories] == ["a"]


@pytest.mark.parametrize(
    "stories",
    [
        STORIES.replace("relevant: true", "relevant: true, relevnat: no"),
        STORIES.replace("2024-10-08T00:00:00Z", "2024-10-08T00:00:00"),
        STORIES.replace("outlet: one", "outlet: two"),
        "outlet: [",
    ],
    ids=["unknown field", "no time zone", "another outlet", "no YAML"],
)
def test_a_wrong_file_is_named(tmp_path: Path, stories: str) -> None:
    with pytest.raises(InputError, match=re.escape("one.yaml")):
        load_archive(folder_of(tmp_path, stories))
