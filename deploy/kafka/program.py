"""Java and the jars of Apache Kafka, fetched once into a cache folder."""

import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from deploy.commands import run
from shared.errors import InputError, StreamUnavailableError

HERE = Path(__file__).resolve().parent
FETCH_DEADLINE = timedelta(minutes=8)
# For a small broker: a small heap, one collector thread, only the quick compiler.
JVM_OPTIONS = (
    "-Xms128m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Djava.awt.headless=true",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaProgram:
    """What runs a broker or a tool of Kafka: the `java` executable and a folder with all jars."""

    java: Path
    jars: Path

    def argv(self, main_class: str, *arguments: str, log: Path) -> tuple[str, ...]:
        """The command line of one of Kafka's programs, whose log4j writes to `log`."""
        logging = (
            f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
            f"-Dpactwatch.kafka.log={log}",
            f"-XX:ErrorFile={log.with_suffix('.crash')}",
        )
        return (str(self.java), *JVM_OPTIONS, *logging, "-cp", f"{self.jars}/*", main_class, *arguments)


async def locate_program(environment: Mapping[str, str]) -> KafkaProgram:
    """Find Java and the jars, fetched once; StreamUnavailableError says what is missing."""
    return KafkaProgram(java=_find_java(environment), jars=await _find_jars(environment))


def kafka_version() -> str:
    """The version that the pom names."""
    match = re.search(r"<kafka\.version>([\d.]+)</kafka\.version>", (HERE / "pom.xml").read_text())
    if match is None:
        raise InputError("deploy/kafka/pom.xml names no kafka.version")
    return match[1]


def jars_folder(environment: Mapping[str, str]) -> Path:
    """Where the jars are or will be: `PACTWATCH_KAFKA_JARS`, else a folder per version in the cache."""
    if given := environment.get("PACTWATCH_KAFKA_JARS"):
        return Path(given).absolute()
    return Path.home() / ".cache" / "pactwatch" / "kafka" / kafka_version() / "libs"


def _find_java(environment: Mapping[str, str]) -> Path:
    home = environment.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else environment.get("PATH"))
    if found is None:
        raise StreamUnavailableError("java not found: Kafka needs Java 17 or later")
    return Path(found)


async def _find_jars(environment: Mapping[str, str]) -> Path:
    folder = jars_folder(environment)
    broker = folder / f"kafka_2.13-{kafka_version()}.jar"
    if not broker.exists():
        await _fetch(folder, environment)
    if not broker.exists():
        raise StreamUnavailableError(f"{folder} has no {broker.name}")
    return folder


async def _fetch(folder: Path, environment: Mapping[str, str]) -> None:
    """Copy the jars beside `folder` and rename: it exists wholly or not at all, also with two at once."""
    maven = shutil.which("mvn", path=environment.get("PATH"))
    if maven is None:
        raise StreamUnavailableError(f"mvn not found and no Kafka jars in {folder}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder.parent) as beside:
        partial = Path(beside) / "libs"
        goal = ("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={partial}")
        argv = (maven, "-B", "-q", "--strict-checksums", "-f", str(HERE / "pom.xml"), *goal)
        outcome = await run(argv, deadline=FETCH_DEADLINE, environment=environment)
        if outcome.status != 0:
            raise StreamUnavailableError(f"maven could not fetch Kafka: {outcome.output[-800:]}")
        _publish(partial, folder)


def _publish(partial: Path, folder: Path) -> None:
    try:
        partial.replace(folder)
    except OSError as error:
        # Another fetch may have come first and is as good; the caller looks whether the broker is in it.
        if not folder.is_dir():
            raise StreamUnavailableError(f"could not move the Kafka jars to {folder}") from error
