"""The pollers that are compared, each a process with a folder of its own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import msgspec

from tests.bench.polling.children import Child, child, told_port
from tests.bench.polling.rounds import Kind, Order, Round, Setup

Name = Literal["ours", "rival"]


class Contestant:
    """A poller, ready to poll all its feeds at every order."""

    def __init__(self, process: Child) -> None:
        self._process = process

    def poll(self, order: Order) -> Round:
        """One round. ChildError if the process ended, or a poll failed."""
        found = self._process.ask(order, Round)
        if found.failed:
            raise self._process.fault(f"{found.failed} of {found.polls} polls failed")
        return found


@contextmanager
def open_origin(hosts: int) -> Iterator[int]:
    """A load origin with so many hosts; gives its port."""
    with child("tests.bench.polling.origin", str(hosts)) as process:
        yield told_port(process)


@contextmanager
def contest(
    kind: Kind, *, feeds: int, port: int, names: tuple[Name, ...]
) -> Iterator[dict[Name, Contestant]]:
    """The contestants with their feeds added, each in a folder of its own."""
    with ExitStack() as stack:
        found: dict[Name, Child] = {}
        for name in names:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="pactwatch-bench-")))
            setup = msgspec.json.encode(Setup(kind=kind, feeds=feeds, port=port, folder=str(folder)))
            module = f"tests.bench.polling.{name}"
            found[name] = stack.enter_context(child(module, setup.decode(), log=folder / "log"))
        for process in found.values():
            process.told(str)
        yield {name: Contestant(process) for name, process in found.items()}
