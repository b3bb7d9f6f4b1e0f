"""What a process and its children cost: processor time and memory."""

from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

import psutil


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """`processor_seconds` since the processes started; `main_bytes` resident of the process itself, and
    `worker_bytes` of all its children together."""

    at: float
    processor_seconds: float
    main_bytes: int
    worker_bytes: int


def spending(pid: int | None = None) -> Spending:
    """Of the process and of its children that still live or were waited for; by default of this one."""
    process = psutil.Process(pid)
    times = process.cpu_times()
    seconds = times.user + times.system + times.children_user + times.children_system
    worker_bytes = 0
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            theirs = child.cpu_times()
            seconds += theirs.user + theirs.system
            worker_bytes += child.memory_info().rss
    return Spending(
        at=monotonic(),
        processor_seconds=seconds,
        main_bytes=process.memory_info().rss,
        worker_bytes=worker_bytes,
    )
