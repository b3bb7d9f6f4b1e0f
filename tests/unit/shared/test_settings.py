"""Settings come from an injected environment, and a senseless one is named."""

import pytest

from shared.errors import SettingsError
from shared.settings import Settings


def test_nothing_set_means_the_embedded_defaults() -> None:
    settings = Settings.from_environ({})
    assert settings.kafka_servers is None
    assert str(settings.stream_path) == "var/stream.db"
    assert str(settings.sqlite_path) == "var/pactwatch.db"


def test_brokers_and_a_database_can_be_named() -> None:
    settings = Settings.from_environ(
        {"PACTWATCH_STREAM": "kafka://b1:9092,b2:9092", "PACTWATCH_DATABASE": "postgresql://u@h:5432/n"}
    )
    assert settings.kafka_servers == "b1:9092,b2:9092"
    assert settings.database == "postgresql+asyncpg://u@h:5432/n"
    assert settings.sqlite_path is None


def test_installations_can_share_brokers_under_a_prefix() -> None:
    settings = Settings.from_environ({"PACTWATCH_STREAM": "kafka://b1:9092,b2:9092/desk-a."})
    assert (settings.kafka_servers, settings.topic_prefix) == ("b1:9092,b2:9092", "desk-a.")


def test_named_loopback_ports_are_pairs() -> None:
    settings = Settings.from_environ({"PACTWATCH_ALLOW_LOOPBACK": "127.0.0.1:9000, [::1]:9001"})
    assert settings.loopback_ports == {("127.0.0.1", 9000), ("::1", 9001)}


def test_other_programs_variables_and_empty_ones_do_not_matter() -> None:
    given = {"HOME": "x", "PACTWATCH_PARTITIONS": "", "PACTWATCH_SHARED": "../shared"}
    assert Settings.from_environ(given) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PACTWATCH_PARTITIONS", "0"),
        ("PACTWATCH_PARTITIONS", "many"),
        ("PACTWATCH_STREAM", "rabbit://x"),
        ("PACTWATCH_STREAM", "kafka://"),
        ("PACTWATCH_DATABASE", "mysql://x"),
        ("PACTWATCH_API_PORT", "70000"),
        ("PACTWATCH_ALLOW_LOOPBACK", "10.0.0.1:80"),
        ("PACTWATCH_ALLOW_LOOPBACK", "127.0.0.1"),
        ("PACTWATCH_POLL_SECONDS", "-1"),
        ("PACTWATCH_POLL_SECONDS", "nan"),
        ("PACTWATCH_LOG_LEVEL", "loud"),
    ],
)
def test_a_senseless_setting_is_one_line_that_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ({name: value})
    message = str(caught.value)
    assert name in message
    assert value in message
    assert "\n" not in message
