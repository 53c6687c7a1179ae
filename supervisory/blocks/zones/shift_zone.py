"""One zone of a load shift: where its set-point is brought to, and how."""

from __future__ import annotations

from dataclasses import dataclass

from supervisory.blocks.zones.own_setpoint import OwnSetpoint

_THERE_K = 1e-6


@dataclass(frozen=True, slots=True)
class Steps:
    """How set-points go down: by so much at a time, so many seconds apart; ``held`` puts off the next one."""

    by_k: float
    every_s: float
    held: bool = False


class ShiftZone:
    """``setpoint_degc`` is what to command; None leaves the zone its own. ``aborted`` lasts until the event is over.

    Only a zone whose own set-point lies between the coldest and the warmest of the event takes part: at night it is
    another.
    """

    def __init__(self, delay_s: float, coldest_degc: float, warmest_degc: float) -> None:
        """``delay_s``: so much later than the first zone it goes down."""
        self._delay_s = delay_s
        self._coldest_degc = coldest_degc
        self._warmest_degc = warmest_degc
        self._own = OwnSetpoint()
        self._next_s: float | None = None
        self.setpoint_degc: float | None = None
        self.aborted = False

    @property
    def _base_degc(self) -> float | None:
        own = self._own.degc
        return own if own is not None and self._coldest_degc < own < self._warmest_degc and not self.aborted else None

    @property
    def gives_way(self) -> bool:
        """Whether it is let be warmer than its own set-point."""
        base = self._base_degc
        return self.setpoint_degc is not None and base is not None and self.setpoint_degc > base

    def see(self, time_s: float, in_force_degc: float | None) -> None:
        """Learn the zone's own set-point while nothing is commanded."""
        if self.setpoint_degc is None:
            self._own.see(time_s, in_force_degc)

    def precool(self, time_s: float, by_k: float, steps: Steps) -> None:
        """Go down below its own, but not below the coldest."""
        base = self._base_degc
        if base is not None:
            start = base if self.setpoint_degc is None else self.setpoint_degc
            self.setpoint_degc = self._stepped(time_s, start, max(self._coldest_degc, base - by_k), steps)

    def rise(self, share: float) -> None:
        """Be so far on the way from its own to the warmest.

        Not from where it was cooled to before: then what it has stored would not be used.
        """
        base = self._base_degc
        if base is not None:
            self._next_s = None
            self.setpoint_degc = base + share * (self._warmest_degc - base)

    def come_back(self, time_s: float, steps: Steps) -> None:
        """Go down to its own; there it is given back. From below it is given back at once: that cools nothing."""
        base = self._base_degc
        if self.setpoint_degc is None or base is None:
            return
        if self.setpoint_degc <= base + _THERE_K:
            self.give_back(time_s)
        else:
            self.setpoint_degc = self._stepped(time_s, self.setpoint_degc, base, steps)

    def give_back(self, time_s: float) -> None:
        """Leave the zone its own set-point."""
        if self.setpoint_degc is not None:
            self._own.freed(time_s)
        self.setpoint_degc = self._next_s = None

    def _stepped(self, time_s: float, from_degc: float, to_degc: float, steps: Steps) -> float:
        """The set-point after the step that is due, if one is."""
        if self._next_s is None:
            self._next_s = time_s + self._delay_s
        if time_s < self._next_s or steps.held:
            return from_degc
        self._next_s = time_s + steps.every_s
        return max(to_degc, from_degc - steps.by_k)
