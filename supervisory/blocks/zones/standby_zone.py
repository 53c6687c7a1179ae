"""One zone in occupied standby: when it enters, when it leaves, and whether it comes back fast enough to be set back.

Guideline 36, 5.3.2; that a room which recovers slowly is not set back is ours: thirty people may come in at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from supervisory.blocks.zones.own_setpoint import OwnSetpoint
from supervisory.blocks.zones.population import Population, PopulationTimes


@dataclass(frozen=True, slots=True)
class StandbyTimes:
    """Seconds: of the occupancy sensor; from one standby to the next at least; for a recovery at most, if limited.

    A zone has recovered when it is within ``recovered_within_k`` of the range between its set-points.
    """

    population: PopulationTimes
    dwell_s: float
    recovery_s: float | None
    recovered_within_k: float


@dataclass(frozen=True, slots=True)
class ZoneReadings:
    """What is read of a zone, None where it cannot be; set-points are those in force."""

    sees_people: bool | None
    zone_degc: float | None
    heating_degc: float | None
    cooling_degc: float | None


class StandbyZone:
    """``in_standby`` is what holds now; ``is_slow`` says that the zone is not set back for the rest of the day."""

    def __init__(self, times: StandbyTimes) -> None:
        self._times = times
        self._left_s = float("-inf")
        self._recovers_since_s: float | None = None
        self._heating, self._cooling = OwnSetpoint(), OwnSetpoint()
        self._zone_degc: float | None = None
        self.population = Population(times.population)
        self.in_standby = False
        self.is_slow = False

    def step(self, time_s: float, seen: ZoneReadings, is_occupied: bool) -> None:
        """Judge the zone; outside of occupied hours there is no standby, and slowness is forgotten."""
        self._zone_degc = seen.zone_degc
        if is_occupied and not self.in_standby:
            self._heating.see(time_s, seen.heating_degc)
            self._cooling.see(time_s, seen.cooling_degc)
        populated = self.population.step(time_s, seen.sees_people, is_occupied)
        if not is_occupied:
            self._leave(time_s)
            self._recovers_since_s, self.is_slow = None, False
        elif populated:
            self._leave(time_s)
            self._time_recovery(time_s)
        elif time_s - self._left_s >= self._times.dwell_s:
            self.in_standby, self._recovers_since_s = True, None

    def set_back(self, by_k: float) -> tuple[float, float] | None:
        """Heating and cooling set-point, further apart by ``by_k`` each; None where the zone must not be set back."""
        heating_degc, cooling_degc = self._heating.degc, self._cooling.degc
        if self.is_slow or self._zone_degc is None or heating_degc is None or cooling_degc is None:
            return None
        return heating_degc - by_k, cooling_degc + by_k

    def _leave(self, time_s: float) -> None:
        if self.in_standby:
            self._heating.freed(time_s)
            self._cooling.freed(time_s)
            self._left_s = self._recovers_since_s = time_s
        self.in_standby = False

    def _time_recovery(self, time_s: float) -> None:
        if self._recovers_since_s is None or self._times.recovery_s is None:
            return
        if self._is_comfortable():
            self._recovers_since_s = None
        elif time_s - self._recovers_since_s > self._times.recovery_s:
            self._recovers_since_s, self.is_slow = None, True

    def _is_comfortable(self) -> bool:
        """Between its own set-points, nearly; what nobody can tell counts as comfortable."""
        zone_degc, heating_degc, cooling_degc = self._zone_degc, self._heating.degc, self._cooling.degc
        if zone_degc is None or heating_degc is None or cooling_degc is None:
            return True
        within_k = self._times.recovered_within_k
        return heating_degc - within_k <= zone_degc <= cooling_degc + within_k
