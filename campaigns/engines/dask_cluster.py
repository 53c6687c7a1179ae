"""Workers of a Dask cluster, by its scheduler's address. An extra: imported when somebody asks for it.

Dask runs a cell again by itself whose worker has died. A result counts once, whoever computed it. When the scheduler
itself is lost, what was under way is run by whoever resumes the campaign.
"""

from __future__ import annotations

import logging
import platform
import secrets
import time
from collections.abc import Sequence
from typing import Any

from campaigns.cell import CellResult, Task
from campaigns.engines.engine import EngineLost, Failed, Lost, Outcome
from campaigns.engines.work import work
from emulators.door import EmbeddedTest
from utils.errors import BridgeError, ConfigError, Problem
from utils.home import IS_CHECKOUT, ROOMS, install

_CONNECT_S = 10.0
_ASK_S = 2.0
"""Between two questions of how many threads the workers have."""
_TICK_S = 0.02
_AHEAD = 2
"""Cells per thread of the workers: one that runs, and one that waits there."""
_PENDING = "pending"
_TALKATIVE = ("distributed", "distributed.client", "distributed.core", "distributed.utils")
"""Loggers with handlers of their own, which would tell everything twice, with tracebacks."""
_DIED = "KilledWorker"


class DaskCluster:
    """An engine of somebody's cluster."""

    name = "dask"

    def __init__(self, address: str) -> None:
        """Raises :class:`EngineLost` where nobody answers, :class:`ConfigError` for workers that are of no use."""
        self._address = address
        self._marker = secrets.token_hex(4)
        self._begun = 0
        self._running: dict[Any, Task] = {}
        self._threads, self._asked_s = 1, 0.0
        for logger in _TALKATIVE:
            logging.getLogger(logger).setLevel(logging.CRITICAL)
        try:
            self._client = _library().Client(address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise EngineLost(f"no Dask scheduler answers at {address}: {error or 'no answer'}") from None
        except ValueError as error:
            raise ConfigError([Problem("--dask", f"{address!r} is no address: {error}")]) from None
        try:
            self._refuse_others()
        except BridgeError:
            self._client.close()
            raise

    @property
    def workers(self) -> int:
        """Threads of all workers."""
        return self._threads

    def room(self) -> int:
        """As many cells as keep all workers busy."""
        now_s = time.monotonic()
        if now_s - self._asked_s >= _ASK_S:
            self._asked_s = now_s
            self._threads = max(1, sum(self._asked("threads", self._client.nthreads).values()))
        return max(0, _AHEAD * self._threads - len(self._running))

    def begin(self, task: Task) -> None:
        """Hand a cell to the scheduler, under a name that no other has."""
        self._begun += 1
        key = f"cell-{task.number}-{self._marker}-{self._begun}"
        self._running[self._client.submit(work, task, key=key, pure=False)] = task

    def wait(self, seconds: float) -> Sequence[Outcome]:
        """What has come of cells. Raises :class:`EngineLost` when the scheduler is gone."""
        deadline_s = time.monotonic() + seconds
        while True:
            ended = [future for future in self._running if future.status != _PENDING]
            if self._client.status != "running":
                raise self._gone()
            if ended or time.monotonic() >= deadline_s:
                return [self._outcome(future) for future in ended]
            time.sleep(_TICK_S)

    def close(self) -> None:
        """Cells that wait are taken back; those that run come to nothing."""
        if self._client.status == "running":
            self._client.cancel([*self._running], force=True)
        self._running.clear()
        self._client.close(timeout=_CONNECT_S)

    def _outcome(self, future: Any) -> Outcome:  # noqa: ANN401 - distributed comes without types
        task = self._running.pop(future)
        if future.status == "finished":
            outcome: CellResult | Failed = self._asked("results", future.result)
            return outcome
        if future.status != "error":
            return Lost(task.number, "the cluster has lost it")
        error = self._asked("results", future.exception)
        if type(error).__name__ == _DIED:
            return Lost(task.number, "its worker has died again and again")
        return Failed(task.number, f"{type(error).__name__}: {error}")

    def _refuse_others(self) -> None:
        """Raises :class:`ConfigError` for workers that have another bench, or none: their results would be others."""
        ours = identity()
        try:
            theirs = self._client.run(identity)
        except (ImportError, AttributeError) as error:
            how = f"start them in its folder: cd {ROOMS} && dask worker {self._address}"
            how = how if IS_CHECKOUT else "install it in their environment, too"
            what = f"its workers do not find the bench ({error}); {how}"
            raise ConfigError([Problem("--dask", what)]) from None
        except (OSError, TimeoutError) as error:
            raise EngineLost(f"the Dask scheduler at {self._address} does not answer: {error}") from None
        problems = [
            Problem(f"--dask: {worker}", f"has {told}, and this computer has {ours}; give all the same")
            for worker, told in theirs.items()
            if told != ours
        ]
        if problems:
            raise ConfigError(problems)

    def _asked(self, what: str, question: Any) -> Any:  # noqa: ANN401 - distributed comes without types
        try:
            return question()
        except (OSError, TimeoutError, ValueError) as error:
            if self._begun:
                raise self._gone() from None
            raise EngineLost(f"the Dask scheduler at {self._address} does not tell its {what}: {error}") from None

    def _gone(self) -> EngineLost:
        return EngineLost(f"the Dask scheduler at {self._address} is gone; what is finished is kept")


def _library() -> Any:  # noqa: ANN401 - distributed comes without types
    """Raises :class:`ConfigError` where it is not installed."""
    try:
        import distributed
    except ModuleNotFoundError:
        raise ConfigError(
            [Problem("--dask", f"needs distributed, which is not installed: {install('campaign')}")]
        ) from None
    return distributed


def identity() -> str:
    """What decides results: the building, and the version of Python."""
    return f"{EmbeddedTest().identity} on Python {'.'.join(platform.python_version_tuple()[:2])}"
