"""Modules of ours as processes that are talked to in lines of JSON, and end when their input does."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, TypeVar

import msgspec

T = TypeVar("T")
END_SECONDS: Final = 60


class ChildError(Exception):
    """A process of the bench did not do what it should."""


class Child:
    """One such process."""

    def __init__(self, module: str, process: "subprocess.Popen[bytes]", log: Path | None) -> None:
        self._module = module
        self._process = process
        self._log = log

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, words: object, kind: type[T]) -> T:
        """Its answer to a line of input. ChildError if it ended."""
        stream = self._process.stdin
        assert stream is not None
        try:
            stream.write(msgspec.json.encode(words) + b"\n")
            stream.flush()
        except BrokenPipeError as error:
            raise self.fault("ended") from error
        return self.told(kind)

    def told(self, kind: type[T]) -> T:
        """The next thing it says. ChildError if it ended instead."""
        stream = self._process.stdout
        assert stream is not None
        line = stream.readline()
        if not line:
            raise self.fault("ended")
        return msgspec.json.decode(line, type=kind)

    def fault(self, words: str) -> ChildError:
        """What is wrong with it, and the last words of its log."""
        log = self._log.read_text(errors="replace")[-3000:] if self._log else ""
        return ChildError(f"{self._module}: {words}\n{log}")


def told_port(origin: Child) -> int:
    """The port an origin tells when it listens."""
    return origin.told(dict[str, int])["port"]


@contextmanager
def child(module: str, *arguments: str, log: Path | None = None) -> Iterator[Child]:
    """The module's process; what it logs goes to the file, or where our own errors go."""
    with ExitStack() as stack:
        errors = None if log is None else stack.enter_context(log.open("wb"))
        process = stack.enter_context(
            subprocess.Popen(  # noqa: S603 - a module of ours
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # Ctrl-C is for who started it, who then ends its input
            )
        )
        stack.callback(_end, process)
        yield Child(module, process, log)


def _end(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(timeout=END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
