"""The device thread: shows each frame to all controllers at once and publishes what was heard from them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from bridge.link import GRACE_S, ControllerLink, LastCalls, LinkState
from utils.clocks import Clocks, MonotonicSeconds
from utils.errors import DeviceError
from utils.handoff import Closed, LatestValue
from utils.pacing import Pacer
from utils.values import Frame, PointValue, Sample, Target

_READ_MARGIN_S = 0.05
"""How long before the next advance the reads begin at the latest, besides twice what they usually take."""
_COUPLE_PERIOD_S = 1.0

Samples = Mapping[Target, Sample]


@dataclass(frozen=True, slots=True)
class Heard:
    """What was read from the controllers after they had been shown a frame, and the wall seconds that it took."""

    answers: int
    samples: Samples
    took_s: float


class DeviceLoop:
    """All controllers in parallel, one task each. A controller that fails costs its own time-out once."""

    def __init__(
        self,
        links: Sequence[ControllerLink],
        pacer: Pacer,
        settle_s: float | None,
        pool: Executor,
        stop: threading.Event,
        clocks: Clocks,
    ) -> None:
        self.frames: LatestValue[Frame] = LatestValue()
        self.heard: LatestValue[Heard] = LatestValue()
        self._links = links
        self._pacer = pacer
        self._settle_s = settle_s
        self._pool = pool
        self._stop = stop
        self._clocks = clocks
        self._last_calls = LastCalls([link.calls for link in links], GRACE_S)
        self._read_s = 0.0
        """Smoothed wall time of the read half."""
        self._stood_still = pacer.standstill.count
        self._commanded: Mapping[Target, PointValue] = {}
        self._returning: dict[ControllerLink, Future[None]] = {}
        self._clock_tasks: dict[ControllerLink, Future[None]] = {}

    def couple(self, frame: Frame, couple_s: float, keep_alive: Callable[[], None]) -> None:
        """Show frame 0 until the controllers have seen it for ``couple_s``, then answer it. Overrides nothing yet."""
        samples = self._together(lambda link: link.exchange(frame))
        end = self._clocks.monotonic() + couple_s
        while not self._stop.is_set() and (left := end - self._clocks.monotonic()) > 0:
            self._stop.wait(min(left, _COUPLE_PERIOD_S))
            keep_alive()
            samples = self._together(lambda link: link.exchange(frame))
        self._answer(frame, samples, 0.0)

    def run(self) -> None:
        """Answer frames until the hand-offs are closed."""
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
        """The run ends: wake whoever waits for a frame or for commands, and see to it that calls end soon."""
        self.frames.close()
        self.heard.close()
        self._last_calls.begin(link.calls for link in self._links if link.state is LinkState.OFFLINE)

    def wait_for_tasks(self) -> None:
        """Let what goes on beside the exchange end: controllers that return, clocks that are looked at."""
        for future in (*self._returning.values(), *self._clock_tasks.values()):
            future.exception()
        self._last_calls.over()

    def _show(self, frame: Frame) -> None:
        began = self._clocks.monotonic()
        self._bring_back()
        samples = self._exchange(frame, began)
        took_s = self._clocks.monotonic() - began
        self._answer(frame, samples, took_s)
        if self._pacer.period_s == 0:
            self._look_at_clocks(frame, began)

    def _exchange(self, frame: Frame, began: MonotonicSeconds) -> Samples:
        if self._pacer.period_s == 0 and self._settle_s is None:
            return self._together(lambda link: link.exchange(frame))
        self._together(lambda link: link.write(frame))
        if self._pacer.period_s:
            self._look_at_clocks(frame, began)
        self._pacer.pause(self._stop, self._pause_s())
        reads_began = self._clocks.monotonic()
        samples = self._together(lambda link: link.read())
        took_s = self._clocks.monotonic() - reads_began
        self._read_s += 0.2 * (took_s - self._read_s)
        return samples

    def _pause_s(self) -> float:
        if self._settle_s is not None:
            return self._settle_s
        return max(self._pacer.remaining_s - 2 * self._read_s - _READ_MARGIN_S, 0.0)

    def _look_at_clocks(self, frame: Frame, shown_s: MonotonicSeconds) -> None:
        """Beside the pause of a paced step, otherwise beside the advance, because nobody should wait for a clock."""
        for link in self._present():
            if link.clock is not None and link.clock.is_due and not self._stop.is_set():
                self._clock_tasks[link] = self._pool.submit(link.keep_clock, frame.time_s, shown_s)

    def _present(self) -> list[ControllerLink]:
        return [link for link in self._links if link.state is not LinkState.OFFLINE]

    def _together(self, task: Callable[[ControllerLink], Samples]) -> Samples:
        with self._pacer.standstill.under_way() as stood_still:
            self._doubt_after(stood_still)
            return self._all_do(task)

    def _doubt_after(self, stood_still: int) -> None:
        """While this process stood still, anything may have become of the controllers."""
        if stood_still != self._stood_still:
            self._stood_still = stood_still
            for link in self._links:
                link.doubt()

    def _all_do(self, task: Callable[[ControllerLink], Samples]) -> Samples:
        futures = [
            (link, self._pool.submit(_alone, link, task, self._clock_tasks.pop(link, None))) for link in self._present()
        ]
        samples: dict[Target, Sample] = {}
        for link, future in futures:
            try:
                samples.update(future.result())
            except DeviceError as error:
                link.lost(error)
        return samples

    def _answer(self, frame: Frame, samples: Samples, took_s: float) -> None:
        self._commanded = {target: s.value for target, s in samples.items() if s.value is not None}
        self.heard.publish(Heard(frame.number, samples, took_s))

    def _bring_back(self) -> None:
        self._returning = {link: future for link, future in self._returning.items() if not future.done()}
        for link in self._links:
            if link.is_due and link not in self._returning and not self._stop.is_set():
                self._returning[link] = self._pool.submit(link.return_to_service)


def _alone(link: ControllerLink, task: Callable[[ControllerLink], Samples], clock_task: Future[None] | None) -> Samples:
    """Run the task when its controller's clock has been seen to: a client is used by one thread at a time."""
    if clock_task is not None:
        clock_task.result()
    return task(link)
