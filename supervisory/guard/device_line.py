"""One controller as the gate uses it: a client, and the one thread that ever touches it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from clients.device_client import DeviceClient
from utils.errors import AccountRefused, DeviceUnreachable

_REFUSED_BACKOFF_S = 300.0
"""Controllers lock accounts (ecy-rest-api §17 row 4)."""

Result = TypeVar("Result")
Job = Callable[[DeviceClient], Result]


class DeviceLine:
    """Jobs for one controller, one after the other."""

    def __init__(self, device: str, client: DeviceClient) -> None:
        self.device = device
        self._client = client
        self._is_connected = False
        self._refusal: AccountRefused | None = None
        self._sign_in_from_s = 0.0
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=f"gate-{device}")

    def submit(self, job: Job[Result]) -> Future[Result]:
        """Do a job when those before it have been done, on a client that has connected."""
        return self._pool.submit(self._connected, job)

    def submit_urgent(self, job: Job[Result]) -> UrgentJob[Result]:
        """Do a job that may have the one in flight abandoned. It connects by itself."""
        return UrgentJob(self._pool, self._client, job)

    def close(self) -> None:
        """End the thread and the client's connections; what is in flight is abandoned."""
        self._client.abort()
        self._pool.shutdown(cancel_futures=True)
        self._client.close()

    def _connected(self, job: Job[Result]) -> Result:
        try:
            if not self._is_connected:
                self._connect()
            return job(self._client)
        except DeviceUnreachable:
            self._is_connected = False
            raise

    def _connect(self) -> None:
        """Raises what the client raises; an account that was refused is not tried again for minutes."""
        if self._refusal is not None and time.monotonic() < self._sign_in_from_s:
            raise self._refusal.with_traceback(None)
        try:
            self._client.connect()
        except AccountRefused as error:
            self._refusal, self._sign_in_from_s = error, time.monotonic() + _REFUSED_BACKOFF_S
            raise
        self._is_connected, self._refusal = True, None


class UrgentJob(Generic[Result]):
    """A job that waits in line for a while, and then has the job in flight abandoned."""

    def __init__(self, pool: ThreadPoolExecutor, client: DeviceClient, job: Job[Result]) -> None:
        self._client = client
        self._job = job
        self._lock = threading.Lock()
        self._begun = threading.Event()
        self._future = pool.submit(self._run)

    def hurry(self, deadline_s: float) -> None:
        """Wait until it is its turn, at the latest until so much monotonic time; then abandon what is in flight."""
        if self._begun.wait(max(deadline_s - time.monotonic(), 0.0)):
            return
        with self._lock:
            if not self._begun.is_set():
                self._client.abort()

    def result(self) -> Result:
        """What the job returned, or raises what it raised."""
        return self._future.result()

    def _run(self) -> Result:
        with self._lock:
            self._begun.set()
            self._client.resume()
        return self._job(self._client)
