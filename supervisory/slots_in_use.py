"""Slots in use at a start of programs: looked at twice, with own leftovers given back in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bridge.link import STALE_S
from ledger import Outcome, Receipt
from supervisory.setup.bindings import Occupied
from utils.errors import ConfigError, DeviceUnreachable


class SlotsInUse:
    """Nothing counts as somebody else's at first sight: own leftovers are given back, and reads can be stale."""

    def __init__(self, give_back: Callable[[], Sequence[Receipt]]) -> None:
        self._give_back = give_back
        self._is_over = False

    def __enter__(self) -> None:
        """The look begins."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raises :class:`DeviceUnreachable` instead where slots in use may be free, or ours, in a moment."""
        if not isinstance(error, ConfigError) or not all(isinstance(one, Occupied) for one in error.problems):
            return
        stuck = [receipt for receipt in self._give_back() if receipt.outcome is Outcome.FAILED]
        if stuck:
            what = f"an earlier run left {len(stuck)} slot(s) in it that cannot be given back yet ({stuck[0].note})"
            raise DeviceUnreachable(stuck[0].device, what) from None
        if not self._is_over:
            self._is_over = True
            where = error.problems[0]
            raise DeviceUnreachable(where.where, f"{where.what}; looked at again", retry_after_s=STALE_S) from None
