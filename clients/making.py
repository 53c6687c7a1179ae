"""Clients for addresses and settings: whoever needs one asks here, whichever protocol it speaks."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from clients.boptest_client import BOPTestClient, TestIds, Timeouts
from clients.device_client import DeviceClient
from clients.ecy_device_client import ECYDeviceClient
from clients.http.funnel import without_credentials
from clients.http.tls import TlsPolicy, tell_trusted
from clients.simulation import SIMULATION, EndedSimulation
from utils.bacnet import SCHEME
from utils.errors import ConfigError, Problem
from utils.settings import PASSWORD_VARIABLE, USER_VARIABLE, AccountSettings, Parts, ServerSettings
from utils.state_folder import StateFolder

if TYPE_CHECKING:
    from clients.bacnet_device_client import BacnetStacks

__all__ = [
    "Credentials",
    "DeviceClients",
    "TlsPolicy",
    "bacnet_address",
    "bacnet_stacks",
    "controller_client",
    "simulation_client",
    "tell_trusted",
    "tls_policy",
]


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to reach a controller and sign in: names of variables, never their values.

    None is the account of all others. ``interface`` is the address of our own on a controller's BACnet network.
    """

    username_env: str | None = None
    password_env: str | None = None
    interface: str | None = None


def simulation_client(
    settings: ServerSettings, tests: TestIds, timeouts: Timeouts | None = None, server: str | None = None
) -> BOPTestClient:
    """A client of the configured server, or of another one, to which no key is sent; nothing is asked yet."""
    if timeouts is None:
        timeouts = Timeouts(advance_s=advance_patience_s(settings))
    if server is not None and server != without_credentials(settings.base_url)[0]:
        return BOPTestClient(server, test_ids=tests, timeouts=timeouts)
    key = settings.api_key.get_secret_value() if settings.api_key is not None else None
    return BOPTestClient(settings.base_url, api_key=key, test_ids=tests, timeouts=timeouts)


def advance_patience_s(settings: ServerSettings) -> float:
    """For how long an answer to advance is waited for; without a limit of ours, the server gives up before."""
    return settings.advance_timeout_s or Timeouts().advance_s


def tls_policy(settings: AccountSettings, state: StateFolder) -> TlsPolicy:
    """Which certificates of controllers are right. Raises :class:`ConfigError`."""
    return TlsPolicy.parse(settings.tls, state.pins, str(state.pins.file))


def controller_client(
    address: str, credentials: Credentials, settings: AccountSettings, tls: TlsPolicy, timeout_s: float = 10.0
) -> ECYDeviceClient:
    """A client of one controller over REST. Raises :class:`ConfigError` for a variable that is not set."""
    user, word = credentials.username_env, credentials.password_env
    username = settings.variables.get(user) if user else settings.username
    password = settings.variables.get(word) if word else settings.secret
    account = (user or USER_VARIABLE, word or PASSWORD_VARIABLE)
    if username is None or password is None:
        missing = [name for name, told in zip(account, (username, password), strict=True) if told is None]
        raise ConfigError(Problem(name, f"is not set, and {address} needs it; set it in .env") for name in missing)
    return ECYDeviceClient(address, username, password, tls=tls, timeout_s=timeout_s, account=", ".join(account))


def bacnet_stacks(timeout_s: float = 10.0) -> BacnetStacks:
    """Our own BACnet devices, opened as they are needed. ``timeout_s`` is that of a call that says nothing else."""
    # Loaded here, as BACpypes3 takes a third of a second that nobody else should have to wait for.
    from clients.bacnet_device_client import BacnetStacks

    return BacnetStacks(timeout_s)


def bacnet_address(text: str) -> str:
    """The address of a BACnet device in the spelling that the ledger has. Raises :class:`ConfigError`."""
    from clients.bacnet.names import station  # loaded here for the same reason

    return str(station(text))


class DeviceClients:
    """Makes clients by the addresses in the ledger, for giving back. Used by several threads; closed after the last.

    ``settings`` are asked only for the parts that a controller needs: accounts, certificates, the simulation's address.
    """

    def __init__(self, settings: Parts, state: StateFolder, timeout_s: float = 10.0) -> None:
        self._settings = settings
        self._state = state
        self._timeout_s = timeout_s
        self._stacks: BacnetStacks | None = None
        self._lock = threading.Lock()

    def client_for(self, address: str, credentials: Credentials) -> DeviceClient:
        """A client of its own. Raises :class:`utils.errors.BridgeError` where there can be none."""
        if address.startswith(SCHEME):
            return self._bacnet().client_for(address, _own(address, credentials.interface))
        if address == SIMULATION:
            return EndedSimulation(simulation_client(self._settings.part(ServerSettings), self._state.tests))
        settings = self._settings.part(AccountSettings)
        return controller_client(address, credentials, settings, tls_policy(settings, self._state), self._timeout_s)

    def prepare(self, interfaces: Mapping[str, str | None]) -> None:
        """Load beforehand what clients of these controllers will need: settings, and stacks by our own addresses.

        Raises what :meth:`client_for` raises.
        """
        for address, interface in interfaces.items():
            if address.startswith(SCHEME):
                self._bacnet().prepare(address, _own(address, interface))
            else:
                self._settings.part(ServerSettings if address == SIMULATION else AccountSettings)

    def _bacnet(self) -> BacnetStacks:
        with self._lock:
            if self._stacks is None:
                self._stacks = bacnet_stacks(self._timeout_s)
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
