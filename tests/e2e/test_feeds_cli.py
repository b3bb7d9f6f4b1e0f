"""`pactwatch feeds` as an operator uses it, against a server on loopback."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from aiohttp import web

from services.ingest.opml import read_opml
from tests.e2e.rss import Item, rendered
from tests.e2e.test_cli import ENTRY_KEYS, Result, pactwatch


def sample_feed(name: str, entries: int = 3) -> bytes:
    now = datetime.now(UTC)
    return rendered(
        f"The {name}",
        [
            Item(
                guid=f"{name}-{n}",
                title=f"{name} {n}",
                text="One.\nTwo.",
                published=now - timedelta(hours=n + 1),
            )
            for n in range(entries)
        ],
    )


@dataclass(slots=True)
class Site:
    """Answers of a server by path; `sources` are addresses on it."""

    answers: Mapping[str, web.Response]
    port: int = 0
    asked: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        answer = self.answers.get(request.path)
        if answer is None:
            raise web.HTTPNotFound
        return web.Response(body=answer.body, status=answer.status, headers=answer.headers)


def page(*links: str) -> web.Response:
    tags = "".join(f'<link rel="alternate" type="application/rss+xml" href="{link}">' for link in links)
    return web.Response(
        text=f"<!doctype html><html><head><title>Sample</title>{tags}</head><body>News</body></html>",
        content_type="text/html",
    )


def rss(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/rss+xml")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    whole = sample_feed("First")
    served = Site(
        {
            "/first": rss(whole),
            "/copy": rss(whole),
            "/second": rss(sample_feed("Second", 5)),
            "/half": rss(whole[: whole.index(b"First 2")]),
            "/page": page("/second"),
            "/front": page("/first", "/second"),
            "/moved": web.Response(status=301, headers={"Location": "/first"}),
            "/busy": web.Response(status=429, headers={"Retry-After": "90"}),
            "/shut": web.Response(status=403, text="no"),
            "/robots": web.Response(
                status=403, text="<html>Just a moment...</html>", content_type="text/html"
            ),
            "/gone": web.Response(status=410),
        }
    )
    app = web.Application()
    app.router.add_get("/{path:.*}", served.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.port = runner.addresses[0][1]
    yield served
    await runner.cleanup()


async def feeds(site: Site, folder: Path, *arguments: str) -> Result:
    """`pactwatch feeds …` with a database of its own, allowed to reach the site."""
    return await pactwatch(
        "feeds",
        *arguments,
        PACTWATCH_DATABASE=f"sqlite:///{folder / 'd.db'}",
        PACTWATCH_STREAM=f"embedded:{folder / 's.db'}",
        PACTWATCH_ALLOW_LOOPBACK=f"127.0.0.1:{site.port}",
        PACTWATCH_DOMAIN_PAUSE_SECONDS="0",
        PACTWATCH_LOG_LEVEL="error",
    )


def opml(folder: Path, *outlines: str) -> Path:
    """A list with one outline per line, the first on line 2."""
    file = folder / "list.opml"
    lines = "\n".join(f'<outline type="rss" {each}/>' for each in outlines)
    file.write_text(f'<opml version="2.0"><body>\n{lines}\n</body></opml>', encoding="utf-8")
    return file


async def test_a_list_is_taken_in_changed_and_given_back(site: Site, tmp_path: Path) -> None:
    one = f'text="One" xmlUrl={quoteattr(site.url("/first"))} outlet="One Daily" language="ko"'
    two = f'text="Two" xmlUrl={quoteattr(site.url("/second"))} outlet="Two Daily"'
    file = opml(tmp_path, one, two)
    assert (await feeds(site, tmp_path, "import", str(file))).lines == ["2 new, 0 updated, 0 unchanged"]
    opml(tmp_path, one + ' owner="One Group" country="KR" tier="1"', two)
    assert (await feeds(site, tmp_path, "import", str(file))).lines == ["0 new, 1 updated, 1 unchanged"]
    copy = tmp_path / "copy.opml"
    exported = await feeds(site, tmp_path, "export", "--output", str(copy))
    assert (exported.code, exported.lines, exported.errors) == (0, [], [])
    found = {feed.name: feed for feed in read_opml(copy.read_bytes()).feeds}
    assert (found["One"].outlet, found["One"].owner, found["One"].country) == ("One Daily", "One Group", "KR")
    assert (found["One"].tier, found["One"].language, found["Two"].tier) == (1, "ko", None)


async def test_an_outlet_is_not_changed_in_silence_and_bad_lines_are_named(
    site: Site, tmp_path: Path
) -> None:
    address = f"xmlUrl={quoteattr(site.url('/first'))}"
    await feeds(site, tmp_path, "import", str(opml(tmp_path, f'{address} outlet="One Daily"')))
    file = opml(tmp_path, f'{address} outlet="Two Daily"', 'xmlUrl="ftp://x.example/"', 'text="none"')
    again = await feeds(site, tmp_path, "import", str(file))
    assert (again.code, again.lines) == (2, ["0 new, 0 updated, 1 unchanged"])
    assert [error.split(":")[1].strip() for error in again.errors] == ["line 3", "line 4", "line 2"]
    assert all(error.startswith(f"{file}: ") for error in again.errors)
    assert "One Daily" in (await feeds(site, tmp_path, "list")).lines[0]


@pytest.mark.parametrize(("content", "reason"), [(b"<opml", "not XML"), (None, "No such file")])
async def test_a_list_that_cannot_be_read_is_one_line_and_exit_status_2(
    site: Site, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "list.opml"
    if content is not None:
        file.write_bytes(content)
    result = await feeds(site, tmp_path, "import", str(file))
    assert (result.code, result.lines, len(result.errors)) == (2, [], 1)
    assert result.errors[0].startswith(f"{file}: ")
    assert reason in result.errors[0]


async def test_check_says_of_each_feed_what_it_gives_and_what_to_do(site: Site, tmp_path: Path) -> None:
    paths = ("/first", "/copy", "/half", "/page", "/front", "/moved", "/busy", "/shut", "/robots", "/gone")
    result = await feeds(site, tmp_path, "check", "--json", *map(site.url, paths), "http://127.0.0.1:9/")
    found = {line["feed"]: line for line in map(json.loads, result.lines)}
    assert list(found) == [*map(site.url, paths), "http://127.0.0.1:9/"]
    assert [line["status"] for line in found.values()] == [
        *("ok", "ok", "partial", "page", "page", "ok"),
        *("busy", "refused", "robot check", "gone", "blocked"),
    ]
    assert [line["failed"] for line in found.values()] == [line["status"] != "ok" for line in found.values()]
    assert (result.code, result.errors) == (1, [])
    advice = {path: "; ".join(found[site.url(path)]["advice"]) for path in paths}
    assert advice["/first"] == ""
    assert advice["/copy"] == f"holds the same entries as {site.url('/first')}"
    assert "ends early" in advice["/half"]
    assert advice["/page"] == f"is a web page; its feeds: {site.url('/second')}"
    assert advice["/front"] == f"is a web page; its feeds: {site.url('/first')}, {site.url('/second')}"
    assert f"moved permanently to {site.url('/first')}" in advice["/moved"]
    assert "again in 90 s" in advice["/busy"]
    assert "403" in advice["/shut"]
    assert "robots" in advice["/robots"]
    assert "410" in advice["/gone"]
    first, paged = found[site.url("/first")], found[site.url("/page")]
    assert (first["format"], first["entries"]) == ("rss 2.0", 3)
    assert datetime.fromisoformat(first["newest_at"]) < datetime.now(UTC)
    assert paged["entries"] == 5, "what the page's only feed holds"


async def test_check_takes_lists_and_prints_a_line_for_each_feed(site: Site, tmp_path: Path) -> None:
    file = opml(tmp_path, f"xmlUrl={quoteattr(site.url('/first'))}", 'xmlUrl="nonsense"')
    result = await feeds(site, tmp_path, "check", str(file), site.url("/second"), str(tmp_path / "none.opml"))
    assert [line.split()[:4] for line in result.lines] == [
        ["ok", "rss", "2.0", "3"],
        ["ok", "rss", "2.0", "5"],
    ]
    assert site.url("/first") in result.lines[0]
    assert result.code == 2
    assert result.errors[0].startswith(f"{file}: line 3: 'nonsense'")
    assert result.errors[1] == f"{tmp_path / 'none.opml'}: No such file or directory"


async def test_check_without_arguments_tries_all_that_is_watched(site: Site, tmp_path: Path) -> None:
    nothing = await feeds(site, tmp_path, "check")
    assert (nothing.code, nothing.lines) == (0, [])
    assert "no feeds are watched" in nothing.errors[0]
    paused = f'xmlUrl={quoteattr(site.url("/gone"))} isComment="true"'
    file = opml(tmp_path, f"xmlUrl={quoteattr(site.url('/first'))}", paused)
    await feeds(site, tmp_path, "import", str(file))
    result = await feeds(site, tmp_path, "check")
    assert (result.code, len(result.lines)) == (0, 1)
    assert site.asked == ["/first"]


async def test_parse_reads_the_only_feed_of_a_page_in_its_place(site: Site, tmp_path: Path) -> None:
    result = await feeds(site, tmp_path, "parse", site.url("/page"), site.url("/front"), site.url("/first"))
    entries = [json.loads(line) for line in result.lines]
    assert all(entry.keys() == ENTRY_KEYS for entry in entries)
    assert [entry["feed"] for entry in entries] == [site.url("/page")] * 5 + [site.url("/first")] * 3
    assert result.code == 2, "a page with several feeds is not read: which one is not ours to choose"
    read, refused, plain = result.errors
    assert site.url("/second") in read
    assert "its feeds:" in refused
    assert plain == f"{site.url('/first')}: The First: 3 entries"


async def test_list_shows_each_feed_with_its_health(site: Site, tmp_path: Path) -> None:
    file = opml(
        tmp_path, 'xmlUrl="https://one.example/f" outlet="표본 통신"', 'xmlUrl="https://two.example/f"'
    )
    nothing = await feeds(site, tmp_path, "list")
    assert (nothing.code, nothing.lines) == (0, [])
    assert "no feeds are watched" in nothing.errors[0]
    await feeds(site, tmp_path, "import", str(file))
    listed = await feeds(site, tmp_path, "list")
    assert len(listed.lines) == 2
    assert all(line.startswith("not read yet") for line in listed.lines)
    found = [json.loads(line) for line in (await feeds(site, tmp_path, "list", "--json")).lines]
    assert {feed["outlet"] for feed in found} == {"표본 통신", "two.example"}
    assert all(feed["health"] is None for feed in found)


async def test_an_import_refuses_what_the_api_refuses_and_names_what_is_listed_twice(
    site: Site, tmp_path: Path
) -> None:
    one = f"xmlUrl={quoteattr(site.url('/first'))}"
    file = opml(tmp_path, one, 'xmlUrl="http://127.0.0.1:22/f"', one, 'xmlUrl="https://one.example/f#top"')
    result = await feeds(site, tmp_path, "import", str(file))
    assert (result.code, result.lines) == (2, ["1 new, 0 updated, 0 unchanged"])
    assert [error.removeprefix(f"{file}: ") for error in result.errors] == [
        "line 3: 'http://127.0.0.1:22/f': port 22 is not an allowed one",
        f"line 4: {site.url('/first')!r} is listed again; line 2 is kept",
        "line 5: 'https://one.example/f#top': the address has a fragment (#…)",
    ]
