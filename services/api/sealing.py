"""Webhook secrets at rest: encrypted, under keys that can be rotated."""

from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from shared.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingKeys:
    """Fernet keys (32 bytes, URL-safe base64), newest first: the first seals, each of them opens."""

    keys: tuple[str, ...] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "SealingKeys":
        """From a comma-separated list. SettingsError if there is none, or one is no key."""
        keys = tuple(part.strip() for part in text.split(",") if part.strip())
        if not keys:
            raise SettingsError("no key to seal webhook secrets with")
        for position, key in enumerate(keys, start=1):
            _fernet(key, position)
        return cls(keys=keys)

    @classmethod
    def generate(cls) -> "SealingKeys":
        """One new key from the system's secure source."""
        return cls(keys=(Fernet.generate_key().decode("ascii"),))


class Sealer:
    """Seals secrets and opens them again."""

    def __init__(self, keys: SealingKeys) -> None:
        self._box = MultiFernet([_fernet(key, position) for position, key in enumerate(keys.keys, start=1)])

    def seal(self, secret: str) -> bytes:
        """The secret under the newest key; never the same bytes twice."""
        return self._box.encrypt(secret.encode())

    def unseal(self, sealed: bytes) -> str:
        """The secret. SettingsError if none of the keys sealed it."""
        try:
            return self._box.decrypt(sealed).decode()
        except InvalidToken as error:
            raise SettingsError("none of the sealing keys opens this webhook secret") from error

    def reseal(self, sealed: bytes) -> bytes:
        """The same secret under the newest key. SettingsError as for `unseal`."""
        try:
            return self._box.rotate(sealed)
        except InvalidToken as error:
            raise SettingsError("none of the sealing keys opens this webhook secret") from error


def _fernet(key: str, position: int) -> Fernet:
    try:
        return Fernet(key)
    except ValueError as error:
        raise SettingsError(f"sealing key {position} is not 32 bytes in URL-safe base64") from error
