"""The devices that a runtime reads: one client each, used by one thread at a time.

What is written goes another way, through the gate, which has clients of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import TypeAlias, TypeVar

from clients.device_client import DeviceClient
from utils.bacnet import bare_address
from utils.errors import DeviceError, ObjectError
from utils.names import did_you_mean
from utils.values import ObjectRef, Quality, Sample

Result = TypeVar("Result")
Samples: TypeAlias = Mapping[ObjectRef, Sample]
Inputs: TypeAlias = Mapping[str, "Future[Samples]"]
"""What is being read for one round, by device."""


class SiteDevice:
    """One device, as far as reading goes."""

    def __init__(self, alias: str, client: DeviceClient) -> None:
        self.alias = alias
        self.key = client.device
        """The address by which the ledger and the gate know it."""
        self._client = client
        self._lock = threading.Lock()

    def ask(self, question: Callable[[DeviceClient], Result]) -> Result:
        """Ask something, after whoever else is asking. Raises what the client raises."""
        with self._lock:
            return question(self._client)

    def samples(self, refs: Sequence[ObjectRef]) -> Samples:
        """Read present-values; a device that does not answer has a sample for each all the same."""
        try:
            return self.ask(lambda client: client.read_values_from_endpoints(refs))
        except DeviceError as error:
            return {ref: Sample(None, Quality.MISSING, error.what) for ref in refs}

    def local_time(self) -> datetime | None:
        """What its clock shows; None where it does not tell."""
        try:
            return self.ask(lambda client: client.get_clock().local_time)
        except DeviceError:
            return None

    def close(self) -> None:
        """Abandon what is in flight and close the connections."""
        self._client.abort()
        self._client.close()


class Devices:
    """All devices of one runtime, by the names that its config uses."""

    def __init__(self, clients: Mapping[str, DeviceClient]) -> None:
        self._devices = {alias: SiteDevice(alias, client) for alias, client in clients.items()}
        self._by_key = {device.key: device for device in self._devices.values()}
        self._pool = ThreadPoolExecutor(max(1, len(self._devices)), thread_name_prefix="reading")
        self._asked: dict[tuple[str, tuple[ObjectRef, ...]], Future[Samples]] = {}

    def __iter__(self) -> Iterator[SiteDevice]:
        return iter(self._devices.values())

    def named(self, text: str) -> SiteDevice:
        """The device of this name or address. Raises :class:`ObjectError` for one that is not in the config."""
        for device in self._devices.values():
            if text in (device.alias, device.key, bare_address(device.key)):
                return device
        known = (*self._devices, *self._by_key)
        raise ObjectError(text, f"is not among the devices of the config{did_you_mean(text, known)}")

    def read(self, wanted: Mapping[str, Sequence[ObjectRef]]) -> Inputs:
        """Begin to read objects by device key, all devices at once.

        One that has not answered the same question yet is not asked again: its answer, when it comes, is for both.
        """
        return {key: self._read(key, tuple(refs)) for key, refs in wanted.items()}

    def local_time(self, alias: str | None) -> Future[datetime | None]:
        """Begin to ask a device (the first one, without a name) for its clock."""
        device = self._devices[alias] if alias else next(iter(self._devices.values()))
        return self._pool.submit(device.local_time)

    def close(self) -> None:
        """End all reading."""
        for device in self._devices.values():
            device.close()
        self._pool.shutdown()

    def _read(self, key: str, refs: tuple[ObjectRef, ...]) -> Future[Samples]:
        pending = self._asked.get((key, refs))
        if pending is None or pending.done():
            pending = self._asked[key, refs] = self._pool.submit(self._by_key[key].samples, refs)
        return pending
