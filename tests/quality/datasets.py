"""The labelled sets that the tagger is scored on; they lie outside the project and are read there."""

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledStory:
    """A story as its feed carried it, and what its reader decided."""

    id: str
    dataset: str
    language: str
    title: str
    text: str
    relevant: bool
    categories: tuple[str, ...]


def shared_folder() -> Path:
    """Where the labelled sets lie: the environment's PACTWATCH_SHARED, else beside the project."""
    return Path(os.environ.get("PACTWATCH_SHARED", "../shared"))


def load_dev(folder: Path) -> tuple[LabelledStory, ...]:
    """The dev sets whose every story is labelled; borderline ones are left out."""
    return (
        *_load(folder / "gold" / "stories_dev.jsonl", "stories"),
        *_load(folder / "gold" / "traps_dev.jsonl", "traps"),
        *_load(folder / "gold" / "multilingual_dev.jsonl", "multilingual"),
    )


def load_probes() -> tuple[LabelledStory, ...]:
    """The project's own probes: sentences in our own words, labelled by the policy of the dev sets."""
    return tuple(_load(Path(__file__).parent / "probes.jsonl", "probes"))


def load_stream(folder: Path) -> tuple[LabelledStory, ...]:
    """The dev stream; an item without a label is not relevant, a borderline one is left out."""
    labels = {row["id"]: row["relevant"] for row in _rows(folder / "stream" / "dev_labels.jsonl")}
    return tuple(
        LabelledStory(
            id=row["id"],
            dataset="stream",
            language=row["language"],
            title=row["title"],
            text=row["text"],
            relevant=labels.get(row["id"]) == "yes",
            categories=(),
        )
        for row in _rows(folder / "stream" / "dev.jsonl.gz")
        if labels.get(row["id"]) != "borderline"
    )


def _load(path: Path, dataset: str) -> Iterator[LabelledStory]:
    for row in _rows(path):
        if row["relevant"] == "borderline":
            continue
        relevant = row["relevant"] in (True, "yes")
        yield LabelledStory(
            id=row["id"],
            dataset=dataset,
            language=row["lang"],
            title=row["title"],
            text=row["text"],
            relevant=relevant,
            categories=tuple(row["categories"]) if relevant else (),
        )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for line in content.splitlines():
        yield json.loads(line)
