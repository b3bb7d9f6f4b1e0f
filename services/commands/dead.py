"""`dead list`, `dead redrive`: records that were given up, and giving them another chance."""

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
import typer

from services.commands.settings import read_settings, run
from shared.dead_letter import PREFIX, redriven
from shared.errors import InputError
from shared.ports import Stream, StreamRecord
from shared.runtime import open_stream
from shared.settings import Settings
from shared.topics import GROUP_TOPIC, dead_letter_topic

TOPICS = tuple(GROUP_TOPIC.values())

family = typer.Typer(help="Dead letters: records that could not be handled.", no_args_is_help=True)
Topic = Annotated[str | None, typer.Option("--topic", help=f"only those of {', '.join(TOPICS)}")]
Offset = Annotated[int | None, typer.Option("--offset", min=0, help="only the one at this offset")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(family, name="dead")


@family.command("list")
def list_letters(topic: Topic = None) -> None:
    """Print every dead letter as one line of JSON."""
    run(_list(read_settings(), _topics(topic)))


async def _list(settings: Settings, topics: tuple[str, ...]) -> None:
    stream = open_stream(settings)
    try:
        async for letter in _letters(stream, topics):
            typer.echo(msgspec.json.encode(_described(letter)).decode())
    finally:
        await stream.close()


@family.command()
def redrive(
    topic: Topic = None,
    offset: Offset = None,
    for_real: Annotated[
        bool, typer.Option("--yes", help="publish; without it only say what would be")
    ] = False,
) -> None:
    """Publish dead letters to the topic they came from again. The letters themselves stay."""
    run(_redrive(read_settings(), _topics(topic), offset, for_real=for_real))


async def _redrive(
    settings: Settings, topics: tuple[str, ...], offset: int | None, *, for_real: bool
) -> None:
    stream = open_stream(settings)
    count = 0
    try:
        publisher = await stream.publisher()
        async for letter in _letters(stream, topics):
            record = redriven(letter)
            if record is None or offset not in (None, letter.offset):
                continue
            if for_real:
                await publisher.publish([record])
            count += 1
        await publisher.close()
    finally:
        await stream.close()
    typer.echo(f"{count} {'published again' if for_real else 'would be published again; add --yes to do it'}")


async def _letters(stream: Stream, topics: tuple[str, ...]) -> AsyncIterator[StreamRecord]:
    for topic in topics:
        async for letter in stream.browse(dead_letter_topic(topic)):
            yield letter


def _described(letter: StreamRecord) -> dict[str, object]:
    headers = {name: value.decode("utf-8", "replace") for name, value in letter.headers}
    told = {name.removeprefix(PREFIX): value for name, value in headers.items() if name.startswith(PREFIX)}
    return {
        "letter": letter.offset,
        "key": letter.key,
        "bytes": len(letter.value),
        "type": headers.get("ce_type"),
        **told,
    }


def _topics(topic: str | None) -> tuple[str, ...]:
    if topic is None:
        return TOPICS
    if topic not in TOPICS:
        raise InputError(f"--topic {topic}: one of {', '.join(TOPICS)}")
    return (topic,)
