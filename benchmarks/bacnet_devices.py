"""What emulated BACnet devices cost: ``python -m benchmarks bacnet_devices``.

Twenty controllers with fifty points each in this process, every input refreshed once a second: with nobody watching,
and with every input watched by somebody who asked to be told of each change.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from benchmarks.rows import Measured
from emulators.ecy.access.sessions import Account
from emulators.ecy.bacnet.server import BacnetServer
from emulators.ecy.controller import ControllerSpec, EmulatedController, EmulatorSettings
from emulators.ecy.profile import Profile
from emulators.ecy.scanning import WallScan
from emulators.program import ObjectSpec

DEVICES, INPUTS, OUTPUTS = 20, 40, 10
SECONDS = 6
_SUBSCRIBE = "810a00160104" + "0005{invoke:02x}05" + "090b" + "1c{instance:08x}" + "2900" + "3a0e10"


def rows() -> Iterator[Measured]:
    """Building them, and a core's share at 1 Hz without and with subscribers."""
    points = INPUTS + OUTPUTS
    began = time.perf_counter()
    controllers = [_controller(number) for number in range(1, DEVICES + 1)]
    with BacnetServer(controllers, "127.0.0.1", [0] * (DEVICES + 1)) as server:
        built_s = time.perf_counter() - began
        yield Measured(f"BACnet, {DEVICES} devices x {points} points: start", f"{built_s * 1000:,.0f} ms", "< 1 s")
        unwatched = _share(controllers)
        yield Measured("BACnet, inputs at 1 Hz, nobody watches", f"{unwatched:.1%} of a core", "<= 15 %")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            told = _watch(server, client)
            watched = _share(controllers)
            detail = f"{told()} of {DEVICES * INPUTS * SECONDS} notifications"
        yield Measured("BACnet, inputs at 1 Hz, all watched", f"{watched:.1%} of a core", "", detail)


def _controller(number: int) -> EmulatedController:
    specs = [ObjectSpec("AnalogInput", f"In{at:02d}", "degrees-celsius", instance=at) for at in range(1, INPUTS + 1)]
    specs += [ObjectSpec("AnalogOutput", f"Out{at:02d}", "percent") for at in range(OUTPUTS)]
    settings = EmulatorSettings(Account("", ""), WallScan(), Profile(), lambda: datetime.now(UTC), time.monotonic)
    return EmulatedController(ControllerSpec(f"C{number:02d}", objects=specs, instance=number), settings)


def _share(controllers: list[EmulatedController]) -> float:
    """Refresh every input once a second; the share of a core that this process has used."""
    pause = threading.Event()
    began, used = time.perf_counter(), time.process_time()
    for second in range(1, SECONDS + 1):
        for controller in controllers:
            for at in range(1, INPUTS + 1):
                controller.objects.measure(f"In{at:02d}", 20.0 + second % 2)
        pause.wait(began + second - time.perf_counter())
    return (time.process_time() - used) / (time.perf_counter() - began)


def _watch(server: BacnetServer, client: socket.socket) -> _Count:
    """Subscribe to every input, with packets made by hand: a client that costs this process nothing."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)  # a second's burst is more than the usual buffer
    client.bind(("127.0.0.1", 0))
    client.settimeout(2)
    for address in server.addresses.values():
        host, port = address.split(":")
        for instance in range(1, INPUTS + 1):
            client.sendto(bytes.fromhex(_SUBSCRIBE.format(invoke=instance, instance=instance)), (host, int(port)))
            client.recv(1500)
            client.recv(1500)
    return _Count(client)


class _Count:
    """Counts what has arrived since it was asked to."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._count = 0
        self._thread = threading.Thread(target=self._run, name="count")
        self._thread.start()

    def __call__(self) -> int:
        self._thread.join()
        return self._count

    def _run(self) -> None:
        while self._has_come():
            self._count += 1

    def _has_come(self) -> bool:
        try:
            self._client.recv(1500)
        except TimeoutError:
            return False
        return True
