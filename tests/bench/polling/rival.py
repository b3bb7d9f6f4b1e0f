"""The rival's process: lemon24/reader as its guide recommends it, on a database file of its own."""

import sys
from pathlib import Path

import msgspec
from reader import ParseError, Reader, make_reader

from tests.bench.polling.hosts import host
from tests.bench.polling.processes import spending
from tests.bench.polling.rounds import Round, Setup, orders, round_of, tell


def main(setup: Setup) -> None:
    """Add the feeds, then update all of them at every order."""
    with make_reader(str(Path(setup.folder) / "reader.db")) as reader:
        for number in range(setup.feeds):
            reader.add_feed(f"http://{host(number)}:{setup.port}/{setup.kind}/reader/{number}")
        tell("ready")
        for order in orders():
            tell(_round(reader, order.workers))


def _round(reader: Reader, workers: int) -> Round:
    before = spending()
    results = [result.value for result in reader.update_feeds_iter(scheduled=False, workers=workers)]
    failed = sum(isinstance(value, ParseError) for value in results)
    return round_of(before, spending(), polls=len(results), failed=failed)


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1], type=Setup))
