"""What is taken of controllers is given back: the reason to trust the product.

Whoever takes something enters it in a :class:`Ledger` first, with what was there before; ``record`` keeps entries and
values sent in the state folder, where a crash leaves them; ``giving_back`` undoes them and says so line by line;
``guardian`` is the process that does it when we are lost. Serves the bridge and programs alike.
"""

import clients  # noqa: F401 - it refuses a utils of somebody else's that hides ours
from ledger.entries import Entry, TakenClock, TakenInput, TakenObject, TakenOutput, TakenSlot
from ledger.giving_back.giver import give_back, give_back_all
from ledger.giving_back.patience import Patience, Patiences
from ledger.giving_back.receipt_log import ReceiptLog
from ledger.guardian.guarding import GUARDIAN, GuardianError, Guarding
from ledger.guardian.order import DOUBT_S, SILENCE_S, Order
from ledger.ledger import Ledger
from ledger.leftovers import Leftovers
from ledger.receipt_file import keep_receipts
from ledger.receipts import Outcome, Receipt, described
from ledger.record.journal import Journal, Journals
from ledger.record.orphan import Orphan
from ledger.recovery import MakeClient, recover, undo
from ledger.watched import Judgement

__all__ = [
    "DOUBT_S",
    "GUARDIAN",
    "SILENCE_S",
    "Entry",
    "GuardianError",
    "Guarding",
    "Journal",
    "Journals",
    "Judgement",
    "Ledger",
    "Leftovers",
    "MakeClient",
    "Order",
    "Orphan",
    "Outcome",
    "Patience",
    "Patiences",
    "Receipt",
    "ReceiptLog",
    "TakenClock",
    "TakenInput",
    "TakenObject",
    "TakenOutput",
    "TakenSlot",
    "described",
    "give_back",
    "give_back_all",
    "keep_receipts",
    "recover",
    "undo",
]
