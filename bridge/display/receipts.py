"""What was given back, and what was not, for people to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from bridge.display.plain_text import fitted
from bridge.display.rows import print_rows
from ledger import Outcome, Receipt
from utils.text import printable

THE_DISPLAY = "the display"
_NOTHING = "nothing was taken from any controller"

_HEADINGS = ("controller", "what", "before", "found", "after", "outcome")
_GOOD = (Outcome.RELEASED, Outcome.RESTORED, Outcome.FREE_ALREADY)


def say(console: Console, line: str, style: str = "", end: str = "\n") -> None:
    """Print one line as it is: whatever stands in it, it is neither markup nor a second line."""
    console.print(Text(fitted(console, printable(line))), style=style, end=end, highlight=False, soft_wrap=True)


def print_receipts(console: Console, receipts: Iterable[Receipt], none: str = _NOTHING) -> None:
    """Counts of what went well, and every line that somebody has to know of; ``none`` where there is no receipt."""
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
        say(console, none)


def print_release(console: Console, receipts: Sequence[Receipt], living: Sequence[int]) -> None:
    """What was undone for runs that died, object by object; runs that still live are named and left alone."""
    for pid in living:
        say(console, f"process {pid} is running: what it has taken is its own to give back")
    if not receipts:
        say(console, "nothing to release")
        return
    print_rows(console, "", _HEADINGS, map(_cells, receipts))
    print_receipts(console, receipts)


def receipt_document(receipt: Receipt) -> dict[str, str]:
    """The same of one object for scripts."""
    return {
        "controller": receipt.device,
        "what": receipt.what,
        "before": receipt.before,
        "found": receipt.found,
        "after": receipt.after,
        "outcome": receipt.outcome.name.lower(),
        "note": receipt.note,
    }


def _cells(receipt: Receipt) -> tuple[str, ...]:
    outcome = f"{receipt.outcome.value}{f' ({receipt.note})' if receipt.note else ''}"
    cells = (receipt.device, receipt.what, receipt.before, receipt.found, receipt.after, outcome)
    return tuple(map(printable, cells))
