"""The slots of a site through :class:`clients.device_client.DeviceClient`: found, compared, released, verified.

With clients of its own, opened for each audit: those of the runtime belong to its steps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from clients.device_client import DeviceClient
from supervisory.site_access import Audit, OccupiedSlot, SlotRelease
from supervisory.undo_file import UndoError, UndoFile
from utils.errors import DeviceError
from utils.values import Exchange, ObjectRef, ObjectState, same_as_stored

_UNVERIFIED = "acknowledged, but the controller does not show its slots any more"
_AT_ONCE = 200


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
        unread: defaultdict[str, list[str]] = defaultdict(list)
        for device in self._devices:
            try:
                with closing(self._open_client(device)) as client:
                    for found in _looks(client):
                        slots += (slot for slot in _occupied(device, found) if not self._ours(slot))
                        unread[device] += _unread(client, found)
            except DeviceError as error:
                unread[device].append(error.what)
        return Audit(tuple(slots), {device: reasons for device, reasons in unread.items() if reasons})

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


def _looks(client: DeviceClient) -> Iterator[Exchange]:
    """Names and slots of every object that may have some; a part at a time, each of them with a deadline."""
    client.connect()
    refs = client.commandable_objects()
    for begin in range(0, len(refs), _AT_ONCE):
        part = refs[begin : begin + _AT_ONCE]
        yield client.exchange((), (), part, part)


def _occupied(device: str, found: Exchange) -> Iterator[OccupiedSlot]:
    for ref, slots in found.slots.items():
        for priority, value in enumerate(slots or (), 1):
            if value is not None:
                yield OccupiedSlot(device, ref, found.names.get(ref) or "", priority, value)


def _unread(client: DeviceClient, found: Exchange) -> list[str]:
    """Why objects may have occupied slots that nobody has seen."""
    dark = [ref for ref, slots in found.slots.items() if slots is None]
    states = client.survey(dark) if dark else {}
    return [why for ref in dark if (why := _why_unread(ref, states[ref]))]


def _why_unread(ref: ObjectRef, state: ObjectState) -> str:
    if state.is_missing or (state.priority_array is None and not (state.unread or state.is_partial)):
        return ""
    return state.unread or f"{ref} did not tell its slots"


def _changed(state: ObjectState, slot: OccupiedSlot) -> str | None:
    """Why a slot is not released after all."""
    if state.priority_array is None:
        return "the controller does not show its slots"
    found = state.priority_array[slot.priority - 1]
    if found is None:
        return "it is free already"
    return None if same_as_stored(found, slot.value) else f"it holds {found:g} now: somebody has just used it"
