"""The settings and the log of one run of the command, made once per process."""

import asyncio
import os
from collections.abc import Coroutine
from typing import TypeVar

import uvloop

from shared.log import configure_log
from shared.settings import Settings

T = TypeVar("T")


def read_settings() -> Settings:
    """From the environment, and the log set up as it says. Raises SettingsError."""
    settings = Settings.from_environ(os.environ)
    configure_log(level=settings.log_level, form=settings.log_format)
    return settings


def read_settings_to_answer() -> Settings:
    """As `read_settings`, for who waits for an answer: what is logged at `info` is for who runs a service."""
    settings = read_settings()
    if settings.log_level == "info":
        configure_log(level="warning", form=settings.log_format)
    return settings


def run(main: Coroutine[object, object, T]) -> T:
    """Run it to its end on an event loop of its own."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
