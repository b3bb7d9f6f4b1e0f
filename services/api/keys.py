"""Where the keys that seal webhook secrets come from."""

import os
import tempfile
from pathlib import Path

from services.api.sealing import SealingKeys
from shared.errors import SettingsError

VARIABLE = "PACTWATCH_SECRET_KEYS"
FILE = "secret.key"


def sealing_keys(given: str, beside: Path | None) -> SealingKeys:
    """The keys given, else those of the key file beside an embedded database, made on first use.

    `beside` is the database's file; None means it is a server, where a key must be given: a file of this
    machine would be missing on the next. Raises SettingsError.
    """
    if given:
        try:
            return SealingKeys.parse(given)
        except SettingsError as error:
            raise SettingsError(f"{VARIABLE}: {error.detail}") from error
    if beside is None:
        raise SettingsError(
            f"{VARIABLE}: must be set when the database is PostgreSQL (32 bytes, URL-safe base64)"
        )
    return SealingKeys.parse(_from_file(beside.parent / FILE))


def _from_file(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # readable by its owner alone
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(SealingKeys.generate().keys[0])
    try:
        os.link(draft, path)  # appears whole or not at all, and never over another process's key
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
    return path.read_text(encoding="ascii")
