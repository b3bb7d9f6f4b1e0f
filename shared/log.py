"""Structured logs: constant event words with keys and values, one line each, on standard error."""

import logging
import sys

import structlog


def configure_log(*, level: str, form: str, libraries: str = "warning") -> None:
    """Set up the log of the process; `form` is "json" for machines or "console" for people.

    What libraries log comes in the same form, from the level `libraries` on.
    """
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    common: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    levels = logging.getLevelNamesMapping()
    structlog.configure(
        processors=[*common, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(levels[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,  # the command line may set the log up again
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(levels[libraries.upper()])  # loggers with levels of their own do not ask the root's
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=common,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=levels[libraries.upper()], handlers=[handler], force=True)
