"""The process that atheris runs in; its arguments are those of libFuzzer."""

import sys
from typing import Final

import atheris

with atheris.instrument_imports(include=["services.extract"]):
    from services.extract.tagger import Tagger
    from tests.fuzz.oracle import SECONDS, Oracle
    from tests.fuzz.shapes import fragments, program, story

SLOWED: Final = 4
"""How many times longer a story may take here: counting what is reached costs time."""


def main() -> None:
    oracle = Oracle(Tagger.load(), seconds=SECONDS * SLOWED)
    known = fragments()

    def read_one(data: bytes) -> None:
        oracle.check(*story(program(data, known)))

    atheris.Setup(sys.argv, read_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
