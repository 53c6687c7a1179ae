"""Steps that stand alone: of an ending, in which each has to be done, or of a display, on which nothing depends."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from utils.errors import BridgeError

log = logging.getLogger(__name__)


class Alone:
    """Runs steps of which none may keep the next from being done, whatever it raises."""

    def __init__(self) -> None:
        self.failed: dict[str, str] = {}
        """What has failed, and why last. Each is said once in the log, however often it fails."""

    @property
    def told(self) -> tuple[str, ...]:
        """What has failed, in words."""
        return tuple(f"{what} has failed: {why}" for what, why in self.failed.items())

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Do something; whatever it raises is kept and said, and goes no further."""
        try:
            yield
        except Exception as error:
            is_news = what not in self.failed
            self.failed[what] = str(error) or type(error).__name__
            if is_news:
                expected = isinstance(error, BridgeError | OSError)
                log.error("%s has failed; the rest goes on: %s", what, error, exc_info=None if expected else error)
