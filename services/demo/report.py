"""What the demo shows a person: a bar that moves with the days, then what was alerted and what arrived."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from services.demo.outcome import DemoOutcome
from services.demo.replay import Moment
from services.demo.run import Progress as Report
from shared.model.alert import Alert


@contextmanager
def progress_bar(console: Console, steps: int) -> Iterator[Report]:
    """Call what it gives once per moment of the replay."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[stories]:>3} stories  {task.fields[alerts]:>3} alerts"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("waiting for the services", total=steps, stories=0, alerts=0)

        def moved(moment: Moment) -> None:
            bar.update(
                task,
                advance=1,
                description=f"{moment.at:%Y-%m-%d}",
                stories=moment.stories,
                alerts=moment.alerts,
            )

        yield moved


def show(console: Console, outcome: DemoOutcome, api: str | None) -> None:
    """The alerts in order, then the sums."""
    table = Table(title="What was alerted, and why", title_justify="left", expand=True)
    table.add_column("seen (UTC)", no_wrap=True)
    table.add_column("severity", no_wrap=True)
    table.add_column("alert, and why", ratio=1)
    for alert in outcome.alerts:
        table.add_row(_when(alert.alerted_at), severity_bar(alert.severity), _headline(alert))
    console.print(table)
    for line in _sums(outcome):
        console.print(line, soft_wrap=True)
    if api is not None:
        console.print(f"The API stays up at {api}/v1/alerts (Ctrl-C ends it).", soft_wrap=True)


def _sums(outcome: DemoOutcome) -> tuple[str, ...]:
    found, ledger = outcome.summary(), outcome.ledger
    return (
        f"{found['stories']} stories, {found['relevant']} of them relevant, in {found['events']} events.",
        (
            f"Revisions of relevant stories: {ledger['notified']} told, "
            f"{ledger['suppressed']} told already by another or not changed in what they say."
        ),
        (
            f"{found['alerts']} alerts; the receiver got {found['deliveries']} deliveries and verified "
            f"{found['verified']} signatures, in {found['seconds']} s."
        ),
    )


def severity_bar(severity: int) -> str:
    """One to five filled cells."""
    return "▮" * severity + "▯" * (5 - severity)


def _headline(alert: Alert) -> Text:
    text = Text(alert.headline)
    text.append(f"\n{alert.reason.replace('_', ' ')}: {alert.because}")
    categories = ", ".join(category.replace("_", " ") for category in alert.categories[:3])
    text.append(f"\n{', '.join(alert.coverage.outlets)} · {categories or 'no category'}", style="dim")
    return text


def _when(moment: datetime) -> str:
    return f"{moment:%m-%d %H:%M}"
