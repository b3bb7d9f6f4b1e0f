"""What is measured, on texts of our own."""

import asyncio
import io
import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import feedparser
import msgspec

from services.demo.archive import Archive, SampleEntry, load_archive
from services.demo.rendering import render_rss
from services.extract.tagger import Tagger
from services.ingest.parser import parse_feed
from shared.bus.embedded import EmbeddedStream
from shared.messages import STORY, decode, encode
from shared.ports import OutgoingRecord, TopicSpec
from tests.bench.measure import Case
from tests.samples import NOON, a_story, as_read

WORD = re.compile(r"\w+")
RECORDS = 500
MESSAGES = 2000


def cases(folder: Path) -> tuple[Case, ...]:
    """Every case; `folder` is for files."""
    archive = load_archive()
    return (_tagging(archive), _parsing(archive), _coding(), _publishing(folder))


def _tagging(archive: Archive) -> Case:
    tagger = Tagger.load()
    stories = archive.stories

    def tag() -> None:
        for story in stories:
            tagger.tag(title=story.title, text=story.text)

    def count_words() -> None:
        for story in stories:
            for _ in range(10):
                len(WORD.findall(story.title + story.text))

    return Case(
        name="tag a sample story",
        unit="story",
        units=len(stories),
        ours=tag,
        baseline_name="find its words ten times (re)",
        baseline=count_words,
    )


def _parsing(archive: Archive) -> Case:
    outlet = archive.outlets[0]
    entries = [
        SampleEntry(
            guid=story.guid,
            url=story.url,
            language=story.language,
            title=story.title,
            text=story.text,
            published=story.published,
            updated=story.published,
        )
        for story in archive.stories
    ]
    body = render_rss(outlet, entries, NOON)

    def parse() -> None:
        assert len(parse_feed(body, "application/rss+xml", "https://sample.example/feed").entries) == len(
            entries
        )

    return Case(
        name=f"parse a feed of {len(entries)} entries, {len(body) // 1000} kB",
        unit="entry",
        units=len(entries),
        ours=parse,
        baseline_name="feedparser alone",
        baseline=lambda: feedparser.parse(io.BytesIO(body)),
    )


def _coding() -> Case:
    story = a_story()
    record = as_read(encode(STORY, story, source="/bench", now=NOON))
    plain = msgspec.to_builtins(story)

    def ours() -> None:
        for _ in range(MESSAGES):
            encode(STORY, story, source="/bench", now=NOON)
            decode(STORY, record)

    def baseline() -> None:
        for _ in range(MESSAGES):
            json.loads(json.dumps(plain))

    return Case(
        name="encode and decode a story record",
        unit="record",
        units=MESSAGES,
        ours=ours,
        baseline_name="json.dumps and json.loads",
        baseline=baseline,
    )


def _publishing(folder: Path) -> Case:
    records = [OutgoingRecord(topic="bench", key=str(number), value=b"x" * 1000) for number in range(RECORDS)]

    async def publish() -> None:
        stream = EmbeddedStream(folder / "stream.db")
        await stream.create_topics([TopicSpec(name="bench", partitions=6)])
        publisher = await stream.publisher()
        await publisher.publish(records)
        await stream.close()

    return Case(
        name=f"publish {RECORDS} records of 1 kB on the embedded log",
        unit="record",
        units=RECORDS,
        ours=lambda: asyncio.run(publish()),
        baseline_name="insert them with sqlite3",
        baseline=_inserting(folder / "plain.db", records),
    )


def _inserting(path: Path, records: list[OutgoingRecord]) -> Callable[[], None]:
    def insert() -> None:
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE IF NOT EXISTS records (key TEXT, value BLOB)")
            connection.executemany(
                "INSERT INTO records VALUES (?, ?)", [(record.key, record.value) for record in records]
            )
        connection.close()

    return insert
