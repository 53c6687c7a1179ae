"""A coil pump: follows its valve, runs on, and is watched."""

from __future__ import annotations

from emulators.programs.blocks import Hysteresis, OffDelay, ProofMonitor

_ON_AT = 0.03
_OFF_AT = 0.002
_RUN_ON_S = 900.0
_PROOF_S = 120.0


class CoilPump:
    """Runs while its valve is open and a quarter of an hour longer, so that a coil hardly needed does not cycle."""

    def __init__(self) -> None:
        self._valve_open = Hysteresis(_ON_AT, _OFF_AT)
        self._run_on = OffDelay(_RUN_ON_S)
        self._proof = ProofMonitor(_PROOF_S)
        self.on = False
        self.failed = False

    def step(self, valve: float, proven: bool, dt_s: float) -> None:
        """One scan; sets ``on`` and ``failed``."""
        self.on = self._run_on.step(self._valve_open.step(valve), dt_s)
        self.failed = self._proof.step(self.on, proven, dt_s)
