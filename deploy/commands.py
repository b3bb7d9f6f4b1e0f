"""Programs that run to their end: Maven, a format tool, initdb."""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a program ended: its exit status and everything it printed."""

    status: int
    output: str


async def run(argv: Sequence[str], *, deadline: timedelta, environment: Mapping[str, str]) -> Outcome:
    """Run a program without standard input; past `deadline` it is killed and its status is negative."""
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environment,
        cwd="/",  # the user postgres cannot enter every folder that we can
    )
    try:
        async with asyncio.timeout(deadline.total_seconds()):
            output, _ = await process.communicate()
    except TimeoutError:
        return Outcome(status=-1, output=f"{argv[0]} did not finish in {deadline}")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Outcome(status=process.returncode or 0, output=output.decode(errors="replace").strip())


async def together(steps: Iterable[Coroutine[None, None, None]]) -> None:
    """Take all steps at once; the first failure ends the others and speaks for all."""
    try:
        async with asyncio.TaskGroup() as tasks:
            for step in steps:
                tasks.create_task(step)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
