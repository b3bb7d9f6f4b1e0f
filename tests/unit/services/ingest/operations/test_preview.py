"""Feeds shown as they would be published."""

from pathlib import Path

from services.ingest.operations.preview import FeedPreview, Previewer
from services.ingest.operations.sources import SourceReader
from tests.unit.services.ingest.desk import NOW, Desk
from tests.unit.services.ingest.rss_documents import item, rss


async def previews(desk: Desk, *sources: str) -> list[FeedPreview]:
    reader = SourceReader(
        client=desk.parts.client, workers=desk.parts.workers, clock=lambda: NOW, policy=desk.policy
    )
    previewer = Previewer(reader=reader, clock=lambda: NOW)
    return [preview async for preview in previewer.preview(sources)]


async def test_files_and_addresses_show_what_would_be_published(desk: Desk, tmp_path: Path) -> None:
    url = desk.origin.serve("/feed", rss(item("Old", date="Mon, 21 Oct 2019 09:00:00 GMT")))
    file = tmp_path / "feed.xml"
    file.write_text(rss(item("Ship", guid="1"), item("Ship", guid="1"), "<item/>"))
    from_file, from_web = await previews(desk, str(file), url)
    (entry,) = from_file.entries
    assert (entry.feed, entry.title, entry.text) == (str(file), "Ship", "It sailed at dawn.")
    assert (entry.published_at, entry.published_source) == ("2024-10-21T09:00:00Z", "feed")
    assert (
        from_file.summary
        == f"{file}: The Sample: 1 entry; 1 more repeats one of them; 1 more holds nothing to read"
    )
    assert [entry.title for entry in from_web.entries] == ["Old"]
    assert from_web.summary == (
        f"{url}: The Sample: 1 entry, 1 of them older than 30 days (would not be published)"
    )
    assert not from_web.failed


async def test_what_a_document_holds_and_is_not_shown_is_told(desk: Desk, tmp_path: Path) -> None:
    many, half = tmp_path / "many.xml", tmp_path / "half.xml"
    many.write_text(rss(*(item(f"Ship {n}", guid=str(n)) for n in range(2003))))
    whole = rss(item("Ship", guid="1"), item("Sail", guid="2"))
    half.write_text(whole[: whole.index("Sail")])
    shown = await previews(desk, str(many), str(half))
    assert shown[0].summary.endswith(": 2000 entries; 3 more are beyond the limit of 2000 and were not read")
    assert shown[1].summary.endswith("; the document ends early: part of it is missing")
    assert [preview.failed for preview in shown] == [False, False]


async def test_what_is_neither_a_file_nor_an_address_is_named(desk: Desk, tmp_path: Path) -> None:
    shown = await previews(desk, str(tmp_path), "", "ftp://one.example/feed")
    assert [preview.summary.rpartition(": ")[2] for preview in shown] == [
        "a directory, not a file",
        "an empty argument names neither a file nor an address",
        "not an http or https address",
    ]


async def test_what_cannot_be_read_says_why_and_the_rest_is_shown(desk: Desk, tmp_path: Path) -> None:
    page, good = tmp_path / "page.html", tmp_path / "good.xml"
    page.write_text("<html></html>")
    good.write_text(rss(item()))
    sources = (str(tmp_path / "none.xml"), str(page), desk.origin.url("/missing"), "http://[", str(good))
    shown = await previews(desk, *sources)
    assert [preview.failed for preview in shown] == [True, True, True, True, False]
    assert all(preview.summary.startswith(preview.source) for preview in shown)
    assert "HTML page" in shown[1].summary
