"""The clients of the controllers that configs name: one per controller, whichever protocol it speaks."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from clients.device_client import ControllerClient
from clients.making import Credentials, TlsPolicy, bacnet_stacks, controller_client, tell_trusted
from equipment.config import LoadedEquipment
from equipment.config_model import Protocol
from utils.bacnet import SCHEME, bare_address
from utils.errors import BridgeError, ConfigError, DeviceRefused, Problem, Problems
from utils.placeholders import is_placeholder
from utils.settings import ControllerSettings

if TYPE_CHECKING:
    from clients.bacnet_device_client import BacnetStacks

log = logging.getLogger(__name__)

_THIS_COMPUTER = "127."


class ControllerClients:
    """Makes and owns them. Nothing is sent to a controller before it is asked for; but for one that is to be found."""

    def __init__(self, settings: ControllerSettings, tls: TlsPolicy) -> None:
        self.credentials: dict[str, Credentials] = {}
        """How to reach each controller and sign in, by its address."""
        self.passwords: list[str] = []
        """Those that belong to single controllers."""
        self._settings = settings
        self._tls = replace(tls, tell=self._trusted)
        self._newly_trusted: dict[str, str] | None = None
        self._by_device: dict[str, ControllerClient] = {}
        self._stacks: BacnetStacks | None = None

    @property
    def all(self) -> Mapping[str, ControllerClient]:
        """One client per controller, by its address."""
        return self._by_device

    def of(self, loaded: LoadedEquipment) -> ControllerClient:
        """The client of an equipment's controller.

        Raises :class:`ConfigError` for an account without variables, and for a BACnet controller to which there is no
        way: without an address of our own, or with a number that nobody answers to.
        """
        make = self._over_bacnet if loaded.config.protocol is Protocol.BACNET else self._over_rest
        client = make(loaded)
        return self._by_device.setdefault(client.device, client)

    def apart(self, address: str, credentials: Credentials) -> ControllerClient:
        """A client of its own for a controller, configured or not. Raises :class:`ConfigError`."""
        if address.startswith(SCHEME):
            interface = self._interface(address, credentials.interface, address)
            return self._open_stacks().client_for(address, interface)
        return controller_client(address, credentials, self._settings, self._tls)

    @contextmanager
    def telling_trust_together(self) -> Iterator[None]:
        """Around a first contact with many: what is trusted from then on is said in one line."""
        self._newly_trusted = {}
        try:
            yield
        finally:
            trusted, self._newly_trusted = self._newly_trusted, None
            if len(trusted) > 1:
                where = self._tls.pins_file
                log.info("the certificates of %s are trusted from now on (SHA-256 in %s)", ", ".join(trusted), where)
            else:
                for address, fingerprint in trusted.items():
                    tell_trusted(address, fingerprint)

    def close(self) -> None:
        """Close every client's connections."""
        for client in self._by_device.values():
            client.close()
        if self._stacks is not None:
            self._stacks.close()

    def _over_rest(self, loaded: LoadedEquipment) -> ControllerClient:
        config = loaded.config
        problems = Problems()
        problems.add(self._missing_credentials(loaded))
        problems.refuse()
        address = str(config.device)
        if address in self._by_device:
            return self._by_device[address]
        if config.password_env:
            self.passwords.append(self._settings.variables[config.password_env])
        credentials = self.credentials[address] = Credentials(config.username_env, config.password_env)
        return controller_client(address, credentials, self._settings, self._tls, config.timeout_s)

    def _over_bacnet(self, loaded: LoadedEquipment) -> ControllerClient:
        config, where = loaded.config, f"{loaded.file.name}: interface"
        interface = self._interface(config.device, config.interface, where)
        if config.interface is None and self._settings.bacnet_interface is not None:
            where = self._settings.where("BACNET_INTERFACE")
        try:
            device = config.device or self._found(loaded, interface)
            if device in self._by_device:
                return self._by_device[device]
            self.credentials[device] = Credentials(interface=interface)
            stacks = self._open_stacks()
            return stacks.client_for(device, interface, config.timeout_s, config.device_instance)
        except ConfigError as error:
            if error.problems[0].where.startswith(loaded.file.name):
                raise
            raise ConfigError([Problem(where, f"{interface!r} is none; {error.problems[0].what}")]) from None
        except BridgeError as error:
            raise ConfigError([Problem(where, str(error))]) from None

    def _found(self, loaded: LoadedEquipment, interface: str) -> str:
        number = loaded.config.device_instance
        assert number is not None  # noqa: S101 - the config has been checked
        where = f"{loaded.file.name}: device_instance"
        try:
            device = self._open_stacks().find(number, interface)
        except DeviceRefused as error:
            raise ConfigError([Problem(where, f"{error.what}; give its device_ip")]) from None
        if device is None:
            what = (
                f"nobody on the network of {interface} says that it is device {number}; is it on? Or give its device_ip"
            )
            raise ConfigError([Problem(where, what)])
        return device

    def _interface(self, device: str | None, wanted: str | None, where: str) -> str:
        """Our own address on a controller's network."""
        own = wanted or self._settings.bacnet_interface
        if own is not None:
            return own
        if device is not None and bare_address(device).startswith(_THIS_COMPUTER):
            return "127.0.0.1"
        what = "is missing: this computer's own address on the controller's network, as in 192.168.0.5/24"
        raise ConfigError([Problem(where, f"{what} (here, or for all of them as BACNET_INTERFACE in .env)")])

    def _open_stacks(self) -> BacnetStacks:
        if self._stacks is None:
            self._stacks = bacnet_stacks()
        return self._stacks

    def _trusted(self, address: str, fingerprint: str) -> None:
        if self._newly_trusted is None:
            tell_trusted(address, fingerprint)
        else:
            self._newly_trusted[address] = fingerprint

    def _missing_credentials(self, loaded: LoadedEquipment) -> Iterable[Problem]:
        for key in ("username_env", "password_env"):
            name = getattr(loaded.config, key)
            if name and is_placeholder(self._settings.variables.get(name, "")):
                yield Problem(f"{loaded.file.name}: {key}", f"names the variable {name}, which is still a placeholder")
            elif name and name not in self._settings.variables:
                what = f"names the variable {name}, which is not set; set it in .env"
                yield Problem(f"{loaded.file.name}: {key}", what)
