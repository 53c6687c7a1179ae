"""How long giving back tries again what may pass by itself, before a controller counts as not given back.

Nobody waits for a controller in mid-run: whoever gives back there comes again. At the end of a run, and in ``release``,
this is the last chance for a while.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Self

from utils.clocks import HOST, Clocks
from utils.errors import AccountRefused, BridgeError, DeviceUnreachable, NotItself

LIMIT_S = 15.0
"""So long after the first attempt another one may begin, per controller."""
SIGN_IN_AGAIN_S = 4.0
"""An account that was refused is tried once more, after a moment: controllers refuse while they start, and lock."""
_PAUSES_S = (0.5, 1.0, 2.0)
"""After each attempt; the last one again and again."""
_SIGN_INS = 2


def may_pass(error: BridgeError) -> bool:
    """Whether another attempt may go better although nobody does anything."""
    return isinstance(error, DeviceUnreachable | NotItself | AccountRefused)


class Patience:
    """What one controller gets, with one account. Used by one thread at a time.

    Lost connections, time-outs, 5xx, 429 and what something else answers in the controller's place may pass. A refused
    account is good for one fresh sign-in; nothing else that is refused is tried again.
    """

    def __init__(self, limit_s: float, clocks: Clocks = HOST) -> None:
        self.clocks = clocks
        self._limit_s = limit_s
        self._until_s: float | None = None
        self._attempts = 0
        self._refusals = 0
        self._sign_in_from_s = 0.0

    @property
    def lasts(self) -> bool:
        """Whether anything is tried again at all."""
        return self._limit_s > 0

    @property
    def is_account_spent(self) -> bool:
        """Whether another attempt with this account, now, could lock it."""
        return self._refusals >= _SIGN_INS or (self._refusals > 0 and self.clocks.monotonic() < self._sign_in_from_s)

    def begin(self) -> None:
        """The first attempt begins now. What comes later begins nothing anew."""
        if self._until_s is None:
            self._until_s = self.clocks.monotonic() + self._limit_s

    def pause_s(self, error: BridgeError) -> float | None:
        """How long to wait before another attempt; None where there is none."""
        self.begin()
        pause_s = self._wanted_s(error)
        if pause_s is None or self._until_s is None or self.clocks.monotonic() + pause_s > self._until_s:
            return None
        return pause_s

    def _wanted_s(self, error: BridgeError) -> float | None:
        if isinstance(error, AccountRefused):
            self._refused()
            return None if self._refusals >= _SIGN_INS else SIGN_IN_AGAIN_S
        if not may_pass(error):
            return None
        pause_s = _PAUSES_S[min(self._attempts, len(_PAUSES_S) - 1)]
        self._attempts += 1
        return max(pause_s, error.retry_after_s if isinstance(error, DeviceUnreachable) else 0.0)

    def _refused(self) -> None:
        """An account was refused; that it was spared is no refusal of its own."""
        if not self.is_account_spent:
            self._refusals += 1
            self._sign_in_from_s = self.clocks.monotonic() + SIGN_IN_AGAIN_S


class Patiences:
    """One patience per controller and account, however many dead processes have left something in it.

    With a ``limit_s`` of 0 nothing is waited for, and accounts are spared all the same.
    """

    def __init__(self, clocks: Clocks = HOST, limit_s: float | None = None) -> None:
        self._clocks = clocks
        self._limit_s = limit_s
        self._known: dict[Hashable, Patience] = {}
        self._lock = threading.Lock()

    @classmethod
    def none(cls, clocks: Clocks = HOST) -> Self:
        """For those who come again anyway."""
        return cls(clocks, limit_s=0.0)

    def of(self, *whom: Hashable) -> Patience:
        """The patience with this one."""
        with self._lock:
            limit_s = LIMIT_S if self._limit_s is None else self._limit_s
            return self._known.setdefault(whom, Patience(limit_s, self._clocks))
