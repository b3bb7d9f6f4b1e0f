"""Scores the tagger on every dev set and fails below the committed baseline: `python -m tests.quality.gate`.

Writes report.md beside this file (ids only, never the publishers' words). `--accept` makes today's figures
the baseline.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from services.extract.tagger import Tagger
from shared.model.tag import Tags
from tests.quality.datasets import LabelledStory, load_dev, load_stream, shared_folder
from tests.quality.scores import Score, score

_FOLDER = Path(__file__).parent
_WORST = 15

Judged = tuple[LabelledStory, Tags]


def main() -> int:
    """0 when no figure fell below the baseline, 1 when one did, 2 when the labelled sets are not there."""
    folder = shared_folder()
    if not (folder / "gold" / "stories_dev.jsonl").exists():
        _say(f"no labelled sets in {folder}: set PACTWATCH_SHARED to the folder that holds gold/ and stream/")
        return 2
    tagger = Tagger.load()
    judged = [(story, _tag(tagger, story)) for story in (*load_dev(folder), *load_stream(folder))]
    table = figures(judged)
    (_FOLDER / "report.md").write_text(report(table, judged, tagger.version), encoding="utf-8")
    baseline_file = _FOLDER / "baseline.json"
    if "--accept" in sys.argv[1:]:
        baseline_file.write_text(json.dumps(_f1(table), indent=1) + "\n", encoding="utf-8")
    fallen = below(_f1(table), json.loads(baseline_file.read_text(encoding="utf-8")))
    for name, one in table.items():
        _say(f"{name:28} {one}")
    for line in fallen:
        _say(f"below the baseline: {line}")
    return 1 if fallen else 0


def figures(judged: Iterable[Judged]) -> dict[str, Score]:
    """Relevance by set, by set and language, and categories of the relevant real stories taken together."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for story, tags in judged:
        groups[story.dataset].append((story, tags))
        if story.dataset != "traps":
            groups[f"{story.dataset} {story.language}"].append((story, tags))
        groups["all"].append((story, tags))
    table = {
        name: score([tags.relevant for _, tags in group], [story.relevant for story, _ in group])
        for name, group in sorted(groups.items())
    }
    table["categories of stories"] = _categories(groups["stories"])
    return table


def category_figures(judged: Iterable[Judged]) -> dict[str, Score]:
    """Each category over the real stories, by id; one that no reader and no tagger gave is left out."""
    real = [(story, tags) for story, tags in judged if story.dataset == "stories"]
    seen = sorted({one for story, tags in real for one in (*story.categories, *tags.categories)})
    return {
        one: score(
            [one in tags.categories for _, tags in real], [one in story.categories for story, _ in real]
        )
        for one in seen
    }


def first_right(judged: Iterable[Judged]) -> float:
    """How often the tagger's first category is the reader's, over the real stories both call relevant."""
    firsts = [
        story.categories[0] == tags.categories[0]
        for story, tags in judged
        if story.dataset == "stories" and story.categories and tags.categories
    ]
    return sum(firsts) / len(firsts) if firsts else 1.0


def below(now: Mapping[str, float], baseline: Mapping[str, float]) -> list[str]:
    """One line for each figure of the baseline that is lower now, or gone."""
    return [
        f"{name}: F1 {now.get(name, 0.0):.4f}, baseline {floor:.4f}"
        for name, floor in baseline.items()
        if now.get(name, 0.0) < floor
    ]


def report(table: Mapping[str, Score], judged: Sequence[Judged], version: str) -> str:
    """The figures and the worst errors, by id."""
    lines = [
        "# Quality of the tagger on the dev sets",
        "",
        f"Rules {version}. The weights were fitted on these sets: the held-out figures are those that",
        "`python -m tests.quality.train` and `python -m tests.quality.train_categories` show.",
        "",
        *_rows("set", table),
        "",
        "## Categories of the real stories",
        "",
        *_rows("category", category_figures(judged)),
        "",
        f"The first is the reader's first in {first_right(judged):.1%} of the stories both call relevant.",
        "",
        "## Worst errors",
        "",
        *_worst(judged),
    ]
    return "\n".join(lines) + "\n"


def _rows(heading: str, table: Mapping[str, Score]) -> list[str]:
    return [
        f"| {heading} | P | R | F1 | right | false alarms | missed |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {name} | {one.precision:.3f} | {one.recall:.3f} | {one.f1:.3f}"
            f" | {one.right} | {one.false_alarms} | {one.missed} |"
            for name, one in table.items()
        ),
    ]


def _worst(judged: Iterable[Judged]) -> list[str]:
    wrong = [(story, tags) for story, tags in judged if story.relevant != tags.relevant]
    wrong.sort(key=lambda pair: (-abs(pair[1].score - float(pair[0].relevant)), pair[0].id))
    return [
        f"- {story.dataset} `{story.id}` ({story.language}): {'missed' if story.relevant else 'false alarm'},"
        f" score {tags.score:.2f}"
        for story, tags in wrong[:_WORST]
    ]


def _categories(group: Iterable[Judged]) -> Score:
    guesses: list[bool] = []
    truths: list[bool] = []
    for story, tags in group:
        for category in sorted({*story.categories, *tags.categories}):
            guesses.append(category in tags.categories)
            truths.append(category in story.categories)
    return score(guesses, truths)


def _f1(table: Mapping[str, Score]) -> dict[str, float]:
    return {name: round(one.f1, 4) for name, one in table.items()}


def _tag(tagger: Tagger, story: LabelledStory) -> Tags:
    return tagger.tag(title=story.title, text=story.text, story_id=story.id)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
