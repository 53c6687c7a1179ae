"""The device thread: shows each frame to all controllers at once and publishes what they command."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from bridge.controller_link import ControllerLink, LinkState
from bridge.overrides import Overrides
from utils.errors import DeviceError
from utils.handoff import Closed, LatestValue
from utils.pacing import Clocks, Pacer
from utils.values import Commands, Frame, PointValue, Sample, Target

_READ_MARGIN_S = 0.05
"""How long before the next advance the reads begin at the latest, besides twice what they usually take."""
_COUPLE_PERIOD_S = 1.0

Samples = Mapping[Target, Sample]


@dataclass(slots=True)
class ExchangeTimes:
    """How long the controllers take: wall seconds from a frame to the commands that answer it."""

    exchanges: int = 0
    total_s: float = 0.0
    read_s: float = 0.0
    """Smoothed time of the read half."""

    @property
    def mean_s(self) -> float:
        """Mean of all exchanges; 0 before the first."""
        return self.total_s / self.exchanges if self.exchanges else 0.0


class DeviceLoop:
    """All controllers in parallel, one task each. A controller that fails costs its own time-out once."""

    def __init__(
        self,
        links: Sequence[ControllerLink],
        overrides: Overrides,
        pacer: Pacer,
        settle_s: float | None,
        pool: Executor,
        stop: threading.Event,
        clocks: Clocks,
    ) -> None:
        self.frames: LatestValue[Frame] = LatestValue()
        self.commands: LatestValue[Commands] = LatestValue()
        self.times = ExchangeTimes()
        self._links = links
        self._overrides = overrides
        self._pacer = pacer
        self._settle_s = settle_s
        self._pool = pool
        self._stop = stop
        self._clocks = clocks
        self._commanded: Mapping[Target, PointValue] = {}
        self._returning: dict[ControllerLink, Future[None]] = {}

    def couple(self, frame: Frame, couple_s: float, keep_alive: Callable[[], None]) -> None:
        """Show frame 0 until the controllers have seen it for ``couple_s``, then answer it. Overrides nothing yet."""
        self._together(lambda link: link.exchange(frame))
        end = self._clocks.monotonic() + couple_s
        while not self._stop.is_set() and (left := end - self._clocks.monotonic()) > 0:
            self._stop.wait(min(left, _COUPLE_PERIOD_S))
            keep_alive()
            self._together(lambda link: link.exchange(frame))
        self._answer(frame, self._together(lambda link: link.exchange(frame)))

    def run(self) -> None:
        """Answer frames until the slots are closed."""
        answered = 0
        while True:
            try:
                frame = self.frames.wait_until(lambda f, last=answered: f.number > last)  # type: ignore[misc]
            except Closed:
                return
            self._show(frame)
            answered = frame.number

    @property
    def commanded(self) -> Mapping[Target, PointValue]:
        """What the controllers' outputs said last, in their own units."""
        return self._commanded

    def close(self) -> None:
        """Wake whoever waits for a frame or for commands."""
        self.frames.close()
        self.commands.close()

    def wait_for_returning(self) -> None:
        """Let attempts to bring a controller back end or time out."""
        for future in self._returning.values():
            future.exception()

    def _show(self, frame: Frame) -> None:
        began = self._clocks.monotonic()
        self._bring_back()
        samples = self._exchange(frame)
        self.times.exchanges += 1
        self.times.total_s += self._clocks.monotonic() - began
        self._answer(frame, samples)

    def _exchange(self, frame: Frame) -> Samples:
        if self._pacer.period_s == 0 and self._settle_s is None:
            return self._together(lambda link: link.exchange(frame))
        self._together(lambda link: link.write(frame))
        self._stop.wait(self._pause_s())
        began = self._clocks.monotonic()
        samples = self._together(lambda link: link.read())
        took_s = self._clocks.monotonic() - began
        self.times.read_s += 0.2 * (took_s - self.times.read_s)
        return samples

    def _pause_s(self) -> float:
        if self._settle_s is not None:
            return self._settle_s
        return max(self._pacer.remaining_s - 2 * self.times.read_s - _READ_MARGIN_S, 0.0)

    def _together(self, task: Callable[[ControllerLink], Samples]) -> Samples:
        present = [link for link in self._links if link.state is not LinkState.OFFLINE]
        futures = [(link, self._pool.submit(task, link)) for link in present]
        samples: dict[Target, Sample] = {}
        for link, future in futures:
            try:
                samples.update(future.result())
            except DeviceError as error:
                link.lost(error)
        return samples

    def _answer(self, frame: Frame, samples: Samples) -> None:
        self._commanded = {target: s.value for target, s in samples.items() if s.value is not None}
        self.commands.publish(self._overrides.answer(frame, samples))

    def _bring_back(self) -> None:
        self._returning = {link: future for link, future in self._returning.items() if not future.done()}
        for link in self._links:
            if link.is_due and link not in self._returning and not self._stop.is_set():
                self._returning[link] = self._pool.submit(link.return_to_service)
