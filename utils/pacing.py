"""Pace on absolute deadlines: no drift, late steps counted and said, a host that slept noticed.

A process that stood still (Ctrl+Z, then fg) is neither late nor has it slept: its pace starts anew. So does that of a
run whose time was held.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Literal

from utils.clocks import Clocks
from utils.errors import BridgeError
from utils.process.standstill import Standstill

log = logging.getLogger(__name__)

SLEEP_GAP_S = 10.0
"""How far wall time may run ahead of monotonic time between two steps before we say that the host slept."""
_ON_TIME_AGAIN_STEPS = 10
_ON_TIME_AGAIN_S = 60.0
"""So many steps in a row, and for so long, a run has to be on time before lateness counts as over."""

WhenLate = Literal["stretch", "stop"]


class HostSlept(BridgeError):
    """The host was suspended: controllers have run on held inputs for all that time."""


class TooLate(BridgeError):
    """A step was late by more than a period, and the settings say that this ends the run."""


class Pacer:
    """Says when a step is due: ``period_s`` of wall time apart, counted from :meth:`start`.

    A period of 0 means as fast as possible: nothing is ever late. A step that is late by no more than a period is
    made up for. One that is later than that lets the wall clock slip, or with ``when_late="stop"`` ends the run.
    """

    def __init__(self, period_s: float, clocks: Clocks | None = None, when_late: WhenLate = "stretch") -> None:
        self.period_s = period_s
        self.steps = 0
        self.late_steps = 0
        self.slipped_s = 0.0
        self.standstill = Standstill()
        self._stood_still = 0
        self._clocks = clocks or Clocks()
        self._when_late = when_late
        self._due = 0.0
        self._gap = 0.0
        self._is_behind = False
        self._is_overdue = False
        self._on_time_steps = 0
        self._on_time_since_s = 0.0

    def start(self) -> None:
        """Begin now: the first step is due one period from here."""
        self._due = self._clocks.monotonic() + self.period_s
        self._gap = self._clocks.wall() - self._clocks.monotonic()
        self._stood_still = self.standstill.count

    @property
    def remaining_s(self) -> float:
        """Seconds until the current step is due; 0 when it is late or the pace is as fast as possible."""
        return max(self._due - self._clocks.monotonic(), 0.0) if self.period_s else 0.0

    def wait(self, stop: threading.Event) -> None:
        """Wait until the current step is due or ``stop`` is set, then make the next one current.

        Raises :class:`HostSlept` when the host was suspended since the last step, and :class:`TooLate`.
        """
        self.steps += 1
        self._begin_anew()
        self._notice_sleep()
        if self.period_s:
            self._keep_time(stop)
            self._begin_anew()
            self._notice_sleep()
        self._is_overdue = False

    def overdue(self) -> None:
        """The step that goes on is late, at whatever pace: counted now, and not once more when it has ended."""
        self.late_steps += 1
        self._is_overdue = True

    def pause(self, stop: threading.Event, seconds: float) -> None:
        """Wait for so long or until ``stop`` is set.

        Raises :class:`HostSlept` when it took far longer. On some hosts (Windows) monotonic time counts a suspend, so
        that wall time never runs ahead of it; but there, too, a paced run that sleeps is most often asleep in a wait.
        """
        self._wait(stop.wait, seconds)

    def rest(self, wake: threading.Event, seconds: float) -> None:
        """Wait likewise while time is held, so that no step is due. A host that sleeps meanwhile is noticed."""
        self._wait(lambda timeout_s: self._clocks.wait(wake, timeout_s), seconds)
        self._notice_sleep()

    def _wait(self, wait: Callable[[float], object], seconds: float) -> None:
        stood_still = self.standstill.count
        began = self._clocks.monotonic()
        wait(seconds)
        overslept_s = self._clocks.monotonic() - began - seconds
        if overslept_s > SLEEP_GAP_S and self.standstill.count == stood_still:
            raise _slept(overslept_s)

    def _begin_anew(self) -> None:
        """After a standstill the next step is due one period from here. A suspend during it shows all the same."""
        count = self.standstill.count
        if count != self._stood_still:
            self._stood_still = count
            self._due = self._clocks.monotonic() + self.period_s

    def _keep_time(self, stop: threading.Event) -> None:
        behind_s = self._clocks.monotonic() - self._due
        self._count(behind_s)
        if behind_s <= 0:
            self.pause(stop, -behind_s)
        elif behind_s > self.period_s:
            self._slip(behind_s, stop)
        self._due += self.period_s

    def _count(self, behind_s: float) -> None:
        if behind_s > 0:
            self.late_steps += not self._is_overdue
            self._on_time_steps = 0
            self._say_late(behind_s)
            return
        now_s = self._clocks.monotonic()
        if not self._on_time_steps:
            self._on_time_since_s = now_s
        self._on_time_steps += 1
        is_over = self._on_time_steps >= _ON_TIME_AGAIN_STEPS and now_s - self._on_time_since_s >= _ON_TIME_AGAIN_S
        if self._is_behind and is_over:
            self._is_behind = False
            log.info(
                "on time again; %d steps were late, the wall clock slipped %.1f s", self.late_steps, self.slipped_s
            )

    def _say_late(self, behind_s: float) -> None:
        if not self._is_behind:
            self._is_behind = True
            log.warning(
                "late by %.3g s: one step every %.3g s is more than the peers can do at the moment; "
                "lower BOP_TIME_SCALE or raise BOP_STEP_TIME if it stays so",
                behind_s,
                self.period_s,
            )

    def _slip(self, behind_s: float, stop: threading.Event) -> None:
        if self._when_late == "stop" and not stop.is_set():
            raise TooLate(
                f"a step was late by {behind_s:.3g} s, more than the {self.period_s:.3g} s that it may take; "
                "BOP_WHEN_LATE=stop ends the run. Lower BOP_TIME_SCALE, raise BOP_STEP_TIME, or stretch"
            )
        self.slipped_s += behind_s
        self._due += behind_s

    def _notice_sleep(self) -> None:
        gap = self._clocks.wall() - self._clocks.monotonic()
        jump, self._gap = gap - self._gap, gap
        if jump > SLEEP_GAP_S:
            raise _slept(jump)


def _slept(seconds: float) -> HostSlept:
    return HostSlept(
        f"this computer slept for about {seconds:.0f} s (or its clock was put forward); "
        "the run ends and gives everything back"
    )
