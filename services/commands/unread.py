"""Output that nobody reads any more, as with `| head`."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def until_unread() -> Iterator[None]:
    """End the work quietly, as done, when the reader of standard output goes away."""
    try:
        yield
        sys.stdout.flush()
    except* BrokenPipeError:
        # What is still in the buffer is written at exit: it must not fail there.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
