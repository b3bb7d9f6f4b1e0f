"""Normal forms of texts that strangers wrote."""

from time import process_time
from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from shared.unicode_forms import PIECE, normalized

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=" "), max_size=PIECE - 1)


@given(st.lists(WORDS, max_size=8))
def test_words_are_normalised_as_if_the_text_were_one_piece(words: list[str]) -> None:
    text = " ".join(words * 3)
    assert normalized("NFC", text) == normalize("NFC", text)
    assert normalized("NFKC", text) == normalize("NFKC", text)


def test_a_run_of_combining_marks_costs_little() -> None:
    bomb = "a" + "\u0301\u0316" * 49_000
    began = process_time()
    normalized("NFC", bomb)
    assert process_time() - began < 2  # in one piece it takes 5 s and more
