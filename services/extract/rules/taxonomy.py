"""The taxonomy's categories, each with its codes in the two schemes other desks know."""

import re
from collections.abc import Mapping
from typing import Final

from services.extract.rules.mistakes import likely
from services.extract.rules.nodes import LexiconNode
from shared.model.tag import CategoryCodes

PLOVER_CLASSES: Final = (
    *("AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST"),
    *("ACCUSE", "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"),
)
"""The event classes of PLOVER 2.0."""

_MODE: Final = re.compile(r"[a-z]+(?:-[a-z]+)*")
_MEDIA_TOPIC: Final = re.compile(r"medtop:[0-9]{8}")


def read_taxonomy(root: LexiconNode) -> Mapping[str, CategoryCodes]:
    """The codes of each category by its id, in the order of the file; every category has some."""
    categories = root.mapping().get("categories")
    if categories is None:
        root.fail("'categories' is missing")
    found: dict[str, CategoryCodes] = {}
    for category in categories.sequence():
        with category.tolerated():
            codes = _category(category)
            if codes.category in found:
                category.fail(f"{codes.category!r} stands twice")
            found[codes.category] = codes
    return found


def _category(node: LexiconNode) -> CategoryCodes:
    entry = node.mapping()
    for field in ("id", "codes"):
        if field not in entry:
            node.fail(f"{field!r} is missing")
    codes = entry["codes"].fields(frozenset({"plover", "iptc"}), frozenset())
    for check, name in ((_check_plover, "plover"), (_check_iptc, "iptc")):
        for code in codes[name].sequence():
            with code.tolerated():
                check(code)
    return CategoryCodes(
        category=entry["id"].text(), plover=codes["plover"].texts(), iptc=codes["iptc"].texts()
    )


def _check_plover(node: LexiconNode) -> None:
    """Written as AID, or with a mode as MOBILIZE-troops."""
    name, hyphen, mode = node.text().partition("-")
    if name not in PLOVER_CLASSES:
        node.fail(f"unknown PLOVER class {name!r}; {likely(name, PLOVER_CLASSES)}")
    if hyphen and not _MODE.fullmatch(mode):
        node.fail(f"{node.text()!r} has no mode; expected something like MOBILIZE-troops")


def _check_iptc(node: LexiconNode) -> None:
    if not _MEDIA_TOPIC.fullmatch(node.text()):
        node.fail(f"{node.text()!r} is no Media Topic; expected 8 digits, as in medtop:20000058")
