"""How the scripts with subcommands end: what went wrong is one message on standard error."""

from collections.abc import Callable

import typer

from shared.errors import InputError, PactwatchError


def exit_status(run: Callable[[], object]) -> int:
    """Run the command line: 0, 2 for input that is wrong, 1 for anything else of ours."""
    try:
        run()
    except PactwatchError as error:
        typer.echo(str(error), err=True)
        return 2 if isinstance(error, InputError) else 1
    return 0
