"""The slots of a site through :class:`clients.device_client.DeviceClient`: found, compared, released, verified.

With clients of its own, opened for each audit: those of the runtime belong to its steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from clients.device_client import DeviceClient
from supervisory.site_access import Audit, OccupiedSlot, SlotRelease
from supervisory.undo_file import UndoError, UndoFile
from utils.errors import DeviceError
from utils.values import Endpoint, ObjectState, ObjectType, same_as_stored

_UNVERIFIED = "acknowledged, but the controller does not show its slots any more"
COMMANDABLE = tuple(kind for kind in ObjectType if not kind.is_input)


class DeviceSite:
    """The controllers of a config, by the names that ``open_client`` knows. For one thread.

    ``ours`` tells whether a slot belongs to the runtime's own programs; ``allowed`` whether releasing is (still)
    permitted, and is asked before every single release.
    """

    def __init__(
        self,
        devices: Sequence[str],
        open_client: Callable[[str], DeviceClient],
        undo: UndoFile,
        ours: Callable[[OccupiedSlot], bool],
        allowed: Callable[[], bool],
    ) -> None:
        self._devices = tuple(devices)
        self._open_client = open_client
        self._undo = undo
        self._ours = ours
        self._allowed = allowed

    def occupied_slots(self) -> Audit:
        """See :class:`supervisory.site_access.SiteAccess`."""
        slots: list[OccupiedSlot] = []
        unread: dict[str, str] = {}
        for device in self._devices:
            try:
                with closing(self._open_client(device)) as client:
                    slots += (slot for slot in _survey(device, client, unread) if not self._ours(slot))
            except DeviceError as error:
                unread[device] = error.what
        return Audit(tuple(slots), unread)

    def release(self, slots: Sequence[OccupiedSlot]) -> tuple[SlotRelease, ...]:
        """See :class:`supervisory.site_access.SiteAccess`."""
        done: dict[OccupiedSlot, SlotRelease] = {}
        for device in dict.fromkeys(slot.device for slot in slots):
            mine = [slot for slot in slots if slot.device == device]
            try:
                self._release_all(device, mine, done)
            except DeviceError as error:
                done |= {slot: SlotRelease(slot, False, error.what) for slot in mine if slot not in done}
        return tuple(done[slot] for slot in slots)

    def _release_all(self, device: str, slots: Sequence[OccupiedSlot], done: dict[OccupiedSlot, SlotRelease]) -> None:
        with closing(self._open_client(device)) as client:
            client.connect()
            for slot in slots:
                done[slot] = self._release(client, slot)

    def _release(self, client: DeviceClient, slot: OccupiedSlot) -> SlotRelease:
        if not self._allowed():
            return SlotRelease(slot, False, "the program has been disabled")
        objection = _changed(client.survey([slot.ref])[slot.ref], slot)
        if objection:
            return SlotRelease(slot, False, objection)
        try:
            self._undo.note(slot)
            verified = client.relinquish(slot.ref, slot.priority)
        except DeviceError as error:
            return SlotRelease(slot, False, error.what)
        except UndoError as error:
            return SlotRelease(slot, False, str(error))
        return SlotRelease(slot, verified, "" if verified else _UNVERIFIED)


def _survey(device: str, client: DeviceClient, unread: dict[str, str]) -> Iterator[OccupiedSlot]:
    client.connect()
    endpoints = {endpoint.ref: endpoint for endpoint in client.get_existing_endpoints(COMMANDABLE)}
    for ref, state in client.survey(endpoints).items():
        if state.priority_array is None and state.is_partial:
            unread[device] = f"{ref} did not tell its slots"
        yield from _occupied(device, endpoints[ref], state)


def _occupied(device: str, endpoint: Endpoint, state: ObjectState) -> Iterator[OccupiedSlot]:
    for priority, value in enumerate(state.priority_array or (), 1):
        if value is not None:
            yield OccupiedSlot(device, endpoint.ref, state.name or endpoint.name, priority, value)


def _changed(state: ObjectState, slot: OccupiedSlot) -> str | None:
    """Why a slot is not released after all."""
    if state.priority_array is None:
        return "the controller does not show its slots"
    found = state.priority_array[slot.priority - 1]
    if found is None:
        return "it is free already"
    return None if same_as_stored(found, slot.value) else f"it holds {found:g} now: somebody has just used it"
