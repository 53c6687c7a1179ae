"""Logging for the daemon: one file that rotates, warnings on the console, no secrets in either.

Nothing waits for either: each has a thread of its own (:mod:`utils.process.outlet`), which counts what it cannot take.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from logging.handlers import QueueHandler, RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from utils.errors import ConfigError, Problem
from utils.process.outlet import Outlet
from utils.text import printable

FORMAT = "%(asctime)s %(levelname)-7s %(threadName)-16s %(name)s: %(message)s"
_MAX_BYTES = 5_000_000
_KEPT_FILES = 5
_END_S = 0.5
"""What file and console may take at the end, together."""


class Redactor:
    """Replaces secrets in whatever is about to be written. The last line of defence, not the first."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(secret for secret in secrets if secret)

    def redact(self, text: str) -> str:
        """The text with every secret replaced by stars."""
        for secret in self._secrets:
            text = text.replace(secret, "****")
        return text


class RedactingFormatter(logging.Formatter):
    """Formats a record without secrets, each message in one line; a traceback keeps its lines."""

    def __init__(self, redactor: Redactor, fmt: str = FORMAT) -> None:
        super().__init__(fmt)
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """As in :class:`logging.Formatter`, then redacted."""
        return "\n".join(printable(self._redactor.redact(line)) for line in self._lines(record))

    def _lines(self, record: logging.LogRecord) -> list[str]:
        record.message = record.getMessage()
        lines = [self.formatMessage(record)]
        if record.exc_info:
            lines += self.formatException(record.exc_info).splitlines()
        return lines


class TellsErrors(logging.Handler):
    """Mixed into a handler, lets what goes wrong in it out, for the outlet to count."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, D102 - logging's own name
        raise


class StreamLines(TellsErrors, logging.StreamHandler[Any]):
    """Lines on a stream."""


class FileLines(TellsErrors, logging.FileHandler):
    """Lines in a file that appears with the first of them."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, encoding="utf-8", delay=True)


class _RotatingLines(TellsErrors, RotatingFileHandler):
    """Lines in a file that rotates."""


class QueuedHandler(QueueHandler):
    """Hands records to another handler in a thread of its own: whoever logs neither waits nor fails."""

    def __init__(self, name: str, handler: logging.Handler, redactor: Redactor) -> None:
        super().__init__(SimpleQueue())
        self.setFormatter(RedactingFormatter(redactor, "%(message)s"))
        self.setLevel(handler.level)
        self.filters = handler.filters
        self._handler = handler
        self._outlet: Outlet[logging.LogRecord] = Outlet(name, handler.emit)

    def enqueue(self, record: logging.LogRecord) -> None:
        """Called with a record that is text already."""
        self._outlet.put(record)

    def begin_to_end(self) -> None:
        """Take nothing more."""
        self._outlet.close()

    def end(self, timeout_s: float) -> None:
        """Write what is left, for so long at most."""
        if self._outlet.end(timeout_s):
            with suppress(OSError):  # a full disk, which has been told
                self._handler.close()


def configure_logging(
    file: Path | None, level: str, secrets: Iterable[str] = (), console: logging.Handler | None = None
) -> None:
    """Send our log records to a file and to a console handler, where given. Replaces an earlier configuration.

    Raises :class:`ConfigError` for a file that cannot be written; the console gets its records all the same.
    """
    secrets = tuple(secrets)
    hand_over(level, secrets, {} if console is None else {"console-log": console})
    for chatty in ("urllib3", "filelock"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    if file is None:
        return
    try:
        file.open("a", encoding="utf-8").close()
    except OSError as error:
        raise ConfigError([Problem("LOG_FILE", f"{file} cannot be written: {error.strerror}")]) from error
    to_file = _RotatingLines(file, maxBytes=_MAX_BYTES, backupCount=_KEPT_FILES, encoding="utf-8", delay=True)
    to_file.setFormatter(logging.Formatter(FORMAT))
    logging.getLogger().addHandler(QueuedHandler("file-log", to_file, Redactor(secrets)))


def hand_over(level: str, secrets: Iterable[str], handlers: Mapping[str, logging.Handler]) -> None:
    """Send all log records to these handlers, each in a thread of the given name. Replaces whatever was there."""
    end_logging()
    redactor = Redactor(secrets)
    queued = [QueuedHandler(name, handler, redactor) for name, handler in handlers.items()]
    logging.basicConfig(level=level, handlers=queued, force=True)


def end_logging() -> None:
    """Write what has been logged so far, and let go of the file. Waits a moment at most; nothing is logged after it."""
    root = logging.getLogger()
    deadline_s = time.monotonic() + _END_S
    handlers = [handler for handler in root.handlers if isinstance(handler, QueuedHandler)]
    for handler in handlers:
        root.removeHandler(handler)
        handler.begin_to_end()
    for handler in handlers:
        handler.end(max(deadline_s - time.monotonic(), 0.0))
