"""Tagging by us and phrase matching by spaCy, in turn on the same stories."""

from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.bench.polling.children import Child, child
from tests.bench.tagging.contestant import Task, Times, Weight
from tests.bench.tagging.texts import Kind

ROUNDS: Final = 7
CASES: Final[tuple[tuple[Kind, int, int], ...]] = (
    ("ordinary", 500, 400),
    ("dense", 500, 400),
    ("ordinary", 6_000, 60),
    ("dense", 6_000, 60),
)
"""Kind, characters, stories per round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Milliseconds of processor time per story: medians over the rounds of their means, and of all stories
    the 99th percentile. `ratio` is the median of the ratios round by round."""

    ours: float
    ours_p99: float
    spacy: float
    spacy_p99: float
    ratio: float


def tagging(console: Console) -> None:
    """Prints speed, the slowest stories and memory, ours beside spaCy's."""
    module = "tests.bench.tagging.contestant"
    with child(module, "ours") as ours, child(module, "spacy") as spacy:
        weights = ours.told(Weight), spacy.told(Weight)
        table = Table(
            title=f"Stories tagged per second on one core; medians of {ROUNDS} rounds, in turn with spaCy",
            title_justify="left",
        )
        for heading in (
            "stories",
            "characters",
            "ours /s",
            "spaCy /s",
            "faster",
            "ours p99 ms",
            "spaCy p99 ms",
        ):
            table.add_column(heading, justify="left" if heading == "stories" else "right", no_wrap=True)
        for kind, characters, count in CASES:
            found = _measured(ours, spacy, kind, characters, count)
            table.add_row(
                kind,
                f"{characters:,}",
                f"{1000 / found.ours:,.0f}",
                f"{1000 / found.spacy:,.0f}",
                f"{found.ratio:.2f}×",
                f"{found.ours_p99:.2f}",
                f"{found.spacy_p99:.2f}",
            )
    console.print(table)
    mine, theirs = weights
    console.print(
        "Ours finds language, sections, labels, relevance, categories and entities; spaCy's blank English"
        " tokenizer\nwith a PhraseMatcher finds phrases only, of which there are"
        f" {mine.phrases:,} for each. Memory of the phrases:\n{mine.phrases_mb:.0f} MB and"
        f" {theirs.phrases_mb:.0f} MB; of the whole process: {mine.process_mb:.0f} MB and"
        f" {theirs.process_mb:.0f} MB.\n"
    )


def _measured(ours: Child, spacy: Child, kind: Kind, characters: int, count: int) -> Measured:
    rounds: list[tuple[list[float], list[float]]] = []
    for seed in range(ROUNDS + 1):
        task = Task(kind=kind, characters=characters, count=count, seed=seed)
        rounds.append((ours.ask(task, Times).milliseconds, spacy.ask(task, Times).milliseconds))
    rounds = rounds[1:]  # the first is to warm up
    means = [(sum(mine) / count, sum(theirs) / count) for mine, theirs in rounds]
    return Measured(
        ours=median(mine for mine, _ in means),
        ours_p99=_p99([each for mine, _ in rounds for each in mine]),
        spacy=median(theirs for _, theirs in means),
        spacy_p99=_p99([each for _, theirs in rounds for each in theirs]),
        ratio=median(theirs / mine for mine, theirs in means),
    )


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]
