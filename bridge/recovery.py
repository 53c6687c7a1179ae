"""Undoes what processes that have died left in the controllers."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bridge.journal import Journals, Orphan
from bridge.release import Receipt, give_back_all
from clients.device_client import DeviceClient
from equipment.equipment_manager import Credentials

_AT_ONCE = 16

MakeClient = Callable[[str, Credentials], DeviceClient]


def recover(
    journals: Journals,
    make_client: MakeClient,
    now: Callable[[], float] = time.time,
    only: str | None = None,
) -> list[Receipt]:
    """Give back everything that dead processes took, or with ``only`` what they took from that controller.

    What cannot be given back stays in its journal. Raises :class:`utils.state_folder.StateError` for a journal that
    cannot be read.
    """
    receipts: list[Receipt] = []
    for orphan in journals.orphans():
        try:
            receipts += undo(orphan, make_client, now, only)
        finally:
            orphan.close()
    return receipts


def undo(
    orphan: Orphan,
    make_client: MakeClient,
    now: Callable[[], float] = time.time,
    only: str | None = None,
) -> list[Receipt]:
    """Give back what one dead process took. What cannot be given back stays in its journal."""
    clients: dict[str, DeviceClient] = {}

    def client_of(device: str) -> DeviceClient:
        clients[device] = make_client(device, orphan.credentials.get(device, Credentials()))
        return clients[device]

    try:
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="recovery") as pool:
            return give_back_all(orphan.ledger, client_of, pool, now, only)
    finally:
        for client in clients.values():
            client.close()
