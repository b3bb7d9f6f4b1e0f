"""The generated documents: `python -m deploy.docs` writes them, with `--check` it only compares."""

import sys
from pathlib import Path

from deploy.asyncapi import render as render_asyncapi
from services.api.openapi import render as render_openapi

HERE = Path(__file__).parent
DOCUMENTS = {HERE / "asyncapi.json": render_asyncapi, HERE / "openapi.json": render_openapi}


def main(arguments: list[str]) -> int:
    """Exit status 1 when `--check` finds a document that differs from what the code says."""
    stale = [path for path, render in DOCUMENTS.items() if _read(path) != render()]
    if "--check" not in arguments:
        for path in stale:
            path.write_text(DOCUMENTS[path](), encoding="utf-8")
        return 0
    for path in stale:
        sys.stderr.write(f"{path.relative_to(HERE.parent)} differs from the code: run `make docs`\n")
    return 1 if stale else 0


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
