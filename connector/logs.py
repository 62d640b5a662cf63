"""Logs: one line for each thing that happened, to be read by a person on a terminal and by a machine elsewhere.

Anybody logs with `structlog.get_logger().info("action.word", key=value)` or the standard library; both come out alike.
Secrets, tokens in links and IBANs are masked on the way. Standard output stays free for results.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from connector.masking import HIDDEN, masked_text

_SECRET_NAME = re.compile(
    r"authorization|password|passwd|secret|token|api_?key|private_?key|cookie|credential", re.IGNORECASE
)
_IDS = frozenset({"end_to_end_id", "mandate", "message_id", "run", "sha256", "key"})
"""Keys of records of ours: shown whole, even if one looks like an IBAN."""

_CHATTERERS = ("alembic", "apscheduler", "httpx2", "httpcore2", "procrastinate")
"""Libraries whose every step is of no use to those who read our logs."""


def set_up_logs(level: str, *, as_json: bool, clock: Callable[[], datetime], stream: TextIO | None = None) -> None:
    """Send all logs of the process to standard error, or to a stream.

    Args:
        level: debug, info, warning or error.
        as_json: one JSON object a line; else text for a person.
        clock: the time now, aware; lines bear it in UTC.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        _stamped(clock),
        structlog.processors.format_exc_info,
        mask,
    ]
    target = stream or sys.stderr
    last: Processor = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else _text_renderer(target)
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _CHATTERERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def mask(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """A processor that hides what no log may hold."""
    return {name: _masked(name, value) for name, value in line.items()}


def _masked(name: str, value: object) -> object:
    if _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _masked(str(key), below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(name, item) for item in value]
    if isinstance(value, str) and name not in _IDS:
        return masked_text(value)
    return value


def _stamped(clock: Callable[[], datetime]) -> Processor:
    def stamp(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        line["at"] = clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return line

    return stamp


def _text_renderer(stream: TextIO) -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), timestamp_key="at", exception_formatter=structlog.dev.plain_traceback
    )
