"""Undoes what processes that have died left in the controllers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from clients.device_client import DeviceClient
from clients.making import Credentials
from ledger.giving_back.giver import give_back_all
from ledger.giving_back.patience import Patience, Patiences
from ledger.ledger import Ledger
from ledger.receipts import Receipt
from ledger.record.journal import Journals


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
    patiences: Patiences,
    only: Collection[str] | None = None,
    others_s: float = 0.0,
) -> list[Receipt]:
    """Give back everything that dead processes took, or with ``only`` what they took from those controllers.

    What another process has in hand just now is waited for, for ``others_s``: then what it leaves is given back here.
    What cannot be given back stays in its journal. What may pass by itself is tried again for as long as the patiences
    last, all controllers in parallel. Raises :class:`utils.state_folder.StateError` for a journal that
    cannot be read.
    """
    receipts: list[Receipt] = []
    for orphan in journals.orphans(others_s):
        try:
            receipts += undo(orphan, make_client, patiences, only)
        finally:
            orphan.close()
    return receipts


def undo(
    left: Left,
    make_client: MakeClient,
    patiences: Patiences,
    only: Collection[str] | None = None,
) -> list[Receipt]:
    """Give back what one dead process took. What cannot be given back stays in its journal."""
    clients: dict[str, DeviceClient] = {}

    def account_of(device: str) -> Credentials:
        return left.credentials.get(device, Credentials())

    def client_of(device: str) -> DeviceClient:
        clients[device] = make_client(device, account_of(device))
        return clients[device]

    def patience_with(device: str) -> Patience:
        return patiences.of(device, account_of(device))

    devices = {entry.device for entry in left.ledger.open_entries}
    try:
        with ThreadPoolExecutor(max(len(devices), 1), thread_name_prefix="recovery") as pool:
            return give_back_all(left.ledger, client_of, pool, patience_with, only)
    finally:
        for client in clients.values():
            client.close()
