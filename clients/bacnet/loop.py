"""The thread on which all BACnet stacks of this process run: one event loop, started with the first of them."""

from __future__ import annotations

import asyncio
import threading


class SharedLoop:
    """One loop on a thread of its own, for as long as anybody uses it. Used by several threads."""

    def __init__(self, thread_name: str) -> None:
        self._thread_name = thread_name
        self._lock = threading.Lock()
        self._users = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def acquire(self) -> asyncio.AbstractEventLoop:
        """The running loop. Every call is to be followed by one of :meth:`release`."""
        with self._lock:
            if self._loop is None:
                # The selector's also on Windows: the proactor stops reading a socket after an ICMP error.
                self._loop = asyncio.SelectorEventLoop()
                self._thread = threading.Thread(target=self._run, args=(self._loop,), name=self._thread_name)
                self._thread.start()
            self._users += 1
            return self._loop

    def release(self) -> None:
        """The last user's call ends the thread and waits for it."""
        with self._lock:
            self._users -= 1
            if self._users or self._loop is None or self._thread is None:
                return
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop = self._thread = None

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            remaining = asyncio.all_tasks(loop)
            for task in remaining:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*remaining, return_exceptions=True))
        finally:
            asyncio.set_event_loop(None)
            loop.close()


SHARED_LOOP = SharedLoop("bacnet")
