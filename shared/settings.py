"""The settings, read once from an injected environment; only composition roots read them."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from shared.errors import SettingsError

PREFIX = "PACTWATCH_"
SQLITE = "sqlite+aiosqlite:///"
KAFKA = re.compile(r"kafka://(?P<servers>[^/,]+(?:,[^/,]+)*)(?:/(?P<prefix>[A-Za-z0-9._-]{1,80})?)?")
CREDENTIALS = re.compile(r"//.*@")
"""Whom an address names, often with a password: it is never shown."""
Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=7 * 86400)]


def _stream_url(value: str) -> str:
    if KAFKA.fullmatch(value):
        return value
    if value.startswith("embedded:") and value.removeprefix("embedded:"):
        return value
    raise ValueError("use embedded:PATH or kafka://HOST:PORT[,HOST:PORT][/PREFIX]")


def _database_url(value: str) -> str:
    for short, full in (("postgresql://", "postgresql+asyncpg://"), ("sqlite:///", SQLITE)):
        if value.startswith(short):
            return full + value.removeprefix(short)
    if value.startswith(("postgresql+asyncpg://", SQLITE)):
        return value
    raise ValueError("use sqlite:///PATH or postgresql://USER@HOST:PORT/NAME")


def _public_url(value: str) -> str:
    """Without a slash at the end."""
    parts = urlsplit(value)
    named = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1"))
    if not named or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("use an https:// address without query or fragment")
    return value.rstrip("/")


def _loopback_ports(value: str) -> str:
    for item in filter(None, value.split(",")):
        host, _, port = item.strip().rpartition(":")
        if host not in ("127.0.0.1", "[::1]") or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(f"{item!r} is not of the form 127.0.0.1:PORT or [::1]:PORT")
    return value


class Settings(BaseModel):
    """What an operator can set, each by the variable PACTWATCH_<NAME>."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stream: Annotated[str, AfterValidator(_stream_url)] = "embedded:var/stream.db"
    database: Annotated[str, AfterValidator(_database_url)] = f"{SQLITE}var/pactwatch.db"
    partitions: Annotated[int, Field(ge=1, le=1000)] = 6
    replication: Annotated[int, Field(ge=1, le=9)] = 1
    workers: Annotated[int, Field(ge=1, le=256)] = 2
    host: str = "127.0.0.1"
    api_port: Port = 8080
    ingest_port: Port = 8081
    """Where ingest serves its probes; 0 for none."""
    extract_port: Port = 8082
    """Where extract serves its probes; 0 for none."""
    public_url: Annotated[str, Field(max_length=500), AfterValidator(_public_url)] | None = None
    """Where the internet reaches the api, such as https://pactwatch.example.org; hubs push feeds there
    (WebSub). Unset: no hub is asked to. Plain http is taken for a loopback address only, for tests."""
    contact: Annotated[str, Field(min_length=3, max_length=200)] = "https://pactwatch.example/contact"
    """Told to every server we ask, in the User-Agent."""
    allow_loopback: Annotated[str, AfterValidator(_loopback_ports)] = ""
    """Named loopback ports that feeds and webhooks may use, such as 127.0.0.1:9000; for demo and tests."""
    webhook_http: bool = False
    """Whether webhooks may go to plain http addresses other than the named loopback ports."""
    full_text: bool = False
    """Whether the API serves whole texts; without it an excerpt and the evidence: publishers have rights."""
    secret_keys: str = ""
    """Comma-separated keys that seal webhook secrets, the first seals; empty: a key file beside SQLite."""
    poll_seconds: Seconds = 600
    """How often a feed is polled unless it says otherwise."""
    poll_floor_seconds: Seconds = 120
    poll_ceiling_seconds: Seconds = 3600
    """How often a feed is polled at the least, however little it brings, as long as it works."""
    poll_concurrency: Annotated[int, Field(ge=1, le=1000)] = 50
    """Polls under way at once."""
    domain_concurrency: Annotated[int, Field(ge=1, le=100)] = 2
    """Polls under way at once of one registrable domain."""
    domain_pause_seconds: Annotated[float, Field(ge=0, le=3600)] = 5
    """The time between two polls of one registrable domain."""
    articles: bool = True
    """Whether a story of which the feed has only a teaser is completed from its own page."""
    max_entry_age_days: Annotated[float, Field(gt=0, le=100_000)] | None = 30
    """Entries older than this when first seen are not published."""
    delivery_lease_seconds: Annotated[float, Field(ge=20, le=86400)] = 60
    """After this a delivery under way is sent again; a single try may take 15 s."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises SettingsError naming the variable and what it should be."""
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environ.items()
            if name.startswith(PREFIX) and value != ""
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            name = PREFIX + str(first["loc"][0]).upper()
            reason = str(first["msg"]).removeprefix("Value error, ")
            given_as = CREDENTIALS.sub("//…@", repr(first["input"]))
            # Not `from error`: its text has the input, and with it the password.
            raise SettingsError(f"{name}={given_as}: {reason}") from None

    @property
    def kafka_servers(self) -> str | None:
        """The brokers, or None for the embedded log."""
        kafka = KAFKA.fullmatch(self.stream)
        return kafka["servers"] if kafka else None

    @property
    def topic_prefix(self) -> str:
        """Put before every topic and group on Kafka, so that installations can share brokers."""
        kafka = KAFKA.fullmatch(self.stream)
        return kafka["prefix"] or "" if kafka else ""

    @property
    def stream_path(self) -> Path:
        """The embedded log's file."""
        return Path(self.stream.removeprefix("embedded:"))

    @property
    def sqlite_path(self) -> Path | None:
        """The embedded database's file, or None for PostgreSQL."""
        return Path(self.database.removeprefix(SQLITE)) if self.database.startswith(SQLITE) else None

    @property
    def loopback_endpoints(self) -> tuple[str, ...]:
        """The loopback addresses that may be dialled, each with its port, as the operator wrote them."""
        return tuple(item.strip() for item in self.allow_loopback.split(",") if item)

    @property
    def max_entry_age(self) -> timedelta | None:
        """How old an entry may be when first seen; None sets no bound."""
        return None if self.max_entry_age_days is None else timedelta(days=self.max_entry_age_days)
