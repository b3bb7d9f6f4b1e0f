"""Waking other processes, and not minding those that died."""

import asyncio
import socket
from pathlib import Path

import pytest

from shared.bus.embedded.bell import Bell, bell_folder


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def rung(listener: asyncio.Event) -> bool:
    """Whether it is set within a moment."""
    try:
        async with asyncio.timeout(5):
            await listener.wait()
    except TimeoutError:
        return False
    return True


async def test_a_ring_reaches_listeners_of_the_same_and_of_other_bells(tmp_path: Path) -> None:
    here, there = Bell(tmp_path), Bell(tmp_path)
    mine, theirs = asyncio.Event(), asyncio.Event()
    here.listen(mine)
    there.listen(theirs)
    here.ring()
    assert await rung(mine)
    assert await rung(theirs)
    here.close()
    there.close()
    assert left_in(tmp_path) == []


async def test_the_socket_of_a_dead_process_is_removed(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(tmp_path / "dead.bell"))
    bell = Bell(tmp_path)
    bell.ring()
    assert left_in(tmp_path) == []
    bell.close()


async def test_ringing_a_process_that_does_not_listen_never_blocks(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(tmp_path / "deaf.bell"))
        bell = Bell(tmp_path)
        for _ in range(2000):
            bell.ring()
        assert left_in(tmp_path) == [tmp_path / "deaf.bell"]
        bell.close()


async def test_ringing_where_nobody_ever_listened_does_nothing(tmp_path: Path) -> None:
    bell = Bell(tmp_path / "missing")
    bell.ring()
    bell.close()
    assert left_in(tmp_path) == []


async def test_a_folder_without_room_for_sockets_leaves_only_the_process_itself_awake(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"a file, not a folder")
    bell, listener = Bell(tmp_path / "taken"), asyncio.Event()
    bell.listen(listener)
    bell.ring()
    assert await rung(listener)
    bell.close()


@pytest.mark.parametrize("name", ["stream.db", "x" * 200 + ".db"])
def test_however_long_the_path_the_address_is_short_enough(tmp_path: Path, name: str) -> None:
    folder = bell_folder(tmp_path / name)
    assert folder == bell_folder(tmp_path / name)
    assert len(str(folder / ("f" * 16 + ".bell"))) <= 104
