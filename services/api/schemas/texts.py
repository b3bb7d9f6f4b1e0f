"""Texts that people give us: bounded, and such as any database keeps."""

from typing import Annotated

from pydantic import StringConstraints

from shared.http.urls import LONGEST_URL

Word = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")]
Url = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_URL)]
# PostgreSQL keeps no NUL in a text.
Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
