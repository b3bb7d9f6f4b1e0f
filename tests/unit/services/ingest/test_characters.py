"""Characters that no text of ours may hold, and blanks."""

from hypothesis import example, given
from hypothesis import strategies as st

from services.ingest.characters import is_control, single_blanks, without_control

ASCII = st.text(st.characters(max_codepoint=127))
BLANK = st.sampled_from([*" \t\n\r\x0b\x0c\x1c\x1f\x85\xa0\u2003", "ship", "배", "\n\n", "   "])
SPACED = st.lists(BLANK, max_size=30).map("".join)


@example("\x1f \x7f")
@given(ASCII | st.text())
def test_what_is_left_is_the_text_without_each_such_character(text: str) -> None:
    assert without_control(text) == "".join(sign for sign in text if not is_control(sign))


def test_ends_of_lines_stay_and_what_terminals_obey_goes() -> None:
    assert without_control("a\tb\r\nc\x1b[2J\x07\x00") == "a\tb\r\nc[2J"
    assert without_control("배\tb\r\nc\x1b[2J\x9b\ufeff\ud800") == "배\tb\r\nc[2J"


@given(ASCII | st.text() | SPACED)
def test_single_blanks_stand_where_any_white_space_was(text: str) -> None:
    assert single_blanks(text) == " ".join(text.split())
