"""Structured logs: events and numbers, never names, words of people or secrets."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING, Any

from bot.lean import structlog

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger


def get_logger() -> FilteringBoundLogger:
    """The logger of a module."""
    logger: Any = structlog.get_logger()
    return logger  # type: ignore[no-any-return]


class Wordless(logging.Formatter):
    """What a library logs, without what it quotes: the first line of its message as it stands in its source, and a
    failure by its place and kind. The rest may be words of people, their addresses, or a token in a URL."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as lines."""
        message = (str(record.msg).splitlines() or [""])[0]
        kind, _error, trace = record.exc_info or (None, None, None)
        lines = [f"{record.levelname} {record.name}: {message}"]
        if kind is not None:
            lines += ["".join(traceback.format_tb(trace)).rstrip(), kind.__qualname__]
        return "\n".join(line for line in lines if line)


def set_up(level: str = "INFO") -> None:
    """JSON lines on stderr; readable lines on a terminal."""
    renderer: Any = structlog.processors.JSONRenderer()
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper(), logging.INFO)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # libraries log addresses that hold tokens (httpx logs every URL): only their warnings are let through
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Wordless())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in ("httpx", "httpcore", "uvicorn.access", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # it logs with a traceback what it raises, and what it raises is told by whoever called it
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)


def where(error: BaseException) -> str:
    """File and line of a failure, without the words that caused it."""
    trace = traceback.extract_tb(error.__traceback__)
    return f"{trace[-1].filename.rsplit('/', 2)[-1]}:{trace[-1].lineno}" if trace else ""
