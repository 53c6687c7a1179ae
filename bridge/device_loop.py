"""The device thread: shows each frame to all controllers at once and publishes what was heard from them.

What it is to show is numbered in turns: while time is held, one frame has many.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto

from bridge.link import GRACE_S, ControllerLink, LastCalls
from utils.clocks import Clocks, MonotonicSeconds
from utils.errors import DeviceError
from utils.handoff import Closed, LatestValue
from utils.pacing import Pacer
from utils.values import Frame, PointValue, Sample, Target

_FIRST_READ_SHARE = 0.25
"""Of a step's time, at most, is what the first read is thought to take."""
_READ_MARGIN_S = 0.05
"""How long before the next advance the reads begin at the latest, besides twice what they usually take."""
KEEP_ALIVE_S = 120.0
"""Wall time between two signs of life in a long step: a server ends a test that is idle (boptest-api §3, §15)."""

Samples = Mapping[Target, Sample]


class Course(Enum):
    """What time does while a frame is shown."""

    IN_STEP = auto()
    AT_REST = auto()
    """It is held: answers are read at once, and clocks that run on are left alone."""
    COUPLING = auto()
    """It has not begun: the controllers get to see the building."""
    ANEW = auto()
    """It begins anew: controllers that were in step are coupled again."""


@dataclass(frozen=True, slots=True)
class _Turn:
    number: int
    frame: Frame
    course: Course
    late_steps: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What was read from the controllers after they had been shown a frame, and the wall seconds that it took."""

    answers: int
    samples: Samples
    took_s: float
    turn: int = 0
    """Which showing of the frame; counted over the whole session."""
    began_s: float = 0.0
    """When that showing began, in monotonic s."""
    late_steps: int = 0
    """The late steps of the run up to this frame."""


class DeviceLoop:
    """All controllers in parallel, one task each. A controller that fails costs its own time-out once."""

    def __init__(
        self,
        links: Sequence[ControllerLink],
        pacer: Pacer,
        settle_s: float | None,
        pool: Executor,
        stop: threading.Event,
        hurry: threading.Event,
        clocks: Clocks,
    ) -> None:
        """``hurry`` is set while nobody waits for a step to be due: time is held, or will be something else."""
        self._turns: LatestValue[_Turn] = LatestValue()
        self._heard: LatestValue[Heard] = LatestValue()
        self._shown = 0
        self._links = links
        self._pacer = pacer
        self._settle_s = settle_s
        self._pool = pool
        self._stop = stop
        self._hurry = hurry
        self._clocks = clocks
        self._last_calls = LastCalls([link.calls for link in links], GRACE_S)
        self._read_s = 0.0
        """Smoothed wall time of the read half."""
        self._stood_still = pacer.standstill.count
        self._clocks_follow: float | None = pacer.period_s
        """The wall time of a step (s) when clocks were looked at last; None while time is held."""
        self._commanded: Mapping[Target, PointValue] = {}
        self._returning: dict[ControllerLink, Future[None]] = {}
        self._clock_tasks: dict[ControllerLink, Future[None]] = {}

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Answer what is shown, on a thread of its own; raises at the end what that thread has raised."""
        pool = ThreadPoolExecutor(1, thread_name_prefix="devices")
        future = pool.submit(self._run)
        future.add_done_callback(lambda _: self.close())
        pool.shutdown(wait=False)
        try:
            yield
        finally:
            self.close()
            future.result()

    def show(self, frame: Frame, course: Course = Course.IN_STEP) -> None:
        """Show a frame soon, again where it has been shown before. For the simulation thread, as :meth:`answer`."""
        self._shown += 1
        self._turns.publish(_Turn(self._shown, frame, course, self._pacer.late_steps))

    def answer(self, keep_alive: Callable[[], None]) -> Heard:
        """Wait for the answer to what was shown last, with signs of life. Raises :class:`Closed` where none comes."""
        while True:
            try:
                return self._heard.wait_until(lambda heard: heard.turn == self._shown, KEEP_ALIVE_S)
            except TimeoutError:
                keep_alive()

    @property
    def commanded(self) -> Mapping[Target, PointValue]:
        """What the controllers' outputs said last, in their own units."""
        return self._commanded

    def close(self) -> None:
        """The run ends: wake whoever waits for a frame or for commands, and see to it that calls end soon."""
        self._turns.close()
        self._heard.close()
        self._last_calls.begin(link.calls for link in self._links if not link.is_present)

    def wait_for_tasks(self) -> None:
        """Let what goes on beside the exchange end: controllers that return, clocks that are looked at."""
        for future in (*self._returning.values(), *self._clock_tasks.values()):
            future.exception()
        self._last_calls.over()

    def _run(self) -> None:
        """Answer turns until the hand-offs are closed."""
        answered = 0
        with suppress(Closed):
            while True:
                turn = self._turns.wait_until(lambda t, last=answered: t.number > last)  # type: ignore[misc]
                self._show(turn)
                answered = turn.number

    def _show(self, turn: _Turn) -> None:
        began = self._clocks.monotonic()
        self._bring_back()
        self._mind_clocks(turn.course)
        samples = self._exchange(turn, began)
        self._answer(turn, samples, began)
        if turn.course is Course.IN_STEP and self._pacer.period_s == 0:
            self._look_at_clocks(turn.frame, began)

    def _mind_clocks(self, course: Course) -> None:
        """After a rest, or at another pace, no clock is where it would have gone by itself: nobody else has set it."""
        follows = None if course is Course.AT_REST else self._pacer.period_s
        before, self._clocks_follow = self._clocks_follow, follows
        if follows is not None and before != follows:
            for clock in (link.clock for link in self._links if link.clock is not None):
                clock.doubt()

    def _exchange(self, turn: _Turn, began: MonotonicSeconds) -> Samples:
        is_in_step, frame = turn.course is Course.IN_STEP, turn.frame
        if turn.course is Course.ANEW:
            self._together(_couple_again)
        if self._is_one_batch(turn.course):
            return self._one_batch(frame, began)
        self._together(lambda link: link.write(frame))
        if is_in_step and self._pacer.period_s:
            self._look_at_clocks(frame, began)
        self._pacer.pause(self._hurry if is_in_step else self._stop, self._pause_s())
        reads_began = self._clocks.monotonic()
        samples = self._together(lambda link: link.read())
        took_s = self._clocks.monotonic() - reads_began
        self._read_s += 0.2 * (took_s - self._read_s)
        return samples

    def _one_batch(self, frame: Frame, began: MonotonicSeconds) -> Samples:
        """Writes and reads. Those of the coupling tell how long a first read may take: its step is not to be late."""
        samples = self._together(lambda link: link.exchange(frame))
        if not self._read_s:
            took_s = self._clocks.monotonic() - began
            self._read_s = min(took_s, _FIRST_READ_SHARE * self._pacer.period_s)
        return samples

    def _is_one_batch(self, course: Course) -> bool:
        if course in (Course.COUPLING, Course.ANEW):
            return True
        return self._settle_s is None and (course is Course.AT_REST or self._pacer.period_s == 0)

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
        return [link for link in self._links if link.is_present]

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

    def _answer(self, turn: _Turn, samples: Samples, began: MonotonicSeconds) -> None:
        self._commanded = {target: s.value for target, s in samples.items() if s.value is not None}
        took_s = self._clocks.monotonic() - began
        self._heard.publish(Heard(turn.frame.number, samples, took_s, turn.number, began, turn.late_steps))

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


def _couple_again(link: ControllerLink) -> Samples:
    link.couple_again()
    return {}
