"""Shows a controller the simulation: the planned writes, but not into what may be somebody else's by now."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.link.duty import Duty
from bridge.link.slot_watch import SlotWatch
from equipment.controller import Controller
from utils.clocks import MonotonicSeconds
from utils.values import Exchange, Write


class Showing(Duty):
    """The write plan of one controller."""

    def __init__(self, controller: Controller, watch: SlotWatch) -> None:
        self._controller = controller
        self._watch = watch

    def writes(self, now_s: MonotonicSeconds) -> Sequence[Write]:
        """What has changed, and what is due for a refresh."""
        held_back = self._watch.held_back
        return [write for write in self._controller.plan.due(now_s) if write.ref not in held_back]

    def hear(self, exchange: Exchange, now_s: MonotonicSeconds) -> None:
        """Note what the controller holds now."""
        self._controller.plan.confirm(exchange.writes, now_s)
