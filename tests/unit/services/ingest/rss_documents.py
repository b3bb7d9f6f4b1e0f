"""Feed documents for tests, in our own words."""

from collections.abc import Iterable
from html import escape


def rss(*items: str, head: str = "", declared: str = "") -> str:
    encoding = f' encoding="{declared}"' if declared else ""
    return (
        f'<?xml version="1.0"{encoding}?>{head}<rss version="2.0"><channel><title>The Sample</title>'
        f"<link>https://sample.example/</link><language>en-GB</language>{''.join(items)}</channel></rss>"
    )


def item(
    title: str = "A ship leaves port",
    *,
    guid: str | None = None,
    link: str | None = None,
    text: str = "<p>It sailed at dawn.</p>",
    date: str | None = "Mon, 21 Oct 2024 09:00:00 GMT",
) -> str:
    fields: Iterable[tuple[str, str | None]] = (
        ("title", title),
        ("guid", guid),
        ("link", link),
        ("description", text),
        ("pubDate", date),
    )
    return "<item>" + "".join(f"<{n}>{escape(v)}</{n}>" for n, v in fields if v is not None) + "</item>"
