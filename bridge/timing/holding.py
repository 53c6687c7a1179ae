"""Time is held at a frame: before an episode begins, in a pause, and while the building is started anew.

The controllers go on being shown the frame, so that refresh, heartbeat, identity and slots are watched as ever.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from bridge.device_loop import KEEP_ALIVE_S, Course, DeviceLoop, Heard
from utils.clocks import Clocks
from utils.handoff import Closed
from utils.pacing import Pacer
from utils.values import Frame

Result = TypeVar("Result")
OnShown = Callable[[Frame, Heard], None]

PERIOD_S = 1.0
"""Wall time between two exchanges at the least."""


class Holding:
    """Used by the simulation thread. ``period_s`` is the wall time between two exchanges in a pause."""

    def __init__(
        self,
        devices: DeviceLoop,
        pacer: Pacer,
        clocks: Clocks,
        keep_alive: Callable[[], None],
        period_s: float,
        on_shown: OnShown,
    ) -> None:
        """``on_shown`` is told of every showing: what becomes of controllers is news in a pause, too."""
        self._devices = devices
        self._pacer = pacer
        self._clocks = clocks
        self._keep_alive = keep_alive
        self._period_s = period_s
        self._on_shown = on_shown

    def couple(
        self,
        frame: Frame,
        course: Course,
        couple_s: float,
        may_begin: Callable[[Heard], bool],
        wake: threading.Event,
    ) -> None:
        """Show the first frame until the controllers have seen it for ``couple_s``, and until the episode may begin.

        Raises :class:`Closed`.
        """
        end_s = self._clocks.monotonic() + couple_s
        heard = self._showing(frame, course)
        while not may_begin(heard) or self._clocks.monotonic() < end_s:
            left_s = end_s - self._clocks.monotonic()
            self._pacer.rest(wake, min(left_s, PERIOD_S) if left_s > 0 else PERIOD_S)
            self._keep_alive()
            heard = self._showing(frame, Course.COUPLING)

    def hold(self, frame: Frame, heard: Heard, is_over: Callable[[Heard], bool], wake: threading.Event) -> Heard:
        """Show a frame that has been answered until it is over, which is asked of every answer.

        ``wake`` tells that it may be over. Returns the last answer. Raises :class:`Closed`, and what ``is_over``
        raises.
        """
        sign_at_s = self._clocks.monotonic() + KEEP_ALIVE_S
        while not is_over(heard):
            self._pacer.rest(wake, self._period_s)
            if self._clocks.monotonic() >= sign_at_s:
                sign_at_s = self._clocks.monotonic() + KEEP_ALIVE_S
                self._keep_alive()
            heard = self._showing(frame, Course.AT_REST)
        return heard

    def meanwhile(self, frame: Frame, work: Callable[[], Result]) -> Result:
        """Do something with the simulation on a thread of its own, and show the frame until it is done.

        When the run ends meanwhile, it is for that call to be abandoned. Raises what it raises.
        """
        done = threading.Event()
        beside = Holding(self._devices, self._pacer, self._clocks, lambda: None, self._period_s, self._on_shown)
        with ThreadPoolExecutor(1, thread_name_prefix="beginning") as pool:
            future = pool.submit(work)
            future.add_done_callback(lambda _: done.set())
            with suppress(Closed):
                beside.hold(frame, self._devices.answer(lambda: None), lambda _: future.done(), done)
            return future.result()

    def _showing(self, frame: Frame, course: Course) -> Heard:
        self._devices.show(frame, course)
        heard = self._devices.answer(self._keep_alive)
        self._on_shown(frame, heard)
        return heard
