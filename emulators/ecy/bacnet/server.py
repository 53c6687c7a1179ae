"""The BACnet/IP side of emulated controllers: one thread, one loop, a UDP port on loopback for each controller."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from emulators.ecy.bacnet.application import ControllerApplication
from emulators.ecy.bacnet.link import BacnetLink, BroadcastLink, Passes, bind_udp
from emulators.ecy.bacnet.wire.units import check_units
from emulators.ecy.controller import EmulatedController
from emulators.process import EmulatorError


class BacnetServer:
    """A context manager: inside it the controllers answer.

    ``ports`` are given in the order of the controllers, with one more for the BBMD at the end; 0 takes free ones.
    Raises EmulatorError for an address that is not on loopback, because nobody's network is to see emulated devices,
    and OSError when a port is taken.
    """

    def __init__(self, controllers: Sequence[EmulatedController], host: str, ports: Sequence[int]) -> None:
        if not ip_address(host).is_loopback:
            raise EmulatorError(f"{host} is not on loopback: emulated BACnet devices stay on this computer")
        self._controllers = list(controllers)
        for one in self._controllers:
            check_units(one.objects.get(ref) for ref in one.objects.names().values())
        self._sockets = ExitStack()
        self._bound = self._bind_all(host, ports)
        self._texts = [_text_of(bound) for bound in self._bound]
        self._unplugged: set[str] = set()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ecy-bacnet")
        self._ready: Future[None] = Future()
        self._applications: list[ControllerApplication] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event

    @property
    def addresses(self) -> dict[str, str]:
        """``host:port`` of each controller by its name."""
        return {one.spec.name: text for one, text in zip(self._controllers, self._texts, strict=False)}

    @property
    def broadcast_address(self) -> str:
        """``host:port`` of the BBMD, where foreign devices register."""
        return self._texts[-1]

    @property
    def under_way(self) -> int:
        """Requests and notifications of all controllers that are not over yet."""
        points = [one.asap for one in self._applications]
        return sum(len(point.serverTransactions) + len(point.clientTransactions) for point in points)

    def unplug(self, name: str) -> None:
        """Take a controller off the network until :meth:`plug_in`."""
        self._unplugged.add(name)

    def plug_in(self, name: str) -> None:
        """Let a controller answer again."""
        self._unplugged.discard(name)

    def __enter__(self) -> Self:
        running = self._pool.submit(self._run)
        wait([running, self._ready], return_when=FIRST_COMPLETED)
        if running.done():
            running.result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._pool.shutdown()

    def _bind_all(self, host: str, ports: Sequence[int]) -> list[socket.socket]:
        with ExitStack() as stack:
            bound = [stack.enter_context(bind_udp(host, port)) for port in ports]
            self._sockets = stack.pop_all()
        return bound

    def _run(self) -> None:
        # the selector loop everywhere: on Windows the other one stops receiving after an unreachable client
        with self._sockets, asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        links = [
            BacnetLink(bound, self._passing(one)) for one, bound in zip(self._controllers, self._bound, strict=False)
        ]
        self._applications = [
            ControllerApplication(one, link) for one, link in zip(self._controllers, links, strict=True)
        ]
        broadcasts = BroadcastLink(self._bound[-1], [link.address for link in links])
        datagrams = [*(link.datagrams for link in links), broadcasts.datagrams]
        await asyncio.gather(*(one.ready() for one in datagrams))
        self._loop = asyncio.get_running_loop()
        self._ready.set_result(None)
        await self._stopping.wait()
        for application in self._applications:
            application.close()
        broadcasts.close()
        for one in datagrams:
            one.close()

    def _passing(self, controller: EmulatedController) -> Passes:
        latency_s = controller.settings.latency_s

        async def passes(outgoing: bool) -> bool:
            if controller.spec.name in self._unplugged or controller.is_rebooting:
                return False
            if latency_s and not outgoing:
                await asyncio.sleep(latency_s)
            return await controller.faults.on_datagram(outgoing=outgoing)

        return passes


def _text_of(bound: socket.socket) -> str:
    host, port = bound.getsockname()
    return f"{host}:{port}"
