"""The `pactwatch` command. What is wrong with its input is one line on standard error and exit status 2."""

import sys
from importlib import import_module

import typer

from services.commands.statuses import BAD_INPUT
from shared.errors import InputError, PactwatchError

COMMANDS = {
    "demo": "running",
    "up": "running",
    "ingest": "running",
    "extract": "running",
    "api": "running",
    "tag": "texts",
    "why": "why",
    "retag": "retag",
    "rules": "rules",
    "feeds": "feeds",
    "dead": "dead",
    "db": "db",
    "topics": "topics",
}
"""Each command and the module of `services.commands` that adds it."""


def assembled(wanted: str | None) -> typer.Typer:
    """The command with its subcommands. For a `wanted` one only its module is loaded: `tag` starts without
    the web and the stream; for anything else, such as help, all of them are."""
    app = typer.Typer(
        help="Watches the news for military cooperation between North Korea and Russia.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    modules = [COMMANDS[wanted]] if wanted in COMMANDS else list(dict.fromkeys(COMMANDS.values()))
    for module in modules:
        import_module(f"services.commands.{module}").add_to(app)
    return app


def _root() -> None:
    """Watches the news for military cooperation between North Korea and Russia."""


def main() -> int:
    """Run the command line; returns the exit status."""
    try:
        assembled(sys.argv[1] if len(sys.argv) > 1 else None)()
    except InputError as error:
        sys.stderr.write(f"{error.detail or error}\n")
        return BAD_INPUT
    except PactwatchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except BrokenPipeError:  # the reader of our output went away, such as `head`
        sys.stderr.close()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
