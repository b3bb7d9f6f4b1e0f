"""One lock for each name, kept only while somebody holds it or waits for it."""

import asyncio
from weakref import WeakValueDictionary


class Locks:
    """Makes those take turns that have a name in common."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, name: str) -> asyncio.Lock:
        """The lock of that name, to be used as `async with`."""
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock
