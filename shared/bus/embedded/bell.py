"""Wakes waiting polls: by events within the process, by datagrams to the other processes of the machine.

Every process that waits binds a socket in the bells' folder; whoever changed the log sends one byte to each.
A lost ring costs little: polls look again by themselves after a while.
"""

import asyncio
import contextlib
import hashlib
import os
import socket
import tempfile
import uuid
from pathlib import Path

_LONGEST_ADDRESS = 100  # the kernel's limit is 104 to 108 bytes
_NAME_BYTES = 24
_MANY = 4096


def bell_folder(log: Path) -> Path:
    """The folder of the sockets of a log: beside it, or, since addresses are short, among temporary files."""
    beside = log.resolve().with_name(log.name + ".bells")
    if len(os.fsencode(beside)) + _NAME_BYTES <= _LONGEST_ADDRESS:
        return beside
    digest = hashlib.sha256(os.fsencode(log.resolve())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"pactwatch-{os.getuid()}-{digest}"


class Bell:
    """Rings for everybody who reads the log. Belongs to one event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._listeners: set[asyncio.Event] = set()
        self._sender: socket.socket | None = None
        self._receiver: socket.socket | None = None
        self._address = folder / f"{uuid.uuid4().hex[:16]}.bell"

    def listen(self, listener: asyncio.Event) -> None:
        """Set `listener` whenever anybody rings; `forget` it at the end."""
        if self._receiver is None:
            self._receiver = self._bind()
        self._listeners.add(listener)

    def forget(self, listener: asyncio.Event) -> None:
        self._listeners.discard(listener)

    def ring(self) -> None:
        """Wake everybody; never blocks, never raises."""
        self._wake()
        with contextlib.suppress(OSError):  # no folder: nobody else ever listened
            for address in self._folder.iterdir():  # a pattern costs more than all the rest of ringing
                if address.suffix == ".bell" and address != self._address:
                    self._send(address)

    def close(self) -> None:
        self._wake()
        if self._receiver is not None:
            asyncio.get_running_loop().remove_reader(self._receiver.fileno())
            self._receiver.close()
            self._receiver = None
            self._address.unlink(missing_ok=True)
        if self._sender is not None:
            self._sender.close()
            self._sender = None

    def _bind(self) -> socket.socket | None:
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            receiver.setblocking(False)
            receiver.bind(str(self._address))
            asyncio.get_running_loop().add_reader(receiver.fileno(), self._receive, receiver)
        except OSError:  # a file system without sockets: polls still look again by themselves
            receiver.close()
            return None
        return receiver

    def _receive(self, receiver: socket.socket) -> None:
        with contextlib.suppress(OSError):  # BlockingIOError: all rings are read
            for _ in range(_MANY):
                receiver.recv(16)
        self._wake()

    def _wake(self) -> None:
        for listener in self._listeners:
            listener.set()

    def _send(self, address: Path) -> None:
        if self._sender is None:
            self._sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._sender.setblocking(False)
        try:
            self._sender.sendto(b"!", str(address))
        except ConnectionRefusedError:  # its process was killed; names are never used twice
            with contextlib.suppress(OSError):
                address.unlink()
        except OSError:  # just closed, or so many unread rings that one more tells nothing new
            return
