"""One course of tests on one air handler: positions one after the other, each until it has settled.

Dampers and valves move one at a time, and return and exhaust damper in step with the outdoor one. A valve is open only
until the air has answered.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

from supervisory.blocks.commissioning.rules import Pace
from supervisory.blocks.commissioning.settling import Settling, StageMeans

OUTDOOR, RETURNED, MIXED, SUPPLY, FLOW = "outdoor", "returned", "mixed", "supply", "flow"
OVER_COILS = "over coils"


@dataclass(frozen=True, slots=True)
class AirSeen:
    """What the sensors of an air handler show in a step: degC, and m3/s where it is known."""

    outdoor: float
    returned: float
    mixed: float
    supply: float
    air_flows: bool
    flow: float | None = None

    def values(self) -> dict[str, float]:
        """The same by name, for means of it."""
        known = {OUTDOOR: self.outdoor, RETURNED: self.returned, MIXED: self.mixed, SUPPLY: self.supply}
        known[OVER_COILS] = self.supply - self.mixed
        return known if self.flow is None else {**known, FLOW: self.flow}


@dataclass(frozen=True, slots=True)
class _Position:
    """How things stand: percent, and whether the coils' pumps run."""

    outdoor_pct: float = 0.0
    heating_pct: float = 0.0
    cooling_pct: float = 0.0
    heating_pump: bool = False
    cooling_pump: bool = False


class Stage(Enum):
    """A position, and what it is called."""

    REST = "at rest", _Position()
    HEATING_SHUT = "with the heating valve shut", _Position(heating_pump=True)
    COOLING_SHUT = "with the cooling valve shut", _Position(cooling_pump=True)
    HALF = "with dampers at 50 %", _Position(outdoor_pct=50.0)
    FULL = "with dampers at 100 %", _Position(outdoor_pct=100.0)
    HEATING_OPEN = "with the heating valve open", _Position(heating_pct=100.0, heating_pump=True)
    COOLING_OPEN = "with the cooling valve open", _Position(cooling_pct=100.0, cooling_pump=True)

    @property
    def words(self) -> str:
        """What people call it."""
        return self.value[0]

    @property
    def position(self) -> _Position:
        """How things stand in it."""
        return self.value[1]

    @property
    def opens(self) -> int:
        """1 with an open heating valve, -1 with an open cooling valve."""
        return int(self.position.heating_pct > 0.0) - int(self.position.cooling_pct > 0.0)


def stages_of(parts: Collection[str]) -> tuple[Stage, ...]:
    """The stages for an air handler with these parts (roles): what it has not is not tried.

    A shut valve tells something only where the water behind it can be turned off for comparison: by its pump.
    """
    heating, cooling = "heating_valve" in parts, "cooling_valve" in parts
    return tuple(
        stage
        for stage, has_it in {
            Stage.REST: True,
            Stage.HEATING_SHUT: heating and "heating_pump" in parts,
            Stage.COOLING_SHUT: cooling and "cooling_pump" in parts,
            Stage.HALF: True,
            Stage.FULL: True,
            Stage.HEATING_OPEN: heating,
            Stage.COOLING_OPEN: cooling,
        }.items()
        if has_it
    )


class CommissioningCourse:
    """``stage`` is the one that everything is to be put to now; None when the course is over."""

    def __init__(self, stages: Sequence[Stage], pace: Pace, time_s: float) -> None:
        self.stage: Stage | None = stages[0]
        self.began_s = self.stage_since_s = time_s
        self.measured: dict[Stage, StageMeans] = {}
        self.without_air: list[Stage] = []
        """Stages in which the air stopped flowing."""
        self.seen: list[tuple[float, AirSeen]] = []
        self.cut = ""
        """Why it was cut off; empty where it went to its end."""
        self._left = list(stages[1:])
        self.pace = pace
        self._settling: Settling | None = None

    @property
    def rate_k_min(self) -> float | None:
        """The steepest derivative now, once it is known."""
        return self._settling.rate_k_min if self._settling is not None else None

    def step(self, time_s: float, seen: AirSeen) -> None:
        """Go on to the next stage once this one has told what it can."""
        if self.stage is None:
            return
        self.seen.append((time_s, seen))
        if not seen.air_flows:
            self._miss_air(time_s)
            return
        if self._settling is None:
            self._settling = Settling(self.pace, (RETURNED, MIXED, SUPPLY), OVER_COILS, time_s)
        measured = self._settling.step(time_s, seen.values())
        if measured is None and self._has_answered(self.stage, seen):
            measured = StageMeans(seen.values(), True, self._settling.rate_k_min or 0.0, self.stage_since_s, time_s)
        if measured is not None:
            self.measured[self.stage] = measured
            self._go_on(time_s)

    def cut_off(self, why: str) -> None:
        """End it here."""
        self.stage, self.cut = None, why

    def _miss_air(self, time_s: float) -> None:
        if self._settling is None and time_s - self.stage_since_s < self.pace.fan_s:
            return
        assert self.stage is not None  # noqa: S101 - what step has looked at
        self.without_air.append(self.stage)
        if self.stage is Stage.REST:
            self.cut_off("no air flows with the outdoor damper shut: the fan, or the return damper")
        else:
            self._go_on(time_s)

    def _go_on(self, time_s: float) -> None:
        self.stage = self._left.pop(0) if self._left else None
        self.stage_since_s, self._settling = time_s, None

    def _has_answered(self, stage: Stage, seen: AirSeen) -> bool:
        """Whether an open valve has changed the air as it should, against what shut ones leave it at."""
        if not stage.opens:
            return False
        change_k = seen.supply - seen.mixed - self.measured[Stage.REST].means[OVER_COILS]
        return stage.opens * change_k >= self.pace.response_k
