"""What was given back, kept in the state folder: a terminal that has gone takes its lines along."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from ledger.receipts import Receipt
from utils.state_folder import StateFolder
from utils.text import printable

KEPT_FILES = 100


def keep_receipts(state: StateFolder, receipts: Sequence[Receipt], now_s: float) -> Path | None:
    """Write them to a file of their own, named by the time (s since 1970) and this process; the oldest file goes.

    Returns the file; None where there is nothing to keep. Raises ``OSError``, which nobody has to care about.
    """
    if not receipts:
        return None
    folder = state.path / "receipts"
    folder.mkdir(exist_ok=True)
    file = folder / f"{datetime.fromtimestamp(now_s):%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    with file.open("a", encoding="utf-8") as stream:
        stream.writelines(f"{_line(receipt)}\n" for receipt in receipts)
    for old in sorted(folder.glob("*.txt"))[:-KEPT_FILES]:
        with suppress(FileNotFoundError):  # another process tidies up too
            old.unlink()
    return file


def _line(receipt: Receipt) -> str:
    states = ("before", receipt.before), ("found", receipt.found), ("after", receipt.after)
    told = ", ".join(f"{when} {state}" for when, state in states if state)
    return printable(f"{receipt}; {told}" if told else receipt)
