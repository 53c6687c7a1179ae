"""Clients by the address under which the ledger knows a controller, whichever protocol it speaks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from clients.device_client import DeviceClient
from clients.http.tls import TlsPolicy
from clients.simulation.ended import SIMULATION, EndedSimulation
from equipment.equipment_manager import Credentials, client_for
from utils.errors import ConfigError, Problem
from utils.settings import Settings
from utils.state_folder import StateFolder

if TYPE_CHECKING:
    from clients.bacnet.stacks import BacnetStacks

BACNET = "bacnet://"
"""How the addresses of controllers that speak BACnet/IP begin."""


class DeviceClients:
    """Makes clients for giving back. Used by several threads; closed after the last client.

    ``settings`` is asked for only when a controller needs them: accounts, certificates, the simulation's address.
    """

    def __init__(self, settings: Callable[[], Settings], state: StateFolder, timeout_s: float = 10.0) -> None:
        self._settings = settings
        self._state = state
        self._timeout_s = timeout_s
        self._stacks: BacnetStacks | None = None
        self._lock = threading.Lock()

    def client_for(self, address: str, credentials: Credentials) -> DeviceClient:
        """A client of its own. Raises :class:`utils.errors.BridgeError` where there can be none."""
        if address.startswith(BACNET):
            return self._bacnet().client_for(address, _own(address, credentials.interface))
        settings = self._settings()
        if address == SIMULATION:
            key = settings.api_key.get_secret_value() if settings.api_key is not None else None
            return EndedSimulation(settings.base_url, self._state.tests, key)
        pins = self._state.pins
        tls = TlsPolicy.parse(settings.tls, pins, str(pins.file))
        return client_for(address, credentials, settings, tls, self._timeout_s)

    def prepare(self, interfaces: Mapping[str, str | None]) -> None:
        """Load beforehand what clients of these controllers will need: settings, and stacks by our own addresses.

        Raises what :meth:`client_for` raises.
        """
        for address, interface in interfaces.items():
            if address.startswith(BACNET):
                self._bacnet().prepare(address, _own(address, interface))
            else:
                self._settings()

    def _bacnet(self) -> BacnetStacks:
        # Loaded here, as BACpypes3 takes a third of a second that nobody else should have to wait for.
        from clients.bacnet.stacks import BacnetStacks

        with self._lock:
            if self._stacks is None:
                self._stacks = BacnetStacks(self._timeout_s)
            return self._stacks

    def close(self) -> None:
        """Close what the clients have shared."""
        if self._stacks is not None:
            self._stacks.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _own(address: str, interface: str | None) -> str:
    if interface is None:
        raise ConfigError([Problem(address, "nothing says which of our own addresses leads there")])
    return interface
