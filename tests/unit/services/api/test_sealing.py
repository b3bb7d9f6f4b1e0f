"""Webhook secrets at rest, and keys that are rotated."""

import pytest

from services.api.sealing import Sealer, SealingKeys
from shared.errors import SettingsError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD, NEW = SealingKeys.generate(), SealingKeys.generate()
BOTH = SealingKeys(keys=NEW.keys + OLD.keys)


def test_what_is_sealed_opens_again_and_does_not_show_the_secret() -> None:
    sealed = Sealer(OLD).seal(SECRET)
    assert Sealer(OLD).unseal(sealed) == SECRET
    assert SECRET.encode() not in sealed


def test_after_rotation_old_seals_open_and_resealed_ones_need_only_the_new_key() -> None:
    sealed = Sealer(OLD).seal(SECRET)
    assert Sealer(BOTH).unseal(sealed) == SECRET
    assert Sealer(NEW).unseal(Sealer(BOTH).reseal(sealed)) == SECRET


@pytest.mark.parametrize("verb", ["unseal", "reseal"])
def test_a_foreign_key_opens_nothing(verb: str) -> None:
    sealed = Sealer(OLD).seal(SECRET)
    with pytest.raises(SettingsError):
        getattr(Sealer(NEW), verb)(sealed)


@pytest.mark.parametrize(
    "text",
    ["", " , ", "short", f"{OLD.keys[0]},nonsense"],
    ids=["nothing", "commas", "short", "good and bad"],
)
def test_settings_without_a_proper_key_are_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        SealingKeys.parse(text)
    assert "nonsense" not in str(caught.value)


def test_keys_are_read_newest_first_and_never_shown() -> None:
    keys = SealingKeys.parse(f" {NEW.keys[0]} , {OLD.keys[0]}")
    assert keys == BOTH
    assert keys.keys[0] not in repr(keys)
