"""Markup left in a story's text is masked character for character, so that offsets stay as received."""

import html
import re

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})\b[^<>]{0,4000}>", re.DOTALL)
_HIDDEN = re.compile(r"<(script|style|figcaption)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_ADDRESS = re.compile(r"(?:https?://|www\.|pic\.twitter\.com/|t\.me/)[^\s<>\"')\]]{1,2000}")
_DECORATION = re.compile(r"[*_`|~]")
_BLOCKS = frozenset(
    {"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "td", "table", "section"}
    | {"article", "blockquote", "figure", "figcaption", "hr", "img"}
)


def mask_markup(text: str) -> str:
    """The text with tags, addresses and decoration blanked; always as long as `text`.

    A block tag becomes a line break. An entity becomes its character, padded with spaces.
    """
    masked = text
    if "<" in masked:
        masked = _blank_hidden(_blank_comments(masked))
        masked = _TAG.sub(_blank_tag, masked)
    if "&" in masked:
        masked = _ENTITY.sub(_decode_entity, masked)
    if "/" in masked or "www." in masked:
        masked = _ADDRESS.sub(_blank, masked)
    return _DECORATION.sub(" ", masked)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _blank_comments(text: str) -> str:
    """Blanks comments of up to 4,000 characters, in one pass; an unclosed one stays."""
    pieces: list[str] = []
    position, end = 0, 0
    start = text.find("<!--")
    while start >= 0:
        if end < start + 4:
            end = text.find("-->", start + 4)
        if end < 0:
            break
        if end - start <= 4_000:
            pieces += (text[position:start], " " * (end + 3 - start))
            position = end + 3
            start = text.find("<!--", position)
        else:
            start = text.find("<!--", start + 4)
    return "".join((*pieces, text[position:]))


def _blank_hidden(text: str) -> str:
    """Blanks scripts, styles and captions up to their closing tags, in one pass; an unclosed one stays."""
    pieces: list[str] = []
    position = 0
    lowered = text.lower() if len(text.lower()) == len(text) else text
    unclosed: set[str] = set()
    for opening in _HIDDEN.finditer(text):
        name = opening[1].lower()
        if opening.start() < position or name in unclosed:
            continue
        end = lowered.find(f"</{name}", opening.end())
        if end < 0:
            unclosed.add(name)
            continue
        pieces += (text[position : opening.start()], "\n" + " " * (end - opening.start() - 1))
        position = end
    return "".join((*pieces, text[position:]))


def _blank_tag(match: re.Match[str]) -> str:
    is_block = (match[2] or "").lower() in _BLOCKS
    return ("\n" if is_block else " ") + " " * (len(match[0]) - 1)


def _decode_entity(match: re.Match[str]) -> str:
    character = html.unescape(match[0])
    if len(character) != 1 or character == "<" or 0xD800 <= ord(character) <= 0xDFFF:
        return " " * len(match[0])
    return character + " " * (len(match[0]) - 1)
