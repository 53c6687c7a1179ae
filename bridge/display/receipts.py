"""What was given back, and what was not, for people to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ledger import Outcome, Receipt
from utils.text import printable

THE_DISPLAY = "the display"

_GOOD = (Outcome.RELEASED, Outcome.RESTORED, Outcome.FREE_ALREADY)


def say(console: Console, line: str, style: str = "", end: str = "\n") -> None:
    """Print one line as it is: whatever stands in it, it is neither markup nor a second line."""
    console.print(Text(printable(line)), style=style, end=end, highlight=False, soft_wrap=True)


def print_receipts(console: Console, receipts: Iterable[Receipt]) -> None:
    """Counts of what went well, and every line that somebody has to know of."""
    receipts = tuple(receipts)
    for outcome in Outcome:
        matching = [receipt for receipt in receipts if receipt.outcome is outcome]
        if not matching:
            continue
        say(console, f"{len(matching):4d} {outcome.value}")
        for receipt in matching:
            if receipt.is_somebody_elses or receipt.note or outcome not in _GOOD:
                say(console, f"     {receipt}")
    if not receipts:
        say(console, "nothing was taken from any controller")


def print_release(console: Console, receipts: Sequence[Receipt], living: Sequence[int]) -> None:
    """What was undone for runs that died, object by object; runs that still live are named and left alone."""
    for pid in living:
        say(console, f"process {pid} is running: what it has taken is its own to give back")
    if not receipts:
        say(console, "nothing to release")
        return
    table = Table("controller", "what", "before", "found", "after", "outcome")
    for receipt in receipts:
        outcome = f"{receipt.outcome.value}{f' ({receipt.note})' if receipt.note else ''}"
        cells = (receipt.device, receipt.what, receipt.before, receipt.found, receipt.after, outcome)
        table.add_row(*(Text(printable(cell)) for cell in cells))
    console.print(table)
    print_receipts(console, receipts)
