"""A story's own words, told from what stands around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extract.reading.markup import mask_markup
from services.extract.sections import SCORED_LIMIT, read_text


def _sections(text: str) -> dict[str, str]:
    """The section of each line, by the line's own words."""
    return {text[one.start : one.end].strip(): one.section for one in read_text(text).sentences}


def test_a_list_of_related_links_ends_where_prose_begins_again() -> None:
    prose = (
        "The ministry said on Monday that " + "the inspection of the depot would go on " * 5 + "until spring."
    )
    text = f"Wheat fell.\nRead also:\n- Troops join the war\n- Ten photos\n{prose}"
    sections = _sections(text)
    assert sections["- Troops join the war"] == "related"
    assert sections["- Ten photos"] == "related"
    assert sections[prose] == "body"


@pytest.mark.parametrize(
    "mark",
    ["READ ALSO: ", "Читайте также: ", "ЧИТАЙТЕ ТАКОЖ: ", "▶많이 본 뉴스 ", "Zobacz też: "],
)
def test_links_glued_to_the_last_line_are_cut_off_where_they_begin(mark: str) -> None:
    text = f"Prices slipped on Tuesday. {mark}North Korean troops in Kursk"
    sections = read_text(text).sentences
    assert [one.section for one in sections] == ["dek", "related"]
    assert text[sections[1].start :].startswith(mark.strip()[:5])


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("Become a patron or see other ways to support.", "appeal"),
        ("Reuters contributed to this report.", "credit"),
        ("Comments are closed.", "credit"),
        ("The post Ten photos appeared first on Some Site.", "credit"),
        ("21 October 2024 08:53", "dateline"),
        ("— Volodymyr Zelenskyy (@ZelenskyyUa) November 1, 2024", "embed"),
        ("사진 설명 북한군", "caption"),
    ],
)
def test_what_stands_around_the_story_is_told_from_it(line: str, section: str) -> None:
    assert _sections(f"The minister spoke on Monday.\n{line}\n")[line] == section


def test_sentences_glued_without_a_space_are_parted_and_abbreviations_are_not() -> None:
    text = (
        "About 1,500 left in the first phase.On Monday the U.S. envoy met Gen. Smith on Oct. 20 in N. Korea."
    )
    sentences = [text[one.start : one.end] for one in read_text(text).sentences]
    assert sentences == [
        "About 1,500 left in the first phase.",
        "On Monday the U.S. envoy met Gen. Smith on Oct. 20 in N. Korea.",
    ]


def test_tags_are_blanked_and_a_caption_inside_them_is_not_read() -> None:
    text = (
        '<figure><figcaption>North Korean troops</figcaption></figure><p>Rain &amp; wind. <img alt="Kim"></p>'
    )
    masked = mask_markup(text)
    assert len(masked) == len(text)
    assert masked.split() == ["Rain", "&", "wind."]


@given(st.text(alphabet=st.sampled_from('<>&;a/ \n"=!-*#x1figcaption'), max_size=400))
def test_masking_never_moves_a_character(text: str) -> None:
    masked = mask_markup(text)
    assert len(masked) == len(text)
    assert all(new in (old, " ", "\n") or "&" in text for new, old in zip(masked, text, strict=True))


@given(st.text(max_size=500))
def test_sentences_cover_every_word_once_and_in_order(text: str) -> None:
    read = read_text(text)
    position = 0
    for one in read.sentences:
        assert not read.masked[position : one.start].strip()
        assert position <= one.start < one.end
        position = one.end
    assert not read.masked[position:].strip()


def test_nothing_after_the_limit_is_read() -> None:
    assert max(one.end for one in read_text("word. " * 20_000).sentences) <= SCORED_LIMIT
