"""The `pactwatch` command. What is wrong with its input is one line on standard error and exit status 2."""

import sys

import typer

from services.commands import dead, feeds, operations, running, texts
from shared.errors import InputError, PactwatchError

USAGE_ERROR = 2

app = typer.Typer(
    help="Watches the news for military cooperation between North Korea and Russia.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
running.add_to(app)
texts.add_to(app)
operations.add_to(app)
app.add_typer(feeds.app, name="feeds")
app.add_typer(dead.app, name="dead")


def main() -> int:
    """Run the command line; returns the exit status."""
    try:
        app()
    except InputError as error:
        sys.stderr.write(f"{error.detail or error}\n")
        return USAGE_ERROR
    except PactwatchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except BrokenPipeError:  # the reader of our output went away, such as `head`
        sys.stderr.close()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
