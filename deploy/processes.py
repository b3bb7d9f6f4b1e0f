"""Server processes that outlive the program that started them, each known by its pid file."""

import asyncio
import os
import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

# What the kernel may need to tear down a killed process on a loaded machine.
KILL_DEADLINE = timedelta(seconds=20)
SPAWN_PAUSE_SECONDS = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """One server process: its pid is the first line of `pid_file`.

    A recorded pid may be somebody else's by now. The process is ours only while `marker`, an argument that no
    other process has, is on its command line; no other process is ever signalled.
    """

    pid_file: Path
    marker: str

    def pid(self) -> int | None:
        """The pid while the process runs, else None; a dead child that nobody waited for does not run."""
        pid = self._recorded()
        return pid if pid is not None and self._is_ours(pid) else None

    async def spawn(self, argv: Sequence[str], *, output: Path, environment: Mapping[str, str]) -> None:
        """Start `argv` in a session of its own, deaf to the terminal, its output appended to `output`."""
        pid = _start(argv, output, environment)
        self.pid_file.write_text(f"{pid}\n")
        while True:
            # For an instant the new process has no command line yet, and would not count as ours.
            if self._is_ours(pid) or _is_dead_child(pid):
                return
            await asyncio.sleep(SPAWN_PAUSE_SECONDS)

    async def end(self, *, grace: timedelta) -> None:
        """Ask the process to finish, kill it after `grace` (at once when zero), and wait until it is gone."""
        with self._held() as process:
            if process is not None:
                await end(process, grace=grace)

    async def gone(self, *, within: timedelta) -> bool:
        """Wait for the process to finish by itself; False when it still runs after `within`."""
        with self._held() as process:
            return process is None or await _exited(process, within)

    def _recorded(self) -> int | None:
        try:
            first, _, _ = self.pid_file.read_text().partition("\n")
        except FileNotFoundError:
            return None
        return int(first) if first.isdigit() else None

    def _is_ours(self, pid: int) -> bool:
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            return False
        return self.marker.encode() in arguments

    @contextmanager
    def _held(self) -> Iterator[int | None]:
        pid = self._recorded()
        with descriptors([] if pid is None else [pid]) as held:
            yield held[0] if held and pid is not None and self._is_ours(pid) else None


@contextmanager
def descriptors(pids: Iterable[int]) -> Iterator[list[int]]:
    """A descriptor for each process that is there: unlike a pid, it never comes to mean another process."""
    held: list[int] = []
    try:
        for pid in pids:
            with suppress(ProcessLookupError):
                held.append(os.pidfd_open(pid))
        yield held
    finally:
        for descriptor in held:
            os.close(descriptor)


def children(pid: int) -> list[int]:
    """The processes that `pid` started and that still run."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


async def end(process: int, *, grace: timedelta) -> None:
    """Ask the process of a descriptor to finish, kill it after `grace`, and wait until it is gone."""
    if grace and _signal(process, signal.SIGTERM) and await _exited(process, grace):
        return
    _signal(process, signal.SIGKILL)
    await _exited(process, KILL_DEADLINE)


def _start(argv: Sequence[str], output: Path, environment: Mapping[str, str]) -> int:
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(output), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(argv[0], tuple(argv), environment, file_actions=files, setsid=True)


def _is_dead_child(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _signal(process: int, number: signal.Signals) -> bool:
    """True when the signal was sent, False when the process was gone before."""
    try:
        signal.pidfd_send_signal(process, number)
    except ProcessLookupError:
        return False
    return True


async def _exited(process: int, within: timedelta) -> bool:
    loop = asyncio.get_running_loop()
    finished = asyncio.Event()
    loop.add_reader(process, finished.set)
    try:
        async with asyncio.timeout(within.total_seconds()):
            await finished.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(process)
    _collect(process)
    return True


def _collect(process: int) -> None:
    """Only its parent can, and must, collect a dead child; for anybody else's the kernel already has."""
    with suppress(ChildProcessError):
        os.waitid(os.P_PIDFD, process, os.WEXITED | os.WNOHANG)
