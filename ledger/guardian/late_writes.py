"""Once more to the objects of a runtime that has died: a controller may have carried out late what was in flight.

By then the ledger is gone and another runtime may be at work, so what living processes have taken is left to them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clients.making import Credentials
from ledger.entries import Entry, TakenClock, TakenObject, TakenSlot
from ledger.giving_back.patience import Patiences
from ledger.ledger import Ledger
from ledger.receipts import IN_SERVICE, Outcome, Receipt, described
from ledger.record.journal import Journals
from ledger.record.orphan import Orphan
from ledger.recovery import MakeClient, undo
from utils.values import ObjectRef

_OURS = (Outcome.RELEASED, Outcome.RESTORED, Outcome.FREE_ALREADY)


@dataclass(frozen=True, slots=True)
class _Copy:
    """What a journal said, for this process alone."""

    ledger: Ledger
    credentials: Mapping[str, Credentials]


class LateWrites:
    """What a controller carries out late: what was given back is looked at ``doubt_s`` after the runtime's end."""

    def __init__(self, journals: Journals, doubt_s: float) -> None:
        self._journals = journals
        self._due_s = time.monotonic() + doubt_s
        self._first: _Copy | None = None
        self._released: set[tuple[str, str]] = set()

    def remember(self, orphan: Orphan) -> None:
        """A journal before it is given back. Only the first counts: what is in flight arrives soon or never."""
        if self._first is None:
            self._first = _Copy(orphan.ledger.copy(), orphan.credentials)

    def note(self, receipts: Sequence[Receipt]) -> None:
        """What was given back. What somebody else had taken over by then stays his."""
        self._released |= {(one.device, one.what) for one in receipts if one.outcome in _OURS}

    def give_back(self, make_client: MakeClient) -> list[Receipt]:
        """Wait until it is time, and give back what stands in our slots again; the receipts of that alone.

        A controller that does not answer now has been given back before, so it is not asked again.
        """
        if self._first is None or not self._released:
            return []
        time.sleep(max(self._due_s - time.monotonic(), 0.0))
        ledger = self._first.ledger
        ledger.give_back(*(entry for entry in ledger.open_entries if not self._is_due(entry)))
        return [one for one in undo(self._first, make_client, Patiences.none()) if _was_needed(one)]

    def _is_due(self, entry: Entry) -> bool:
        """Slots and inputs; a clock is written too rarely to be in flight."""
        if isinstance(entry, TakenClock) or (entry.device, described(entry)) not in self._released:
            return False
        living = (one for _, one in self._journals.living() if not isinstance(one, TakenClock))
        return _place(entry) not in {_place(one) for one in living}


def _place(entry: TakenObject) -> tuple[str, ObjectRef, int | None]:
    """What only one process can have: a slot, or an object's out-of-service."""
    return entry.device, entry.ref, entry.priority if isinstance(entry, TakenSlot) else None


def _was_needed(receipt: Receipt) -> bool:
    """An input in service shows what its sensor says, whatever that is."""
    is_in_service = receipt.found.startswith(IN_SERVICE) and receipt.before.startswith(IN_SERVICE)
    return receipt.outcome in _OURS and not is_in_service and receipt.found != receipt.before
