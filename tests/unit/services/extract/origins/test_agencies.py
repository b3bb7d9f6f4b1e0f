"""Whose text a story carries, in every language, and who is merely cited or in the news itself."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extract.origins.agencies import AgencyFinder, credited_agency
from services.extract.rules.agencies import load_agencies
from services.extract.rules.lexicon import FOLDER
from shared.errors import LexiconError

BODY = "The sample ministry said that forty trucks had crossed the bridge before dawn on Monday. " * 12


@pytest.fixture(scope="module")
def finder() -> AgencyFinder:
    return load_agencies(FOLDER)


def _kinds(finder: AgencyFinder, text: str, title: str = "") -> set[tuple[str, str]]:
    return {(credit.agency, credit.kind) for credit in finder.credits(title, text)}


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("SEOUL (Reuters) - Forty trucks were seen.", "ORG-REUTERS"),
        ("SEOUL, Oct. 24 (Yonhap) -- Forty trucks were seen.", "ORG-YONHAP"),
        ("KYIV, Ukraine (AP) — Forty trucks were seen.", "ORG-AP"),
        ("NEW YORK/LONDON (AFP/Sample) – Forty trucks were seen.", "ORG-AFP"),
        ("<p>MOSCOW, October 24. /TASS/. Forty trucks were seen.</p>", "ORG-TASS"),
        ("(서울=연합뉴스) 홍길동 기자 = 트럭 마흔 대가 다리를 건넜다.", "ORG-YONHAP"),
        ("[서울=뉴시스] 홍길동 기자 = 트럭 마흔 대가 다리를 건넜다.", "ORG-NEWSIS"),
        ("МОСКВА, 24 окт /ТАСС/. Сорок грузовиков пересекли мост.", "ORG-TASS"),
        ("МОСКВА, 24 окт – РИА Новости. Сорок грузовиков пересекли мост.", "ORG-RIA"),
        ("Москва. 24 октября. INTERFAX.RU - Сорок грузовиков пересекли мост.", "ORG-INTERFAX"),
        ("КИЇВ. 3 листопада. УНН. Сорок вантажівок перетнули міст.", "ORG-UNN"),
        ("Київ. 3 листопада. Укрінформ. Сорок вантажівок перетнули міст.", "ORG-UKRINFORM"),
        ("【ソウル時事】見本の車列が橋を渡った。", "ORG-JIJI"),
        ("【モスクワ共同】見本の車列が橋を渡った。", "ORG-KYODO"),
        ("[ソウル 24日 ロイター] 見本の車列が橋を渡った。", "ORG-REUTERS"),
        ("新华社平壤10月24日电 样本车队过桥。", "ORG-XINHUA"),
        ("（中央社首爾24日綜合外電報導）樣本車隊過橋。", "ORG-CNA-TW"),
        ("WARSZAWA (PAP) - Czterdzieści ciężarówek przejechało most.", "ORG-PAP"),
        ("Berlin (dpa) - Vierzig Lastwagen fuhren über die Brücke.", "ORG-DPA"),
        ("STOCKHOLM (TT) - Fyrtio lastbilar körde över bron.", "ORG-TT"),
        ("By AP", "ORG-AP"),
        ("By The Associated Press", "ORG-AP"),
        ("Reuters Staff", "ORG-REUTERS"),
        ("By Jane Roe and John Doe, Reuters", "ORG-REUTERS"),
        ("Von dpa", "ORG-DPA"),
        ("Источник: Рейтер", "ORG-REUTERS"),
    ],
)
def test_a_dateline_or_a_byline_credits_the_agency(finder: AgencyFinder, line: str, agency: str) -> None:
    found = finder.credits("A column of trucks", f"{line}\n{BODY}")
    assert credited_agency(found) == agency


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("© AFP", "ORG-AFP"),
        ("Copyright 2024 The Associated Press. All rights reserved.", "ORG-AP"),
        ("<저작권자(c) 연합뉴스, 무단 전재-재배포 금지>", "ORG-YONHAP"),
        ("ⓒ 뉴시스", "ORG-NEWSIS"),
        ("Source: Yonhap", "ORG-YONHAP"),
        ("Источник: ТАСС", "ORG-TASS"),
        ("Джерело: Укрінформ", "ORG-UKRINFORM"),
        ("Źródło: PAP", "ORG-PAP"),
        ("Quelle: dpa/AFP", "ORG-DPA"),
        ("Källa: TT", "ORG-TT"),
        ("来源：新华社", "ORG-XINHUA"),
        ("출처: 연합뉴스", "ORG-YONHAP"),
        ("Перевод: Рейтер", "ORG-REUTERS"),
        ("Переклад з Reuters", "ORG-REUTERS"),
        ("(with inputs from PTI)", "ORG-PTI"),
        ("Reuters contributed to this report.", "ORG-REUTERS"),
        ("Der Fahrer sagte dazu nichts. (dpa)", "ORG-DPA"),
        ("Kierowcy milczeli. (PAP)", "ORG-PAP"),
        ("運転手は沈黙した。（共同）", "ORG-KYODO"),
        ("По материалам ТАСС", "ORG-TASS"),
    ],
)
def test_what_stands_behind_the_text_credits_the_agency(finder: AgencyFinder, line: str, agency: str) -> None:
    found = finder.credits("A column of trucks", f"{BODY}\n{line}\n")
    assert credited_agency(found) == agency


@pytest.mark.parametrize(
    ("sentence", "agency"),
    [
        ("Forty trucks crossed the bridge, according to the news agency Reuters.", "ORG-REUTERS"),
        ("Citing South Korea's Yonhap, the paper counted forty trucks.", "ORG-YONHAP"),
        ("A driver told AFP that he had seen nothing.", "ORG-AFP"),
        ("Reuters reported on Tuesday that forty trucks had crossed.", "ORG-REUTERS"),
        ("연합뉴스에 따르면 트럭 마흔 대가 다리를 건넜다.", "ORG-YONHAP"),
        ("로이터통신은 트럭 마흔 대가 다리를 건넜다고 보도했다.", "ORG-REUTERS"),
        ("Сорок грузовиков пересекли мост, сообщает ТАСС.", "ORG-TASS"),
        ("Об этом пишет издание со ссылкой на агентство Рейтер.", "ORG-REUTERS"),
        ("Про це повідомляє Укрінформ.", "ORG-UKRINFORM"),
        ("Про це йдеться з посиланням на Reuters.", "ORG-REUTERS"),
        ("聯合ニュースによると、車列が橋を渡った。", "ORG-YONHAP"),
        ("据新华社报道，车队过桥。", "ORG-XINHUA"),
        ("Jak podaje PAP, przejechało czterdzieści ciężarówek.", "ORG-PAP"),
        ("Laut der Nachrichtenagentur dpa waren es vierzig Lastwagen.", "ORG-DPA"),
        ("Enligt nyhetsbyrån TT var det fyrtio lastbilar.", "ORG-TT"),
    ],
)
def test_an_agency_that_a_story_refers_to_is_cited_and_not_credited(
    finder: AgencyFinder, sentence: str, agency: str
) -> None:
    found = finder.credits("A column of trucks", f"{sentence} {BODY}")
    assert {(credit.agency, credit.kind) for credit in found} == {(agency, "cited")}
    assert credited_agency(found) is None


@pytest.mark.parametrize(
    ("title", "kinds"),
    [
        ("Reuters: forty trucks on the bridge", {("ORG-REUTERS", "cited")}),
        ("На мосту сорок грузовиков — Рейтер", {("ORG-REUTERS", "cited")}),
        ("На мосту сорок вантажівок, – УНІАН", {("ORG-UNIAN", "cited")}),
        ("Forty trucks on the bridge: AFP", {("ORG-AFP", "cited")}),
        ("Reuters opens a new building", set()),
        ("TASS fined for late filing", set()),
    ],
)
def test_a_headline_can_cite_but_never_credits(
    finder: AgencyFinder, title: str, kinds: set[tuple[str, str]]
) -> None:
    assert _kinds(finder, BODY, title) == kinds


@pytest.mark.parametrize(
    "line",
    [
        "Smoke rose over the Reuters building in the sample town.",
        "Two Reuters journalists were detained near the bridge.",
        "A witness was seen near a Reuters office, according to neighbours.",
        "Thomson Reuters shares rose by two percent.",
        "The AP exam was postponed, and the UNNamed witness left.",
        "Агентство ТАСС оштрафовали за опоздание.",
        "연합뉴스 본사 앞에서 집회가 열렸다.",
        "Photo: Reuters",
        "Kim Jong Un waves at a parade. (Photo by Sample / AFP)",
        "Фото: РИА Новости",
        "사진=연합뉴스",
        "A queue at the bridge on Monday. (Jane Roe/AFP via Sample Images)",
        "A queue at the bridge on Monday. (AP Photo/John Doe)",
        "A queue at the bridge on Monday. (The Canadian Press/John Doe)",
        "The news agency (Reuters) is not a party to the case.",
        "© APEX Sample Pictures",
        "PAPER, TTIP and dparted are no agencies.",
        "Кореспондент УНІАНу загинув під час обстрілу.",
    ],
)
@pytest.mark.parametrize("place", ["head", "tail"])
def test_an_agency_in_the_news_or_under_a_picture_says_nothing_of_whose_text_it_is(
    finder: AgencyFinder, line: str, place: str
) -> None:
    text = f"{line}\n{BODY}" if place == "head" else f"{BODY}\n{line}"
    assert _kinds(finder, text) == set()


def test_a_credit_outranks_a_citation_and_a_dateline_a_contribution(finder: AgencyFinder) -> None:
    text = (
        f"SEOUL (Yonhap) - Forty trucks crossed, Reuters reported.\n{BODY}\nAFP contributed to this report."
    )
    assert _kinds(finder, text) == {("ORG-YONHAP", "credit"), ("ORG-REUTERS", "cited"), ("ORG-AFP", "credit")}
    assert credited_agency(finder.credits("", text)) == "ORG-YONHAP"


@pytest.mark.parametrize(
    ("words", "agency"),
    [
        ("(Yonhap)", "ORG-YONHAP"),
        ("Copyright AFP 2024", "ORG-AFP"),
        ("Sample Images", None),
        ("\ud800", None),
    ],
)
def test_a_pages_own_credit_names_its_agency(finder: AgencyFinder, words: str, agency: str | None) -> None:
    assert finder.named(words) == agency


FRAGMENTS = st.sampled_from(
    [
        "SEOUL (Reuters) - ",
        "© AFP",
        "\n",
        "Source: ",
        "연합뉴스에 따르면",
        "<b>",
        "&amp;",
        "\ud800",
        "🇰🇵",
        "A" * 600,
    ]
)


@given(
    title=st.text(max_size=60),
    text=st.lists(st.one_of(FRAGMENTS, st.text(max_size=20)), max_size=20).map("".join),
)
def test_any_text_gives_exact_spans(finder: AgencyFinder, title: str, text: str) -> None:
    for credit in finder.credits(title, text):
        source = title if credit.section == "title" else text
        assert source[credit.start : credit.end] == credit.text


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "block", ["Reuters ", "A-B-", "SEOUL, ", "(AP) ", "By The ", "according to x y z ", "ТАСС/ "]
)
def test_a_megabyte_of_names_and_half_datelines_costs_little(finder: AgencyFinder, block: str) -> None:
    finder.credits(block * 300, block * (1_000_000 // len(block)) + "(Reuters) -")


def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    content = (FOLDER / "agencies.yaml").read_text(encoding="utf-8")
    (tmp_path / "agencies.yaml").write_text(content.replace("where: [title]", "where: [titel]", 1))
    with pytest.raises(
        LexiconError, match=r"agencies\.yaml:\d+: unknown place 'titel'; did you mean 'title'"
    ):
        load_agencies(tmp_path)
