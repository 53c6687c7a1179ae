"""Supply fan: start with proof, then duct static pressure control."""

from __future__ import annotations

from dataclasses import dataclass

from emulators.programs.blocks import OnDelay, PIBlock, ProofMonitor, RampLimiter, clamp

_START_SPEED = 0.3
_MIN_SPEED = 0.15
_RAMP_PER_S = 0.01
_PROOF_S = 60.0
_RETRY_S = 300.0
# Slow enough for an exchange every 10 s: the pressure that is seen may be that old, and so may the speed in force.
_GAIN_PER_PA = 1.6e-4
_RESET_S = 8.0


@dataclass(frozen=True, slots=True)
class FanInputs:
    """What the fan control looks at. ``flow_fraction`` is the supply air flow over the design flow."""

    run: bool
    proven: bool
    pressure_pa: float
    pressure_sp_pa: float
    flow_fraction: float


class FanControl:
    """Ramps to a start speed, waits there for the proof, then holds the duct pressure.

    A fan that turns already when it is first commanded is caught near its speed. A fan without proof is stopped
    and tried again after five minutes.
    """

    def __init__(self) -> None:
        self._ramp = RampLimiter(_RAMP_PER_S)
        self._pressure = PIBlock(_GAIN_PER_PA, _RESET_S, _MIN_SPEED, 1.0)
        self._proof = ProofMonitor(_PROOF_S)
        self._rested = OnDelay(_RETRY_S)
        self.speed = 0.0
        self.failed = False

    def step(self, inputs: FanInputs, dt_s: float) -> float:
        """One scan; return the speed command 0..1."""
        missing = self._proof.step(inputs.run and not self.failed, inputs.proven, dt_s)
        rested = self._rested.step(self.failed, dt_s)
        self.failed = inputs.run and (missing or self.failed) and not rested
        if inputs.run and not self.failed:
            self._drive(inputs, dt_s)
        else:
            self._set_speed(0.0)
        return self.speed

    def _drive(self, inputs: FanInputs, dt_s: float) -> None:
        error_pa = inputs.pressure_sp_pa - inputs.pressure_pa
        if not inputs.proven:
            self._set_speed(self._ramp.step(_START_SPEED, dt_s), error_pa)
        elif self.speed == 0.0:
            self._set_speed(clamp(inputs.flow_fraction, _START_SPEED, 1.0), error_pa)
        else:
            self.speed = self._pressure.step(error_pa, dt_s)
            self._ramp.preset(self.speed)

    def _set_speed(self, speed: float, error_pa: float = 0.0) -> None:
        self.speed = speed
        self._ramp.preset(speed)
        self._pressure.preset(speed, error_pa)
