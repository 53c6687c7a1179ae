"""One zone of a load shed: it gives way at once, comes back after its own delay, and never at the price of comfort."""

from __future__ import annotations

from supervisory.blocks.zones.own_setpoint import OwnSetpoint


class ShedZone:
    """``stage`` is what the zone has given way by; ``base_degc`` its own set-point, None until it has been read."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._falls_s: float | None = None
        self._own = OwnSetpoint()
        self.stage = 0
        self.aborted = False

    @property
    def base_degc(self) -> float | None:
        """What the zone gives way from."""
        return self._own.degc

    def step(self, time_s: float, stage: int, at_once: bool, discomfort: bool, setpoint_degc: float | None) -> None:
        """Follow the event's stage: up at once, down one by one after the delay.

        ``at_once`` skips the delay; ``discomfort`` ends the event for this zone.
        """
        if self.stage == 0:
            self._own.see(time_s, setpoint_degc)
        self.aborted = (self.aborted and stage > 0) or (discomfort and (self.stage > 0 or self.aborted))
        forbidden = self.aborted or discomfort or self.base_degc is None
        wanted = 0 if forbidden else stage
        if wanted >= self.stage or forbidden or at_once:
            self._move(time_s, wanted)
        elif self._falls_s is None:
            self._falls_s = time_s
        if self._falls_s is not None and time_s - self._falls_s >= self._delay_s:
            self._move(time_s, self.stage - 1)

    def _move(self, time_s: float, stage: int) -> None:
        if self.stage > 0 and stage == 0:
            self._own.freed(time_s)
        self.stage = stage
        self._falls_s = None
