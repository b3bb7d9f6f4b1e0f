"""Stories made of bytes: each byte string is a small program that joins names, markup and odd characters and
repeats them, so that a few bytes, and a change of one, can mean a megabyte of text."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.extract.rules.lexicon import FOLDER, load_lexicon
from services.extract.rules.terms import Term

LONGEST: Final = 1_000_000
LONGEST_TITLE: Final = 3_000
STEP_BYTES: Final = 4
REPEATS: Final = (1, 1, 1, 1, 2, 3, 7, 40, 300, 3_000, 30_000, LONGEST)
JOINTS: Final = ("", " ", "\n", "\u00a0", ", ", ".", "-", "\u200b", "\u0301", "\t")

ODD: Final = (
    *(
        "<p>",
        "</p>",
        "<b><i><u>",
        "<",
        "<a ",
        "<script>",
        "</script",
        "<!--",
        "-->",
        "<figcaption>",
        "<img alt='",
    ),
    *(
        "&amp;",
        "&",
        "&#x1F1F0;",
        "&#55296;",
        "&lt;p&gt;",
        "&nbsp",
        "https://a.example/?",
        "www.",
        "t.me/",
        "@a",
    ),
    *(
        "\ud800",
        "\udfff",
        "\x00",
        "\ufeff",
        "\u202e",
        "\u2066",
        "\u2069",
        "\u200d",
        "\u00ad",
        "\u0301\u0316",
        "\u0345",
    ),
    *(
        "\u1112\u1161\u11ab",
        "\u1160",
        "\u11a8",
        "e\u0301",
        "İ",
        "ß",
        "ŉ",
        "ﬃ",
        "ΐ",
        "Ǆ",
        "🇰🇵",
        "👩‍👩‍👧",
        "𝐊𝐢𝐦",
        "ＫＩＭ",
    ),
    *(
        ". ",
        "! ",
        "。",
        "… ",
        "U.S. ",
        "Gen. ",
        "Oct. 20 ",
        "N. ",
        "• ",
        "1,500 ",
        "10 000",
        "— ",
        "Read also: ",
    ),
    *(
        "\nRelated:\n- ",
        "READ ALSO: ",
        "▶많이 본 뉴스",
        "관련기사 ",
        "support us ",
        "Reuters contributed to this report",
    ),
    *(
        "\n— A (@a) November 1, 2024\n",
        "With inputs",
        "The post ",
        "appeared first on ",
        "© AFP",
        "(Reuters) - ",
    ),
    *(
        "a" * 50,
        "가" * 50,
        "Я" * 50,
        "한",
        "北",
        "露",
        "x",
        "9",
        " ",
        "\n",
        "\r\n",
        "\u2028",
        "\x85",
        "\x1c",
        "'",
        '"',
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One step: a fragment, how often, and what stands after each; the title's steps come first."""

    fragment: str
    times: int
    joint: str
    in_title: bool

    @property
    def words(self) -> str:
        return (self.fragment + self.joint) * self.times


def program(data: bytes, fragments: Sequence[str]) -> tuple[Shape, ...]:
    """The steps that the bytes stand for."""
    steps = (data[place : place + STEP_BYTES] for place in range(0, len(data) - STEP_BYTES + 1, STEP_BYTES))
    return tuple(
        Shape(
            fragment=_fragment(step, fragments),
            times=REPEATS[step[2] % len(REPEATS)],
            joint=JOINTS[step[3] % len(JOINTS)],
            in_title=step[3] >= 200,
        )
        for step in steps
    )


def story(shapes: Sequence[Shape], longest: int = LONGEST) -> tuple[str, str]:
    """Title and text of the steps; the text ends at `longest`, the title sooner."""
    title = _joined([shape for shape in shapes if shape.in_title], LONGEST_TITLE)
    return title, _joined([shape for shape in shapes if not shape.in_title], longest)


def fragments() -> tuple[str, ...]:
    """What is joined: every phrase of the lexicon, and what has led readers of text astray before."""
    phrases = {phrase for term in load_lexicon(FOLDER).terms for phrase in _written(term)}
    return (*ODD, *sorted(phrases))


def _fragment(step: bytes, fragments: Sequence[str]) -> str:
    """Odd ones as often as all the phrases; now and then a character of any kind."""
    choice = step[0] << 8 | step[1]
    if choice % 8 == 0:
        return chr(choice)
    if choice % 2:
        return ODD[choice // 2 % len(ODD)]
    return fragments[choice // 2 * 37 % len(fragments)]


def _joined(shapes: Sequence[Shape], limit: int) -> str:
    words = ""
    for shape in shapes:
        room = limit - len(words)
        each = len(shape.fragment + shape.joint)
        times = min(shape.times, room // each + 1)
        words += dataclasses.replace(shape, times=times).words[:room]
    return words


def _written(term: Term) -> tuple[str, ...]:
    tail = " ".join(word for word, _ in term.tail)
    whole = f"{term.exact or term.surface} {tail}".strip()
    return (whole, whole.title())
