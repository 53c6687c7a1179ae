"""An answer of the simulation that is overdue: said while it is still waited for, and counted late once."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Self

from utils.pacing import Pacer

log = logging.getLogger(__name__)

_LEAST_S = 5.0
_MEDIANS = 3
_AGAIN_S = 30.0
_LOOK_S = 0.25
"""Wall time between two looks at what is awaited."""
_REMEMBERED = 1001
"""Answers of which the median is taken."""


class OverdueWatch:
    """Watches the answers to ``advance`` from a thread of its own, between entering it and leaving it.

    An answer is overdue when it takes longer than 5 s, the step's period and three times the median of those before.
    """

    def __init__(self, pacer: Pacer, patience_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        """``pacer`` counts the step as late; ``patience_s`` is for how long an answer is waited for."""
        self._pacer = pacer
        self._patience_s = patience_s
        self._monotonic = monotonic
        self._took_s: deque[float] = deque(maxlen=_REMEMBERED)
        self._lock = threading.Lock()
        self._asked_s: float | None = None
        self._said_s: float | None = None
        """For how long the answer had been waited for when that was said last."""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="overdue")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    @contextmanager
    def awaiting(self) -> Iterator[None]:
        """While an answer is awaited."""
        with self._lock:
            self._asked_s, self._said_s = self._monotonic(), None
        try:
            yield
        finally:
            with self._lock:
                took_s = self._monotonic() - self._asked_s
                self._asked_s = None
        self._took_s.append(took_s)
        if self._said_s is not None:
            log.info("the simulation answers again, after %.0f s", took_s)

    def look(self) -> None:
        """Say it where it is time to."""
        with self._lock:
            if self._asked_s is None:
                return
            waited_s = self._monotonic() - self._asked_s
            if waited_s < self._say_at_s(waited_s):
                return
            if self._said_s is None:
                self._pacer.overdue()
            self._said_s = waited_s
        log.warning(
            "the simulation has not answered advance for %.0f s (it usually takes %.3g s); "
            "waiting for another %.0f s (BOP_ADVANCE_TIMEOUT)",
            waited_s,
            self._usual_s(),
            max(self._patience_s - waited_s, 0.0),
        )

    def _say_at_s(self, waited_s: float) -> float:
        if self._said_s is not None:
            return self._said_s + _AGAIN_S
        least_s = max(_LEAST_S, self._pacer.period_s)
        return max(least_s, _MEDIANS * self._usual_s()) if waited_s >= least_s else math.inf

    def _usual_s(self) -> float:
        return median(self._took_s) if self._took_s else 0.0

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_S):
            self.look()
