"""What a sentence's labels say: lists of states, items of a round-up, and whose name "Kim" is."""

import pytest

from services.extract.rules.lexicon import load_lexicon
from services.extract.tagger import Tagger

_LABELS = load_lexicon().labels


def _has(tagger: Tagger, label: str, title: str, text: str = "") -> bool:
    story = tagger.read(title=title, text=text)
    return any(sentence.labels & (1 << _LABELS[label]) for sentence in story.sentences)


@pytest.mark.parametrize(
    "title",
    [
        "China, Russia, Iran and North Korea named as the main threats",
        "Китай, Россия, Иран и КНДР названы угрозами",
        "Китай, Іран, КНДР і росія — головні загрози",
        "Chiny, Rosja, Iran i Korea Północna",
        "北·中·러 정상 한자리에",
        "中国、ロシア、北朝鮮の首脳",
    ],
)
def test_a_state_named_in_a_list_of_three_is_only_listed(tagger: Tagger, title: str) -> None:
    assert _has(tagger, "listed_only", title)


@pytest.mark.parametrize(
    "title",
    [
        "China looks on as North Korea sends shells to Russia",
        "Russia, China and Iran wait while North Korea sends Russia troops",
        "中 전승절 계기 北·러 밀착 과시",
        "Russia and North Korea sign a treaty",
    ],
)
def test_a_state_that_also_acts_on_its_own_is_not_only_listed(tagger: Tagger, title: str) -> None:
    assert not _has(tagger, "listed_only", title)


def test_a_list_mark_opens_an_item_and_a_dash_inside_a_sentence_does_not(tagger: Tagger) -> None:
    text = "The president spoke at noon.\n— Soldiers of the DPRK were killed near Kursk.\n"
    assert _has(tagger, "item", "Other statements", text)
    assert not _has(tagger, "item", "Soldiers of the DPRK — killed near Kursk, he said")


@pytest.mark.parametrize(
    ("title", "is_north"),
    [
        ("Kim's troops dig in near Kursk, Seoul says", True),
        ("Seoul weighs arms for Kyiv after Kim's latest move", True),
        ("Żołnierze Kima giną pod Kurskiem", True),
        ("Кім: над Миколаєвом збили російські дрони", False),
        ("Kim reports a strike on Mykolaiv by Russian drones", False),
        ("Kim wins the mayoral race in Seoul", False),
    ],
)
def test_whose_name_kim_is_follows_from_what_else_is_named(
    tagger: Tagger, title: str, is_north: bool
) -> None:
    assert _has(tagger, "KP", title) is is_north


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "The last men of the company remember the reservoir",
            "In 1950 they fought North Korean troops and Soviet tanks. It is for a Korean War show.",
        ),
        ("Солдат КНДР перешёл демаркационную линию и сдался", "Его взяла под охрану армия Южной Кореи."),
        ("북한군 병사, 군사분계선 넘어 귀순", "합참은 신병을 확보해 조사 중이라고 밝혔다."),
    ],
)
def test_the_old_war_and_the_line_between_the_koreas_are_not_this_war(
    tagger: Tagger, title: str, text: str
) -> None:
    assert not tagger.tag(title=title, text=text).relevant
