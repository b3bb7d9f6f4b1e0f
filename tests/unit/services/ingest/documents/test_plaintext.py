"""Markup as the text that readers see."""

from hypothesis import example, given
from hypothesis import strategies as st

from services.ingest.documents.plaintext import body_text, repaired_references, title_text


def test_paragraphs_stay_apart_and_tags_vanish() -> None:
    assert body_text("<p>One <b>bold</b> word.</p><p>Two.<br>Three.</p><script>x()</script>") == (
        "One bold word.\n\nTwo.\nThree."
    )


def test_text_without_tags_is_not_taken_for_markup() -> None:
    assert title_text("Tom &amp; Co: 5 &lt; 6, and 7 < 8") == "Tom & Co: 5 < 6, and 7 < 8"
    assert body_text("First line.\n\n\n\nSecond  line.") == "First line.\n\nSecond line."


def test_markup_escaped_twice_is_still_markup() -> None:
    assert body_text("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;") == "One.\n\nTwo."


def test_a_title_is_one_line_of_bounded_length() -> None:
    assert title_text(" A\n<b>b</b>\tc ") == "A b c"
    assert len(title_text("word " * 2000)) <= 1000


def test_a_body_is_of_bounded_length() -> None:
    assert len(body_text("<p>word</p>" * 50_000)) <= 100_000


def test_entities_that_xml_does_not_know_become_characters_and_those_it_knows_stay() -> None:
    assert repaired_references("&ldquo;A&nbsp;&amp; &lt;b&rdquo; &bogus; &amp;nbsp; &LT;") == (
        "“A\xa0&amp; &lt;b” &bogus; &amp;nbsp; &LT;"
    )


@example("\x1b 0")
@given(st.text(max_size=200))
def test_whatever_comes_in_nothing_unprintable_comes_out(value: str) -> None:
    for text in (title_text(value), body_text(value), body_text(f"<p>{value}</p>")):
        assert not set(text) & {chr(code) for code in (*range(9), 11, 12, *range(14, 32), 127)}
        assert text == text.strip()
        text.encode()
