"""Characters from bytes, whatever servers and documents declare."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.documents.charset import decode_document
from services.ingest.parser import parse_feed
from tests.unit.services.ingest.rss_documents import item, rss

TITLES = {
    "cp949": "북한군 파병 확인, 국정원 발표",
    "euc-kr": "북한군 파병 확인, 국정원 발표",
    "cp1251": "Разведка сообщила о переброске войск",
    "koi8-r": "Разведка сообщила о переброске войск",
    "utf-8": "Розвідка повідомила про війська",
    "utf-16": "Розвідка повідомила про війська",
    "cp1252": "Déjà vu à la une: café fermé",
}


@pytest.mark.parametrize(("charset", "title"), TITLES.items())
@pytest.mark.parametrize("declared", ["nowhere", "in the header", "in the prolog"])
def test_text_is_read_whether_its_charset_is_declared_or_not(charset: str, title: str, declared: str) -> None:
    document = rss(item(title), declared=charset if declared == "in the prolog" else "")
    content_type = f"text/xml; charset={charset}" if declared == "in the header" else "text/xml"
    assert title in decode_document(document.encode(charset), content_type)


HEADLINES = {
    "cp949": ("푸틴, 평양 방문…김정은과 회담", "합참 “탄도미사일 발사”", "뷁스럽다는 말이 나왔다"),
    "euc-kr": ("한미일 외교장관 회담 개최",),
    "cp1251": ("МИД: «Договор вступил в силу»", "ЗСУ знищили склад боєприпасів", "Путин"),
    "koi8-r": ("Путин прибыл во Владивосток",),
    "koi8-u": ("Україна отримала ракети",),
    "iso-8859-5": ("Разведка сообщила о переброске войск", "Розвідка повідомила про війська"),
    "cp866": ("Разведка сообщила о переброске войск",),
    "shift_jis": ("北朝鮮、弾道ミサイルを発射か", "防衛省が発表した情報"),
    "euc-jp": ("北朝鮮、弾道ミサイルを発射か",),
    "cp1252": ("It’s “official” — troops moved", "He said it’s over", "£5bn deal", "Größere Übung"),
}
CASES = [(charset, headline) for charset, headlines in HEADLINES.items() for headline in headlines]


@pytest.mark.parametrize(("charset", "headline"), CASES)
@pytest.mark.parametrize("declared", ["", "utf-8"])
def test_one_headline_is_enough_to_tell_the_charset(charset: str, headline: str, declared: str) -> None:
    document = rss(item(headline, text=""), declared=declared).encode(charset)
    assert escape(headline) in decode_document(document, "text/xml")


@pytest.mark.parametrize(("charset", "headline"), CASES)
def test_the_charset_that_is_declared_is_kept_if_it_can_be_right(charset: str, headline: str) -> None:
    document = rss(item(headline, text=""), declared=charset).encode(charset)
    assert escape(headline) in decode_document(document, "text/xml")


def test_bytes_that_make_sense_in_no_charset_are_lost_not_published_as_garbage() -> None:
    good, noise = item("A plain headline", guid="1"), item("XX", guid="2", text="XX")
    document = rss(good, noise).encode().replace(b"XX", bytes(range(0x80, 0x100)) * 3)
    feed = parse_feed(document, "text/xml", "https://sample.example/feed.xml")
    assert [entry.guid for entry in feed.entries] == ["1"]
    assert feed.undecodable == 1


def test_utf_16_without_its_mark_is_read() -> None:
    assert TITLES["utf-8"] in decode_document(rss(item(TITLES["utf-8"])).encode("utf-16-le"), "text/xml")


@pytest.mark.parametrize("charset", ["cp949", "cp1251", "koi8-r"])
def test_a_false_declaration_makes_no_mojibake(charset: str) -> None:
    document = rss(item(TITLES[charset]), declared="utf-8").encode(charset)
    assert TITLES[charset] in decode_document(document, "text/xml; charset=utf-8")


def test_utf_8_declared_as_latin_is_still_utf_8() -> None:
    document = rss(item(TITLES["utf-8"]), declared="iso-8859-1").encode()
    assert TITLES["utf-8"] in decode_document(document, "text/xml; charset=iso-8859-1")


def test_a_document_cut_in_the_middle_of_a_character_loses_that_character_only() -> None:
    whole = rss(item(TITLES["utf-8"] * 5)).encode()
    cut = whole[: whole.index("війська".encode()) + 3]
    assert "Розвідка повідомила про в\ufffd" in decode_document(cut, "text/xml")


def test_codecs_that_are_no_charsets_are_not_used() -> None:
    assert decode_document(b"a\\x41\xff", "text/xml; charset=unicode_escape").startswith("a\\x41")


def test_characters_that_no_document_may_hold_are_gone() -> None:
    assert decode_document(b"a\x00b\x0bc\xef\xbf\xbed", "") == "abcd"


@given(st.binary(max_size=300), st.text(max_size=40))
def test_no_bytes_make_it_fail(body: bytes, content_type: str) -> None:
    decode_document(body, f"text/xml; charset={content_type}").encode()
