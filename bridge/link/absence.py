"""How long a controller is left alone that cannot be had, and whether its reason is news."""

from __future__ import annotations

from typing import TypeAlias

from utils.clocks import MonotonicSeconds
from utils.errors import BridgeError, ConfigError, DeviceError, DeviceRefused, DeviceUnreachable
from utils.state_folder import StateError

Reason: TypeAlias = DeviceError | ConfigError | StateError

_BACKOFF_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
_LONGEST_REQUEST_S = 600.0
"""A controller that asks to be left alone for longer is tried again all the same (``Retry-After``)."""
_REFUSED_BACKOFF_S = 300.0
"""A password that was rejected is not tried again sooner: controllers lock accounts (ecy-rest-api §17 row 4)."""


class Absence:
    """How often an absent controller was tried in vain, why, and when it is tried again."""

    def __init__(self) -> None:
        self.words = ""
        """Why, in words."""
        self._failures = 0
        self._kind: type[BridgeError] | None = None
        self._retry_at_s = 0.0

    def begin(self, error: Reason, now_s: MonotonicSeconds) -> bool:
        """It failed again; whether the reason is of another kind than the last time, as somebody may have to act."""
        kind = DeviceUnreachable if isinstance(error, DeviceUnreachable) else type(error)
        is_news, self._kind = kind is not self._kind, kind
        self.words = told(error)
        self._retry_at_s = now_s + _delay_s(error, self._failures)
        self._failures += 1
        return is_news

    def is_over(self, now_s: MonotonicSeconds) -> bool:
        """Whether it should be tried again."""
        return now_s >= self._retry_at_s


def told(error: Reason) -> str:
    """Where a controller stands that cannot be had, and why."""
    if isinstance(error, ConfigError):
        return f"left alone: {'; '.join(map(str, error.problems))}"
    return f"offline: {getattr(error, 'what', error)}"


def _delay_s(error: BridgeError, failures: int) -> float:
    """How long to leave a controller alone that has failed so many times before."""
    if isinstance(error, DeviceRefused):
        return _REFUSED_BACKOFF_S
    asked_s = error.retry_after_s if isinstance(error, DeviceUnreachable) else 0.0
    return max(min(asked_s, _LONGEST_REQUEST_S), _BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)])
