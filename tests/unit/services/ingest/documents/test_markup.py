"""Both ways from markup to text, held to the judgement of html-text."""

import html_text
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.documents.markup import visible_text
from services.ingest.documents.tidymarkup import tidy_text

PIECES = (
    *("<p>", "</p>", "<b>", "</b>", "<br>", "<br/>", "<div>", "</div>", "<ul><li>", "</li>", "</ul>", "<li>"),
    *(
        "<h2>",
        "</h2>",
        "<a href='x'>",
        "</a>",
        "<blockquote>",
        "</blockquote>",
        "<figure>",
        "</figure>",
        "<hr>",
    ),
    *("<script>x()</script>", "<style>", "</style>", "<!-- c -->", "<table><tr><td>", "</td>", "<iframe>in"),
    *(
        "</iframe>",
        "<object><param>",
        "<select><option>",
        "<title>",
        "</title>",
        "<svg>",
        "<o:p>",
        "</p",
        "<",
        ">",
    ),
    *(
        "word",
        ",",
        ".",
        "(",
        ")",
        " ",
        "\n",
        "&amp;",
        "&lt;",
        "&nbsp;",
        "&hellip;",
        "&bogus;",
        "&#133;",
        "?",
    ),
    *("한국", "Привіт", "\xa0", "<noscript>", "<pre>", "<meta>", "<body>", "</body>", "<html>", "<frameset>"),
)
NAMES = (
    "p",
    "b",
    "div",
    "ul",
    "ol",
    "li",
    "h2",
    "blockquote",
    "figure",
    "figcaption",
    "span",
    "a",
    "em",
    "sub",
)
RUNS = st.lists(st.sampled_from((*PIECES[36:52], "<br>", '<img src="x" />')), max_size=3).map("".join)


@st.composite
def nested(draw: st.DrawFn, depth: int = 3) -> str:
    """Markup whose tags pair, in the right places or not."""
    if depth == 0:
        return draw(RUNS)
    names = draw(st.lists(st.sampled_from(NAMES), max_size=3))
    return draw(RUNS) + "".join(f"<{name}>{draw(nested(depth - 1))}</{name}>{draw(RUNS)}" for name in names)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | nested())
@settings(max_examples=400, deadline=None)
def test_any_markup_gives_the_text_that_html_text_gives(markup: str) -> None:
    expected = html_text.extract_text(markup)
    assert visible_text(markup) == expected
    assert tidy_text(markup) in (None, expected)


@pytest.mark.parametrize(
    "markup",
    [
        "<p>One <b>bold</b> word, <a href='x'>linked</a>.</p>\n<p>Two&nbsp;&amp; three.<br/>Four.</p>",
        '<div class="c"><h2>Head</h2><ul><li>a</li><li><em>b</em> c</li></ul></div>',
        "plain <i>then</i> italic",
    ],
)
def test_usual_markup_goes_the_short_way(markup: str) -> None:
    assert tidy_text(markup) == html_text.extract_text(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "<p>one<p>two",
        "<b>one<p>two</p></b>",
        "<p>one</b></p>",
        "<ul><li>one<li>two</li></li></ul>",
        "<table><tr><td>x</td></tr></table>",
        "<p title='a>b'>x</p>",
        "<P>x</P>",
        "<p>5 < 6</p>",
        "<p>&bogus</p>",
        "<p>\0</p>",
    ],
)
def test_markup_that_needs_a_real_parser_gets_it(markup: str) -> None:
    assert tidy_text(markup) is None
    assert visible_text(markup) == html_text.extract_text(markup)
