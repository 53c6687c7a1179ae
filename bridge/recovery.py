"""Undoes what processes that have died left in the controllers."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from bridge.journal import Journals
from bridge.ledger import Ledger
from bridge.release import Receipt, give_back_all
from clients.device_client import DeviceClient
from equipment.equipment_manager import Credentials

_AT_ONCE = 16


class Left(Protocol):
    """What a process has left behind."""

    @property
    def ledger(self) -> Ledger:
        """What is open."""

    @property
    def credentials(self) -> Mapping[str, Credentials]:
        """How its controllers are reached."""


MakeClient = Callable[[str, Credentials], DeviceClient]


def recover(
    journals: Journals,
    make_client: MakeClient,
    now: Callable[[], float] = time.time,
    only: Collection[str] | None = None,
) -> list[Receipt]:
    """Give back everything that dead processes took, or with ``only`` what they took from those controllers.

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
    left: Left,
    make_client: MakeClient,
    now: Callable[[], float] = time.time,
    only: Collection[str] | None = None,
) -> list[Receipt]:
    """Give back what one dead process took. What cannot be given back stays in its journal."""
    clients: dict[str, DeviceClient] = {}

    def client_of(device: str) -> DeviceClient:
        clients[device] = make_client(device, left.credentials.get(device, Credentials()))
        return clients[device]

    try:
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="recovery") as pool:
            return give_back_all(left.ledger, client_of, pool, now, only)
    finally:
        for client in clients.values():
            client.close()
