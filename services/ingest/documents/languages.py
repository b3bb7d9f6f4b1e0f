"""Language tags as publishers write them."""

import re
from typing import Final

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?![A-Za-z])")


def primary_language(tag: str) -> str | None:
    """`ko` of `ko-KR`; None for what is no language tag."""
    match = _TAG.match(tag.strip())
    return match.group().lower() if match else None
