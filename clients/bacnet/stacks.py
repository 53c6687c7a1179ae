"""Clients of controllers that speak BACnet/IP: those that are reached by the same address of ours share a stack."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from clients.bacnet.names import station
from clients.bacnet.stack import BACnetStack
from clients.bacnet_device_client import BACnetDeviceClient


class BacnetStacks:
    """Stacks that are opened with the first client that needs them. Used by several threads."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._stacks: dict[str, BACnetStack] = {}
        self._open = ExitStack()
        self._lock = threading.Lock()

    def client_for(self, address: str, interface: str) -> BACnetDeviceClient:
        """A client of its own. Raises what :class:`clients.bacnet.stack.BACnetStack` raises."""
        own = _own_address(address, interface)
        with self._lock:
            if own not in self._stacks:
                self._stacks[own] = self._open.enter_context(BACnetStack(own))
            return BACnetDeviceClient(self._stacks[own], address, timeout_s=self._timeout_s)

    def prepare(self, address: str, interface: str) -> None:
        """Open the stack beforehand. One that needs a port that is somebody's for now is left for later."""
        if not _is_routed(address):
            self.client_for(address, interface)

    def close(self) -> None:
        """Close all stacks."""
        with self._lock:
            self._stacks.clear()
            self._open.close()


def _own_address(address: str, interface: str) -> str:
    """From where to call a controller: any free port will do, but what routers tell comes to the network's port."""
    if _is_routed(address):
        return interface
    return f"{interface.rpartition(':')[0] or interface}:0"


def _is_routed(address: str) -> bool:
    return station(address).addrNet is not None
