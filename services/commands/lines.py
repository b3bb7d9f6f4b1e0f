"""JSON Lines in, one answer per line out, in order; a bad line is named and the others go on."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO, TypeVar

from services.extract.lines import LINE_LIMIT
from shared.errors import InputError, WorkerCrashedError

AHEAD_PER_JOB = 4
CHUNK = 16
STDIN = "-"

T = TypeVar("T")
A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of input and where it stands."""

    source: str
    number: int
    content: bytes


@contextmanager
def opened(path: Path | None) -> Iterator[tuple[str, BinaryIO]]:
    """The file, or standard input for None or "-". Raises InputError when it cannot be read."""
    if path is None or str(path) == STDIN:
        yield "stdin", sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    with file:
        yield str(path), file


def lines_of(source: str, file: BinaryIO) -> Iterator[Line | InputError]:
    """Every line that is not blank; one longer than the bound is skipped and told."""
    number = 0
    while content := file.readline(LINE_LIMIT + 1):
        number += 1
        if len(content) > LINE_LIMIT:
            while content and not content.endswith(b"\n"):
                content = file.readline(LINE_LIMIT + 1)
            yield InputError(f"{source}:{number}: longer than {LINE_LIMIT} bytes")
        elif content.strip():
            yield Line(source=source, number=number, content=content)


def in_order(
    lines: Iterable[T],
    work: Callable[[list[T]], list[A]],
    *,
    jobs: int,
    setup: Callable[[], object],
    copies: bool = False,
) -> Iterator[A]:
    """`work` on chunks of lines in `jobs` processes; answers in the order of the lines, few read ahead.

    `setup` runs once in each process. With `copies` it runs once in all, and the processes are copies of this
    one: only for programs without threads of their own, as a lock copied while held is never freed. Raises
    what `setup` raises, or WorkerCrashedError when a process dies.
    """
    if jobs == 1:
        setup()
        for chunk in _chunks(lines, 1):  # each answer as soon as its line is read
            yield from work(chunk)
        return
    try:
        if copies and sys.platform == "linux":
            setup()
            pool = ProcessPoolExecutor(jobs, mp_context=get_context("fork"))
        else:
            pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=setup)
        with pool:
            yield from _shared_out(lines, work, pool, most_waiting=jobs * AHEAD_PER_JOB)
    except BrokenProcessPool as error:
        setup()  # where it was to blame it says here why
        raise WorkerCrashedError("it may have run out of memory") from error


def _shared_out(
    lines: Iterable[T],
    work: Callable[[list[T]], list[A]],
    pool: ProcessPoolExecutor,
    *,
    most_waiting: int,
) -> Iterator[A]:
    waiting: deque[Future[list[A]]] = deque()
    for chunk in _chunks(lines, CHUNK):
        waiting.append(pool.submit(work, chunk))
        while len(waiting) > most_waiting:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def _chunks(lines: Iterable[T], size: int) -> Iterator[list[T]]:
    chunk: list[T] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
