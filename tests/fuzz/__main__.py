"""`make fuzz`: looks for a story that takes too long, crashes a reader or gets a span that is wrong.

The inputs are programs of a few bytes (see `shapes`), which atheris changes to reach code it has not seen;
where it cannot be had they are merely random. A fault is made small and printed: exit status 1.
"""

import argparse
import random
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console

from services.extract.tagger import Tagger
from tests.fuzz.oracle import Oracle
from tests.fuzz.shapes import STEP_BYTES, fragments, program
from tests.fuzz.shrinking import fault_of, shrink

MOST_STEPS: Final = 12
HERE: Final = "tests.fuzz.coverage"
GRACE_SECONDS: Final = 400
FAULTY: Final = ("crash-", "timeout-", "oom-")
CONSOLE: Final = Console(markup=False, highlight=False)


def main() -> int:
    """0 when nothing was found in the minutes the command line grants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--engine", choices=["atheris", "random"])
    arguments = parser.parse_args()
    seconds = arguments.minutes * 60
    engine = arguments.engine or ("atheris" if _has_atheris() else "random")
    CONSOLE.print(f"{arguments.minutes:g} minutes, {engine}")
    data = _by_coverage(seconds) if engine == "atheris" else _by_chance(seconds)
    if data is None:
        CONSOLE.print("No fault found.")
        return 0
    return _told(data)


def _told(data: bytes) -> int:
    """The fault in as few steps as it takes."""
    oracle = Oracle(Tagger.load())
    shapes = program(data, fragments())
    fault = fault_of(shapes, oracle)
    if fault is None:
        CONSOLE.print("Slow only under the eyes of atheris: no fault.")
        return 0
    for shape in shrink(shapes, oracle):
        place = "title" if shape.in_title else "text"
        CONSOLE.print(f"  {place}: {shape.fragment!r} and {shape.joint!r}, {shape.times:,} times")
    CONSOLE.print(fault)
    return 1


def _by_chance(seconds: float) -> bytes | None:
    oracle, known = Oracle(Tagger.load()), fragments()
    chance, end, tried = random.Random(), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        data = chance.randbytes(STEP_BYTES * chance.randint(1, MOST_STEPS))
        tried += 1
        if fault_of(program(data, known), oracle) is not None:
            return data
    CONSOLE.print(f"{tried:,} stories")
    return None


def _by_coverage(seconds: float) -> bytes | None:
    """In a process of its own: atheris ends the one it runs in."""
    with TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603 - a module of ours
            [
                *(sys.executable, "-m", HERE, f"-max_total_time={seconds:.0f}"),
                *(f"-max_len={STEP_BYTES * MOST_STEPS}", f"-artifact_prefix={folder}/", "-timeout=300"),
                *("-len_control=0", "-print_final_stats=1", "-rss_limit_mb=4096"),
            ],
            check=False,
            timeout=seconds + GRACE_SECONDS,
        )
        found = next((path for path in Path(folder).iterdir() if path.name.startswith(FAULTY)), None)
        return None if found is None else found.read_bytes()


def _has_atheris() -> bool:
    return find_spec("atheris") is not None


if __name__ == "__main__":
    sys.exit(main())
