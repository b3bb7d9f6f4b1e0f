"""Where the keys that seal webhook secrets come from."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.api.keys import sealing_keys
from services.api.sealing import Sealer, SealingKeys
from shared.errors import SettingsError


def test_given_keys_are_used() -> None:
    keys = SealingKeys.generate()
    assert sealing_keys(keys.keys[0], None) == keys


def test_the_key_file_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    beside = tmp_path / "new" / "pactwatch.db"
    first = sealing_keys("", beside)
    assert sealing_keys("", beside) == first
    (file,) = beside.parent.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: sealing_keys("", tmp_path / "pactwatch.db"), range(8)))
    sealed = Sealer(found[0]).seal("whsec_sample")
    assert [Sealer(keys).unseal(sealed) for keys in found] == ["whsec_sample"] * 8


def test_a_database_server_needs_a_key_that_every_machine_has() -> None:
    with pytest.raises(SettingsError, match="PACTWATCH_SECRET_KEYS"):
        sealing_keys("", None)


def test_a_key_that_is_none_is_named_by_its_variable() -> None:
    with pytest.raises(SettingsError, match=r"PACTWATCH_SECRET_KEYS.*key 1"):
        sealing_keys("short", None)
