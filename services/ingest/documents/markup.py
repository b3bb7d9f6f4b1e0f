"""HTML as the text that readers see, read by lxml's forgiving parser event by event, without building a tree.

Where lines break and words part is html-text's judgement, which the tests hold this module to.
"""

from typing import Final

from lxml import etree

LINE_TAGS: Final = frozenset(
    [
        "article",
        "aside",
        "br",
        "dd",
        "details",
        "div",
        "dt",
        "fieldset",
        "figcaption",
        "footer",
        "form",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "nav",
        "table",
        "tr",
    ]
)
PARAGRAPH_TAGS: Final = frozenset(
    ["blockquote", "dl", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "title", "ul"]
)
_UNSEEN: Final = frozenset(["script", "style", "link", "meta", "applet", "frame", "frameset", "noframes"])
_TRANSPARENT: Final = frozenset(["iframe", "embed", "layer", "object", "param"])
NO_SPACE_BEFORE: Final = frozenset(',:;.!?")')


def visible_text(markup: str) -> str:
    """Plain text: paragraphs apart by one empty line, lines by a newline, words by single spaces."""
    events = _Events()
    parser = etree.HTMLParser(recover=True, encoding="utf-8", target=events)
    document = markup.strip().replace("\0", "").encode("utf-8", "ignore") or b"<html/>"
    etree.fromstring(document, parser)
    return events.text


class LineWriter:
    """Puts text and breaks together: no more than one empty line, none at the start."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self._last = ""
        self._breaks = 2

    def break_line(self, tag: str) -> None:
        """The line ends, or the paragraph, if this tag, opening or closing, is one that ends it."""
        if self._breaks == 2:
            return
        if tag in PARAGRAPH_TAGS:
            self.written.append("\n" if self._breaks else "\n\n")
            self._breaks = 2
        elif tag in LINE_TAGS and not self._breaks:
            self.written.append("\n")
            self._breaks = 1

    def write(self, raw: str) -> None:
        """A run of text between two tags."""
        text = " ".join(raw.split())
        if not text:
            return
        if not self._breaks and (
            self._last.isspace() or (text[0] not in NO_SPACE_BEFORE and self._last != "(")
        ):
            self.written.append(" ")
        self.written.append(text)
        self._last = raw[-1]
        self._breaks = 0

    def text(self) -> str:
        """Everything so far."""
        return "".join(self.written).strip()


class _Events:
    """What lxml calls while it reads; `text` is there when it has closed."""

    def __init__(self) -> None:
        self._writer = LineWriter()
        self._run: list[str] = []
        self._unseen = 0
        self.text = ""

    def start(self, tag: str | bytes, _attributes: object) -> None:
        name = str(tag)
        if name in _UNSEEN:
            self._unseen += 1
        elif not self._unseen and name not in _TRANSPARENT:
            self._break(name)

    def end(self, tag: str | bytes) -> None:
        name = str(tag)
        if name in _UNSEEN:
            self._unseen -= 1
        elif not self._unseen and name not in _TRANSPARENT:
            self._break(name)

    def data(self, data: str | bytes) -> None:
        if not self._unseen:
            self._run.append(str(data))

    def comment(self, _text: str | bytes) -> None:
        """Readers do not see it, and it does not part words."""

    def close(self) -> str:
        self._flush()
        self.text = self._writer.text()
        return self.text

    def _break(self, tag: str) -> None:
        self._flush()
        self._writer.break_line(tag)

    def _flush(self) -> None:
        if self._run:
            self._writer.write("".join(self._run))
            self._run.clear()
