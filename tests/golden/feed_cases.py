"""Feed documents kept as files, each with what it has to be read as."""

from pathlib import Path
from typing import Any, Final

import msgspec

from services.ingest.documents.parsed import ParsedFeed

GOLDEN: Final = Path(__file__).parent / "feeds"
URL: Final = "https://sample.example/feed.xml"
DOCUMENTS: Final = tuple(
    sorted(path.name for path in GOLDEN.glob("*") if path.suffix != ".expected") if GOLDEN.exists() else ()
)


def described(feed: ParsedFeed) -> Any:
    """A feed in the terms of JSON."""
    return msgspec.json.decode(msgspec.json.encode(feed))
