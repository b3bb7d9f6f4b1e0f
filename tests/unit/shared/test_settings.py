"""Settings come from an injected environment, and a senseless one is named."""

import pytest

from shared.errors import SettingsError
from shared.http.addresses import AddressPolicy
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


def test_named_loopback_ports_are_opened_for_the_client() -> None:
    settings = Settings.from_environ({"PACTWATCH_ALLOW_LOOPBACK": "127.0.0.1:9000, [::1]:9001"})
    policy = AddressPolicy.named(endpoints=settings.loopback_endpoints)
    assert policy.allowed == {("127.0.0.1", 9000), ("::1", 9001)}


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
        ("PACTWATCH_MAX_ENTRY_AGE_DAYS", "1e12"),
        ("PACTWATCH_MAX_ENTRY_AGE_DAYS", "inf"),
        ("PACTWATCH_DELIVERY_LEASE_SECONDS", "5"),
    ],
)
def test_a_senseless_setting_is_one_line_that_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ({name: value})
    message = str(caught.value)
    assert name in message
    assert value in message
    assert "\n" not in message


def test_a_password_in_a_senseless_address_is_not_told() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ({"PACTWATCH_DATABASE": "postgres://desk:s3cr/et@h:5432/n"})
    told = str(caught.value)
    assert "PACTWATCH_DATABASE='postgres://…@h:5432/n'" in told
    assert "s3cr" not in told
    assert caught.value.__suppress_context__, "a traceback would tell it"


@pytest.mark.parametrize("given", ["https://pactwatch.example.org/watch/", "http://127.0.0.1:8080"])
def test_the_public_address_is_taken_without_a_slash_at_its_end(given: str) -> None:
    assert Settings.from_environ({"PACTWATCH_PUBLIC_URL": given}).public_url == given.rstrip("/")


@pytest.mark.parametrize(
    "given",
    [
        "http://pactwatch.example.org",
        "pactwatch.example.org",
        "https://",
        "https://u@h.example",
        "https://h.example/?q",
    ],
)
def test_a_public_address_hubs_could_not_safely_use_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="PACTWATCH_PUBLIC_URL"):
        Settings.from_environ({"PACTWATCH_PUBLIC_URL": given})


def test_pages_of_stories_are_looked_for_unless_that_is_switched_off() -> None:
    assert Settings.from_environ({}).articles
    assert not Settings.from_environ({"PACTWATCH_ARTICLES": "false"}).articles
