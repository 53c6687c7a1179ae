"""What has been given back, said as it happens; what cannot be given back is said once, not at every attempt."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from ledger.receipts import Outcome, Receipt


class ReceiptLog:
    """Logs receipts under the name of whoever gives back, and keeps those that were said."""

    def __init__(self, log: logging.Logger, level: int = logging.INFO) -> None:
        self.said: list[Receipt] = []
        self._log = log
        self._level = level
        self._failed: set[tuple[str, str]] = set()

    def note(self, receipts: Iterable[Receipt]) -> None:
        """Receipts of one attempt."""
        receipts = tuple(receipts)
        failed = {(one.device, one.what) for one in receipts if one.outcome is Outcome.FAILED}
        for receipt in receipts:
            if receipt.outcome is not Outcome.FAILED:
                self._log.log(self._level, "%s", receipt)
                self.said.append(receipt)
            elif (receipt.device, receipt.what) not in self._failed:
                self._log.warning("%s; trying again until it is", receipt)
                self.said.append(receipt)
        self._failed = failed
