"""The stored stories, read page by page for a command that works on them one after the other."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import uvloop

from services.commands.settings import read_settings_to_answer
from shared.db import Database
from shared.errors import SettingsError
from shared.migrate import pending
from shared.model.tag import TaggedStory
from shared.runtime import open_database
from shared.store.stories import StoryStore

_PAGE: Final = 50  # texts may be long
_REMEDY: Final = "`pactwatch db upgrade`"


class StoredStories:
    """Reads them on an event loop of its own, between the steps of whoever asks."""

    def __init__(self, runner: asyncio.Runner, database: Database) -> None:
        self._runner = runner
        self._store = StoryStore(database)

    def get(self, story_id: str) -> TaggedStory | None:
        """The newest revision. Raises DatabaseUnavailableError."""
        found = self._runner.run(self._store.get(story_id))
        return None if found is None else found.tagged

    def since(self, moment: datetime) -> Iterator[TaggedStory]:
        """Those first seen at `moment` or later, in the order in which they came in; never all in memory."""
        after = 0
        while page := self._runner.run(self._store.list(after, _PAGE, seen_since=moment)):
            yield from (stored.tagged for stored in page)
            after = page[-1].sequence


@contextmanager
def stored_stories() -> Iterator[StoredStories]:
    """Those of the database that the settings name, which is not made, moved or changed for it.

    Raises SettingsError where it is not there or due to be migrated, DatabaseUnavailableError.
    """
    settings = read_settings_to_answer()
    if settings.sqlite_path is not None and not settings.sqlite_path.exists():
        raise SettingsError(f"PACTWATCH_DATABASE: no file {settings.sqlite_path}; {_REMEDY} makes it")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        database = open_database(settings)
        try:
            if runner.run(pending(database)):
                raise SettingsError(
                    f"PACTWATCH_DATABASE: its tables are of an older version; {_REMEDY} mends that"
                )
            yield StoredStories(runner, database)
        finally:
            runner.run(database.close())
