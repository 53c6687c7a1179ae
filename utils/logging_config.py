"""Logging for the daemon: one file that rotates, warnings on the console, no secrets in either."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from utils.errors import ConfigError, Problem

FORMAT = "%(asctime)s %(levelname)-7s %(threadName)-16s %(name)s: %(message)s"
_MAX_BYTES = 5_000_000
_KEPT_FILES = 5


class Redactor(logging.Filter):
    """Replaces secrets in whatever is about to be written. The last line of defence, not the first."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = tuple(secret for secret in secrets if secret)

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, redacted."""
        message = record.getMessage()
        redacted = self.redact(message)
        if redacted != message:
            record.msg, record.args = redacted, None
        return True

    def redact(self, text: str) -> str:
        """The text with every secret replaced by stars."""
        for secret in self._secrets:
            text = text.replace(secret, "****")
        return text


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, without secrets."""

    def __init__(self, redactor: Redactor, fmt: str = FORMAT) -> None:
        super().__init__(fmt)
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """As in :class:`logging.Formatter`, then redacted."""
        return self._redactor.redact(super().format(record))


def configure_logging(
    file: Path, level: str, secrets: Iterable[str] = (), console: logging.Handler | None = None
) -> None:
    """Send our log records to ``file`` and, where given, to a console handler. Replaces an earlier configuration.

    Raises :class:`ConfigError` for a file that cannot be written.
    """
    try:
        file.open("a", encoding="utf-8").close()
    except OSError as error:
        raise ConfigError([Problem("LOG_FILE", f"{file} cannot be written: {error.strerror}")]) from error
    redactor = Redactor(secrets)
    to_file = RotatingFileHandler(file, maxBytes=_MAX_BYTES, backupCount=_KEPT_FILES, encoding="utf-8", delay=True)
    handlers: list[logging.Handler] = [to_file, *([console] if console else [])]
    to_file.setFormatter(RedactingFormatter(redactor))
    if console is not None:
        console.setFormatter(RedactingFormatter(redactor, "%(message)s"))
        console.addFilter(redactor)
    logging.basicConfig(level=level, handlers=handlers, force=True)
    logging.getLogger("urllib3").setLevel(logging.WARNING)
