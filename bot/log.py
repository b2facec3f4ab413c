"""Structured logs: events and numbers, never names, words of people or secrets."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from bot.lean import structlog

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger


def get_logger() -> FilteringBoundLogger:
    """The logger of a module."""
    logger: Any = structlog.get_logger()
    return logger  # type: ignore[no-any-return]


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
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    for name in ("httpx", "httpcore", "uvicorn.access", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
