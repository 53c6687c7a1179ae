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
from emulators.ecy.bacnet.link import BacnetLink, BroadcastLink, Passes, RouterLink, bind_udp
from emulators.ecy.bacnet.trunk.segment import Segment
from emulators.ecy.bacnet.trunk.token_line import StationLink
from emulators.ecy.bacnet.wire.units import check_units
from emulators.ecy.controller import EmulatedController
from emulators.process import EmulatorError


class BacnetServer:
    """A context manager: inside it the controllers answer.

    ``ports`` are given in the order of the controllers, with one more for the BBMD at the end; 0 takes free ones. Of
    the controllers behind a router the first has the router's port, and those of the others stay unused.
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
        self._routers = _routers_of(self._controllers)
        self._bound = self._bind_all(host, ports)
        self._unplugged: set[str] = set()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ecy-bacnet")
        self._ready: Future[None] = Future()
        self._applications: list[ControllerApplication] = []
        self._segments: dict[int, Segment] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event

    @property
    def addresses(self) -> dict[str, str]:
        """``host:port`` of each controller by its name; ``network:station`` of one behind a router."""
        return {one.spec.name: self._address_of(one) for one in self._controllers}

    @property
    def routers(self) -> dict[int, str]:
        """``host:port`` of the router to each network."""
        return {network: _text_of(self._bound[name]) for network, name in self._routers.items()}

    @property
    def broadcast_address(self) -> str:
        """``host:port`` of the BBMD, where foreign devices register."""
        return _text_of(self._bound[_BROADCASTS])

    def segment(self, network: int) -> Segment:
        """The line of that number, for whoever wants to look inside. Raises KeyError."""
        return self._segments[network]

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

    def _bind_all(self, host: str, ports: Sequence[int]) -> dict[str, socket.socket]:
        """The sockets of controllers and routers by the controller's name, and that of the BBMD."""
        routers = set(self._routers.values())
        names = [one.spec.name for one in self._controllers]
        on_ip = [one.profile.bacnet.trunk is None or one.spec.name in routers for one in self._controllers]
        wanted = [name for name, has_port in zip([*names, _BROADCASTS], [*on_ip, True], strict=True) if has_port]
        with ExitStack() as stack:
            used = (port for port, has_port in zip(ports, [*on_ip, True], strict=True) if has_port)
            bound = {name: stack.enter_context(bind_udp(host, port)) for name, port in zip(wanted, used, strict=True)}
            self._sockets = stack.pop_all()
        return bound

    def _address_of(self, controller: EmulatedController) -> str:
        trunk = controller.profile.bacnet.trunk
        if trunk is None:
            return _text_of(self._bound[controller.spec.name])
        return f"{trunk.network}:{controller.spec.instance}"

    def _run(self) -> None:
        # the selector loop everywhere: on Windows the other one stops receiving after an unreachable client
        with self._sockets, asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        self._segments = {network: self._new_segment(name) for network, name in self._routers.items()}
        links = [self._link_of(one) for one in self._controllers]
        self._applications = [
            ControllerApplication(one, link) for one, link in zip(self._controllers, links, strict=True)
        ]
        on_ip: list[BacnetLink | RouterLink] = [
            *(link for link in links if isinstance(link, BacnetLink)),
            *(segment.link for segment in self._segments.values()),
        ]
        broadcasts = BroadcastLink(self._bound[_BROADCASTS], [link.address for link in on_ip])
        datagrams = [*(link.datagrams for link in on_ip), broadcasts.datagrams]
        await asyncio.gather(*(one.ready() for one in datagrams))
        self._loop = asyncio.get_running_loop()
        self._ready.set_result(None)
        await self._stopping.wait()
        for application in self._applications:
            application.close()
        for segment in self._segments.values():
            segment.close()
        broadcasts.close()
        for one in datagrams:
            one.close()

    def _new_segment(self, name: str) -> Segment:
        place = next(one.profile.bacnet.trunk for one in self._controllers if one.spec.name == name)
        assert place is not None  # noqa: S101 - it is why there is a router
        return Segment(self._bound[name], place)

    def _link_of(self, controller: EmulatedController) -> BacnetLink | StationLink:
        trunk, passes = controller.profile.bacnet.trunk, self._passing(controller)
        if trunk is None:
            return BacnetLink(self._bound[controller.spec.name], passes)
        return self._segments[trunk.network].station(controller.spec.instance, passes)

    def _passing(self, controller: EmulatedController) -> Passes:
        latency_s = controller.settings.latency_s

        async def passes(outgoing: bool) -> bool:
            if controller.spec.name in self._unplugged or controller.is_rebooting:
                return False
            if latency_s and not outgoing:
                await asyncio.sleep(latency_s)
            return await controller.faults.on_datagram(outgoing=outgoing)

        return passes


_BROADCASTS = ""
"""Stands for the BBMD among the names of controllers."""


def _routers_of(controllers: Sequence[EmulatedController]) -> dict[int, str]:
    """Which controller's port the router to each network has: that of the first on it."""
    routers: dict[int, str] = {}
    for one in controllers:
        if one.profile.bacnet.trunk is not None:
            routers.setdefault(one.profile.bacnet.trunk.network, one.spec.name)
    return routers


def _text_of(bound: socket.socket) -> str:
    host, port = bound.getsockname()
    return f"{host}:{port}"
