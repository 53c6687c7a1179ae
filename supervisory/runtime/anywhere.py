"""A site of which nobody has written down the devices: any BACnet address is one, from the moment a program names it.

For a program that is run by itself, whose file is all that there is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from clients.bacnet import BACnetStack, device_key
from clients.bacnet_device_client import BACnetDeviceClient
from clients.device_client import DeviceClient
from clients.making import Credentials
from supervisory.runtime.devices import Devices, SiteDevice
from supervisory.runtime.plants import LivePlant
from supervisory.runtime.transports import BACnetNetwork, Opened
from supervisory.setup.config import SupervisoryConfig
from utils.bacnet import bare_address
from utils.errors import ConfigError, ObjectError


class AnyDevices(Devices):
    """Grows with every address that is asked for."""

    def __init__(self, make: Callable[[str], DeviceClient]) -> None:
        """``make`` raises :class:`ConfigError` for an address that is none."""
        super().__init__({})
        self._make = make
        self._growing = threading.Lock()

    def named(self, text: str) -> SiteDevice:
        """The device of this address. Raises :class:`ObjectError` for an address that is none."""
        with self._growing:
            try:
                return super().named(text)
            except ObjectError:
                return self._opened(text)

    def _opened(self, text: str) -> SiteDevice:
        try:
            client = self._make(text)
        except ConfigError as error:
            raise ObjectError(text, error.problems[0].what) from None
        device = self._by_key.setdefault(client.device, SiteDevice(text, client))
        return self._devices.setdefault(text, device)


@contextmanager
def opened_anywhere(config: SupervisoryConfig, stack: BACnetStack) -> Iterator[Opened]:
    """What can be reached over BACnet from our own device."""
    make: Callable[[str], DeviceClient] = partial(BACnetDeviceClient, stack, timeout_s=config.timeout_s)
    devices = AnyDevices(make)
    try:
        yield Opened(
            devices,
            {},
            lambda: LivePlant(devices, None, config.time_scale),
            make,
            {device_key(stack.address): Credentials(interface=config.own_address)},
            BACnetNetwork(stack, config.timeout_s),
            open_writer=lambda device: make(bare_address(device)),
        )
    finally:
        devices.close()
