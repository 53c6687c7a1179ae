"""What earlier runs have left in the controllers, given back before a run takes anything of them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection

from clients.making import DeviceClients
from ledger.giving_back.patience import Patiences
from ledger.receipts import Outcome, Receipt
from ledger.record.journal import Journals
from ledger.recovery import recover
from utils.clocks import Clocks
from utils.settings import Parts
from utils.state_folder import StateFolder

log = logging.getLogger(__name__)


class Leftovers:
    """Gives back what the journals of dead processes still hold. Used by several threads."""

    def __init__(self, settings: Parts, state: StateFolder, clocks: Clocks, is_over: Callable[[], bool]) -> None:
        """``is_over`` says whether the run is giving back already: then nothing is taken any more, and nobody asks."""
        self._settings = settings
        self._state = state
        self._clocks = clocks
        self._is_over = is_over
        self._lock = threading.Lock()
        self._stuck: set[str] = set()
        """What has been said to stay where it is."""

    def give_back(self, only: Collection[str] | None = None) -> list[Receipt]:
        """Give back everything, or what was taken from these controllers, and say so.

        One thread at a time, as a journal that one has in hand is nobody's for another. What stays is said once, not
        at every attempt. Raises :class:`utils.state_folder.StateError` for a journal that cannot be read.
        """
        with self._lock, DeviceClients(self._settings, self._state) as clients:
            if self._is_over():
                return []
            journals = Journals.of(self._state)
            receipts = recover(journals, clients.client_for, Patiences.none(self._clocks), only)
            for receipt in receipts:
                if str(receipt) not in self._stuck:
                    log.warning("left by an earlier run: %s", receipt)
            self._stuck |= {str(receipt) for receipt in receipts if receipt.outcome is Outcome.FAILED}
            self._say_kept(journals)
        return receipts

    def _say_kept(self, journals: Journals) -> None:
        """A start goes on: what may be left in controllers is found there as in use already."""
        for kept in journals.kept:
            if str(kept) not in self._stuck:
                log.warning("kept: %s", kept)
                self._stuck.add(str(kept))
