"""An explanation as a person reads it on a terminal; wraps at the terminal's width."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from services.commands.columns import Row, rows_of_lines, wrapped
from services.commands.wording import plain, plain_title
from services.extract.explaining.label_words import quoted, signed
from shared.model.explanation import Explanation, FeatureFired, Verdict
from shared.model.tag import Evidence

_MOST_WORDS: Final = 5
_LITTLE: Final = 0.1
"""Contributions below this are shown as one."""


def show_explanation(console: Console, explanation: Explanation) -> None:
    """Print all of it: the verdict, what it lacks, what spoke for and against, what was found."""
    for part in _parts(explanation):
        for line in (
            wrapped(part, console.width) if isinstance(part, Text) else rows_of_lines(part, console.width)
        ):
            console.print(line, soft_wrap=True)


def _parts(explanation: Explanation) -> Iterator[Text | list[Row]]:
    yield Text(plain_title(explanation.title) or "(no headline)", style="bold")
    yield Text(f"{explanation.story_id} · {explanation.language} · {_read(explanation)}")
    yield Text("")
    yield _verdict(explanation)
    yield from _stored(explanation)
    yield from _section("What it lacks", [("•", plain(one)) for one in explanation.lacking])
    yield from _section("For and against", _contributions(explanation))
    yield from _section("Found in its own words", _labels(explanation))
    yield from _section("Entities", _entities(explanation))
    yield from _section("Categories", [(one.id, _words(one.evidence)) for one in explanation.categories])
    yield from _section("What looked like one and does not count", _rejected(explanation))
    yield from _section("Left out", _left_out(explanation))


def _verdict(explanation: Explanation) -> Text:
    """How it was judged, and by what measure."""
    verdict = explanation.verdict
    line = Text("relevant" if verdict.relevant else "not relevant", style="bold")
    line.stylize("green" if verdict.relevant else "yellow")
    line.append(
        f" ({verdict.tier}): score {verdict.score:.2f};"
        f" relevant from {explanation.threshold:.2f}, core from {explanation.core:.2f}",
        style="not bold default",
    )
    return line


def _stored(explanation: Explanation) -> Iterator[Text]:
    stored, version = explanation.stored, explanation.verdict.version
    if stored is None:
        yield Text(f"By the rules {version}; not stored.")
        return
    when = f"{stored.tagged_at:%Y-%m-%d %H:%M} UTC"
    if explanation.rules_changed:
        yield Text(f"By the rules of now, {version}.")
        yield Text(
            f"Stored {when} by other rules, {stored.verdict.version}, as {_short(stored.verdict)}.",
            style="yellow",
        )
    else:
        yield Text(f"By the rules {version}, which it was stored by on {when}.")


def _short(verdict: Verdict) -> str:
    return f"{'relevant' if verdict.relevant else 'not relevant'} ({verdict.tier}, {verdict.score:.2f})"


def _read(explanation: Explanation) -> str:
    """How many sentences of each section were read as its own words."""
    counted = [f"{one.section} {one.sentences}" for one in explanation.sections if one.counted]
    read = "sentences read: " + ", ".join(counted) if counted else "nothing read as its own words"
    return f"{read}; the last {explanation.unread:,} characters unread" if explanation.unread else read


def _section(heading: str, rows: list[Row]) -> Iterator[Text | list[Row]]:
    """A heading and its rows; nothing where there are no rows."""
    if rows:
        yield Text("")
        yield Text(heading, style="bold")
        yield rows


def _contributions(explanation: Explanation) -> list[Row]:
    telling = [one for one in explanation.features if abs(one.contribution) >= _LITTLE]
    little = [one.contribution for one in explanation.features if abs(one.contribution) < _LITTLE]
    rows: list[Row] = [
        (signed(one.contribution), f"{one.feature}.{one.zone}", _calculation(one), _grounds(one))
        for one in telling
    ]
    if little:
        rows.append((signed(sum(little)), f"{len(little)} more", "", f"of less than {_LITTLE} each"))
    return [*rows, (signed(explanation.bias), "bias", "", "what every story starts from")]


def _calculation(feature: FeatureFired) -> str:
    return "" if feature.value == 1 else f"{feature.value:.2f} × {signed(feature.weight)}"


def _grounds(feature: FeatureFired) -> str:
    words = _words(feature.evidence)
    return f"{feature.when}: {words}" if words else feature.when


def _labels(explanation: Explanation) -> list[Row]:
    return [
        (one.meaning if one.is_side else one.label, f"{one.count}×", _places(one.places, one.count))
        for one in explanation.labels
    ]


def _entities(explanation: Explanation) -> list[Row]:
    return [
        (one.id, one.qid or "", f"{plain(one.name)}: {_places(one.mentions, len(one.mentions))}")
        for one in explanation.entities
    ]


def _rejected(explanation: Explanation) -> list[Row]:
    rows: list[Row] = [
        (f"“{plain(one.place.text)}”", _where(one.place), f"{one.meaning}: {one.because}{_times(one.count)}")
        for one in explanation.rejected
    ]
    return _with_more(rows, explanation.rejected_count)


def _left_out(explanation: Explanation) -> list[Row]:
    rows: list[Row] = [
        (one.section, f"{one.start}–{one.end}", f"{one.because}: “{plain(one.text)}”")
        for one in explanation.left_out
    ]
    return _with_more(rows, explanation.left_out_count)


def _with_more(rows: list[Row], count: int) -> list[Row]:
    more = count - len(rows)
    return [*rows, ("", "", f"and {more} more")] if more else rows


def _places(places: Sequence[Evidence], count: int) -> str:
    shown = [f"“{plain(one.text)}” {_where(one)}" for one in places[:_MOST_WORDS]]
    return ", ".join(shown) + (", …" if count > len(shown) else "")


def _words(evidence: Iterable[Evidence]) -> str:
    return quoted((plain(one.text) for one in evidence), _MOST_WORDS)


def _where(place: Evidence) -> str:
    return f"{place.section} {place.start}–{place.end}"


def _times(count: int) -> str:
    return f" ({count}×)" if count > 1 else ""
