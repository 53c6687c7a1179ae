"""Once more to the slots of a runtime that has died: a controller may have carried out late what was in flight.

By then the ledger is gone and another runtime may be at work, so what living processes have taken is left to them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clients.making import Credentials
from ledger.entries import Entry, TakenSlot
from ledger.giving_back.patience import Patiences
from ledger.ledger import Ledger
from ledger.receipts import Outcome, Receipt, described
from ledger.record.journal import Journals
from ledger.record.orphan import Orphan
from ledger.recovery import MakeClient, undo

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
        if not isinstance(entry, TakenSlot) or (entry.device, described(entry)) not in self._released:
            return False
        theirs = [one for _, one in self._journals.living() if isinstance(one, TakenSlot)]
        return (entry.device, entry.ref, entry.priority) not in {(one.device, one.ref, one.priority) for one in theirs}


def _was_needed(receipt: Receipt) -> bool:
    return receipt.outcome in _OURS and receipt.found != receipt.before
