"""The stream without a server: a log in one SQLite file that several processes of one machine share."""

from shared.bus.embedded.stream import EmbeddedStream
from shared.bus.embedded.timings import Timings

__all__ = ["EmbeddedStream", "Timings"]
