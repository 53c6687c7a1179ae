"""What becomes of a call: answered in the controller's place, cut off, kept waiting, told in pieces."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

from emulators.ecy.faults.fault import Fault
from emulators.http.messages import HangUpError, Request, Response


class _Countdown:
    """How many more times something happens; None is for ever. Only the server's thread uses it up."""

    def __init__(self, times: int | None) -> None:
        self._left = times

    def take(self) -> bool:
        """Whether it happens now."""
        if self._left is None:
            return True
        self._left -= 1
        return self._left >= 0


class AnswerInstead(Fault):
    """The next ``times`` requests get this answer and are not carried out; None is for ever."""

    def __init__(self, reply: Response, times: int | None = 1) -> None:
        self._reply = reply
        self._times = _Countdown(times)

    async def on_request(self, request: Request) -> Response | None:
        """Answer in the controller's place."""
        return self._reply if self._times.take() else None


class DropConnection(Fault):
    """The next ``times`` requests are cut off; None is for ever.

    They are not carried out, or with ``after_work`` they are and only the answer is lost.
    """

    def __init__(self, times: int | None = 1, *, after_work: bool = False) -> None:
        self._times = _Countdown(times)
        self._after_work = after_work

    async def on_request(self, request: Request) -> Response | None:
        """Cut off before the work."""
        if not self._after_work and self._times.take():
            raise HangUpError("the request is dropped")
        return None

    async def on_reply(self, request: Request, reply: Response) -> Response:
        """Cut off after the work."""
        if self._after_work and self._times.take():
            raise HangUpError("the answer is dropped")
        return reply


class Later(Fault):
    """Another fault, which begins after so many requests."""

    def __init__(self, fault: Fault, after: int) -> None:
        self._fault = fault
        self._still_good = after

    async def on_request(self, request: Request) -> Response | None:
        """Let the first ones pass."""
        self._still_good -= 1
        return None if self._still_good >= 0 else await self._fault.on_request(request)

    async def on_reply(self, request: Request, reply: Response) -> Response:
        """Answers to the first ones pass as well."""
        return reply if self._still_good >= 0 else await self._fault.on_reply(request, reply)

    def end(self) -> None:
        """The other one ends too."""
        self._fault.end()


class OnPath(Fault):
    """Requests whose path ends so get this answer and are not carried out; all others pass."""

    def __init__(self, ending: str, reply: Response) -> None:
        self._ending = ending
        self._reply = reply

    async def on_request(self, request: Request) -> Response | None:
        """Answer in the controller's place."""
        return self._reply if request.path.endswith(self._ending) else None


class Turnstile:
    """Where requests wait until somebody opens it, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_open = False
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def open(self) -> None:
        """Let everybody go on who waits, and whoever comes later."""
        with self._lock:
            self._is_open = True
            waiting, self._waiting = self._waiting, []
        for loop, passed in waiting:
            loop.call_soon_threadsafe(passed.set)

    async def wait(self) -> None:
        """Wait until it is open."""
        passed = asyncio.Event()
        with self._lock:
            if self._is_open:
                return
            self._waiting.append((asyncio.get_running_loop(), passed))
        await passed.wait()


class Hold(Fault):
    """Requests wait until :meth:`release`: their answers, or with ``before_work`` also what they ask for."""

    def __init__(self, *, before_work: bool = False) -> None:
        self.holding = threading.Event()
        """Set once a request waits."""
        self._before_work = before_work
        self._gate = Turnstile()

    async def on_request(self, request: Request) -> Response | None:
        """Wait before the work."""
        if self._before_work:
            await self._wait()
        return None

    async def on_reply(self, request: Request, reply: Response) -> Response:
        """Wait before the answer."""
        if not self._before_work:
            await self._wait()
        return reply

    def release(self) -> None:
        """Let everything go on, and later requests pass."""
        self._gate.open()

    def end(self) -> None:
        """Nobody waits in a fault that is gone."""
        self.release()

    async def _wait(self) -> None:
        self.holding.set()
        await self._gate.wait()


class HangInBody(Fault):
    """Answers stop in the middle: the head and half of the body come, the rest when the fault is taken away."""

    def __init__(self) -> None:
        self._gate = Turnstile()

    def on_send(self, reply: Response) -> AsyncIterator[bytes]:
        """Half, and nothing more."""
        return self._halves(reply.body)

    def end(self) -> None:
        """Send the other halves."""
        self._gate.open()

    async def _halves(self, content: bytes) -> AsyncIterator[bytes]:
        middle = len(content) // 2
        yield content[:middle]
        await self._gate.wait()
        yield content[middle:]


class DripBody(Fault):
    """Bodies come byte by byte, ``pause_s`` apart: no time-out between two bytes ever passes."""

    def __init__(self, pause_s: float = 0.05) -> None:
        self._pause_s = pause_s
        self._is_over = False

    def on_send(self, reply: Response) -> AsyncIterator[bytes]:
        """One byte after the other."""
        return self._drops(reply.body)

    def end(self) -> None:
        """What is left comes at once."""
        self._is_over = True

    async def _drops(self, content: bytes) -> AsyncIterator[bytes]:
        for at in range(len(content)):
            if self._is_over:
                yield content[at:]
                return
            yield content[at : at + 1]
            await asyncio.sleep(self._pause_s)
