"""The files that people name beside addresses."""

from pathlib import Path

from services.ingest.operations.wording import size
from shared.errors import InputError


def is_address(source: str) -> bool:
    """Whether it is meant as an address and not as a file."""
    return source.lower().startswith(("http://", "https://"))


def file_of(source: str) -> Path:
    """The file that is meant. Raises InputError for what is plainly meant as something else."""
    if not source.strip():
        raise InputError("an empty argument names neither a file nor an address")
    file = Path(source)
    try:
        if "://" in source and not file.exists():
            raise InputError("not an http or https address")
        if file.is_dir():
            raise InputError("a directory, not a file")
    except (OSError, ValueError) as error:
        raise InputError(file_fault(error)) from error
    return file


def content_of(source: str, most: int) -> bytes:
    """What the file holds. Raises InputError if it cannot be read or has more than `most` bytes."""
    try:
        with file_of(source).open("rb") as file:
            body = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise InputError(file_fault(error)) from error
    if len(body) > most:
        raise InputError(f"more than {size(most)}")
    return body


def file_fault(error: OSError | ValueError) -> str:
    """Why a file cannot be used, in the system's words."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
