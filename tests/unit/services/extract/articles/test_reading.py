"""What a page says, whatever bytes it is made of."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from services.extract.pages.charset import decode_page
from services.extract.pages.credit import agency_credit
from services.extract.pages.metadata import moment, page_head
from services.extract.pages.reading import LONGEST_TEXT, plain, read_page
from services.extract.pages.robots import LONGEST_DELAY, permission, robots_of
from services.extract.rules.agencies import load_agencies
from tests.samples import NOON
from tests.unit.services.extract.articles.newsdesk import REPORT, article

ADDRESS = "https://wire.example/stories/1"
AGENCIES = load_agencies()


def test_the_report_is_read_without_what_stands_around_it() -> None:
    found = read_page(article(), "text/html", ADDRESS, AGENCIES)
    assert found is not None
    assert found.text.splitlines()[1:] == list(REPORT)
    assert "Section" not in found.text
    assert "somebody" not in found.text


def test_a_page_longer_than_what_is_kept_is_cut_there() -> None:
    found = read_page(article(*["The ship sailed at dawn. " * 200] * 60), "text/html", ADDRESS, AGENCIES)
    assert found is not None
    assert len(found.text) <= LONGEST_TEXT


@given(st.text(max_size=500))
def test_text_that_is_kept_holds_nothing_that_databases_choke_on(text: str) -> None:
    kept = plain(text)
    kept.encode()
    assert "\0" not in kept
    assert plain(kept) == kept


RUSSIAN = "Пароход с контейнерами вышел из порта в понедельник, сообщило агентство. Подробностей нет. "


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "utf-8", "utf-16"])
@pytest.mark.parametrize("header", ["right", "utf-8", "punycode", ""])
def test_characters_are_found_whatever_is_declared(charset: str, header: str) -> None:
    kind = f"text/html; charset={charset if header == 'right' else header}"
    page = f"<html><head><title>Порт</title></head><body><p>{RUSSIAN * 5}</p></body></html>"
    assert RUSSIAN in decode_page(page.encode(charset), kind)


def test_a_page_that_declares_its_encoding_itself_is_believed() -> None:
    page = f'<html><head><meta charset="koi8-u"></head><body>{RUSSIAN}</body></html>'
    assert RUSSIAN in decode_page(page.encode("koi8-u"), "text/html")


@given(st.binary(max_size=300), st.sampled_from(["", "text/html; charset=utf-16", "charset=cp949"]))
def test_any_bytes_become_characters(body: bytes, kind: str) -> None:
    decode_page(body, kind).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2024-10-21T21:00:00+09:00", NOON),
        ("2024-10-21T12:00:00Z", NOON),
        ("2024-10-21T12:00:00.123456789Z", NOON + timedelta(microseconds=123456)),
        ("2024-10-21T12:00:00", None),  # of no zone: it may be nine hours off
        ("2024-10-21", None),
        ("1990-01-01T00:00:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59Z", None),
        ("today", None),
        (20241021, None),
    ],
)
def test_only_a_time_with_its_zone_is_a_time(value: object, found: datetime | None) -> None:
    assert moment(value) == found


def test_structured_data_is_searched_within_bounds() -> None:
    nested = "[" * 50_000 + "]" * 50_000
    page = (
        f'<html><head><script type="application/ld+json">{nested}</script>'
        '<script type="application/ld+json">{"@graph": [{"@type": "WebSite"},'
        ' {"@type": "ReportageNewsArticle", "dateModified": "2024-10-21T12:00:00Z"}]}</script>'
        '<meta name="date" content="2024-10-21T11:00:00Z"></head><body><p>x</p></body></html>'
    )
    head = page_head(document_fromstring(page))
    assert (head.published_at, head.modified_at) == (datetime(2024, 10, 21, 11, tzinfo=UTC), NOON)
    assert not head.locked


@pytest.mark.parametrize(
    ("head", "locked"),
    [
        ('<meta property="article:content_tier" content="locked">', True),
        ('<meta property="article:content_tier" content="free">', False),
        ('<script type="application/ld+json">{"@type":"Article","isAccessibleForFree":false}</script>', True),
        ('<script type="application/ld+json">{"@type":"Article","isAccessibleForFree":true}</script>', False),
        ('<script type="application/ld+json">{"@type":"Game","isAccessibleForFree":false}</script>', False),
    ],
)
def test_a_page_for_subscribers_says_so_in_its_head(head: str, locked: bool) -> None:
    page = f"<html><head>{head}</head><body><p>x</p></body></html>"
    assert page_head(document_fromstring(page)).locked == locked


@pytest.mark.parametrize(
    ("text", "authors", "credit"),
    [
        ("SEOUL, Oct. 21 (Yonhap) -- The ship sailed.\nNobody knows where to.", (), "Yonhap"),
        ("The ship sailed.\nNobody knows where to.", ("Sam Writer", "Reuters"), "Reuters"),
        ("The ship sailed, Reuters reported.\nNobody knows where to.", ("Sam Writer",), None),
    ],
)
def test_an_agency_is_credited_where_the_report_is_its_own(
    text: str, authors: tuple[str, ...], credit: str | None
) -> None:
    assert agency_credit(AGENCIES, text, authors) == credit


@pytest.mark.parametrize("name", ["Pactwatch", "pactwatch/0.1", "Pactwatch/0.1 # ours", "PACTWATCH/7.2b"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_robots_txt_means_us_with_whatever_version(name: str, end: str) -> None:
    lines = ["User-agent: *", "Disallow: /", "", f"User-agent: {name}", "Allow: /stories", "Crawl-delay: 7"]
    found = permission(end.join(lines).encode(), ADDRESS)
    assert (found.allowed, found.delay) == (True, timedelta(seconds=7))
    denial = end.join([f"\ufeffUser-agent: {name}", "Disallow: /stories"]).encode()
    assert not permission(denial, ADDRESS).allowed


def test_a_robots_txt_for_a_longer_name_than_ours_is_not_for_us() -> None:
    assert permission(b"User-agent: Pactwatcher/0.1\nDisallow: /\n", ADDRESS).allowed


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, "ask"),
        (204, "allow"),
        (301, "allow"),
        (404, "allow"),
        (403, "allow"),
        (429, "disallow"),
        (503, "disallow"),
    ],
)
def test_what_comes_for_a_robots_txt_decides_by_its_status(status: int, verdict: str) -> None:
    body = b"User-agent: *\nDisallow: /" if status == 200 else b""
    assert robots_of(status, body, NOON).verdict == verdict


@given(st.binary(max_size=400))
def test_any_bytes_are_a_robots_txt(body: bytes) -> None:
    found = permission(b"User-agent: *\nCrawl-delay: 1e9\n" + body, ADDRESS)
    assert timedelta() <= found.delay <= LONGEST_DELAY
