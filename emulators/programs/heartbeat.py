"""What a controller application does when the bench falls silent: outputs to safe (docs/heartbeat.md).

The heartbeat is a commandable analog value whose relinquish default is a number that is never counted. So there are
three cases: it shows the default (nobody drives the bench, the application runs as on site), it moves (somebody
does), or it stands still elsewhere (whoever did so has died without giving anything back).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from emulators.program import ControlProgram, ObjectSpec, ProgramIO
from emulators.programs.blocks import OnDelay

IDLE = -1.0
"""The relinquish default of the heartbeat."""


class HeartbeatWatch:
    """Tells that a heartbeat has stood still for ``timeout_s`` of controller time without being idle."""

    def __init__(self, timeout_s: float) -> None:
        self._still_for_long = OnDelay(timeout_s)
        self._last = IDLE

    def step(self, beat: float, dt_s: float) -> bool:
        """Look at the heartbeat; return whether it is lost. True until it moves again or is idle."""
        is_still = beat != IDLE and beat == self._last
        self._last = beat
        return self._still_for_long.step(is_still, dt_s)


class GuardedProgram:
    """Any application, with its outputs put to safe values while the heartbeat is lost.

    The application is not scanned meanwhile: its sensors are frozen, so nothing that it computes could be trusted.
    """

    def __init__(
        self, program: ControlProgram, safe: Mapping[str, float], *, heartbeat: str = "BenchHeartbeat", timeout_s: float
    ) -> None:
        self._program = program
        self._safe = safe
        self._heartbeat = heartbeat
        self._watch = HeartbeatWatch(timeout_s)

    @property
    def objects(self) -> Sequence[ObjectSpec]:
        """The application's objects and the heartbeat."""
        return (*self._program.objects, ObjectSpec("AnalogValue", self._heartbeat, "no-units", initial=IDLE))

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        """Run the application, or hold its outputs at safe."""
        if not self._watch.step(io.read(self._heartbeat), dt_s):
            self._program.scan(io, now, dt_s)
            return
        for name, value in self._safe.items():
            io.write(name, value)
